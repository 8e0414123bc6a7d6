//! Scratch databases: databases of a name that tells when they were made.
//!
//! One is in use while somebody is connected to it. What nobody is connected to was left behind.

use crate::database::open_maintenance;
use crate::error::unlocated;
use crate::link::Link;
use crate::literal;
use crate::settings::Settings;
use crate::tokens::Tokens;
use crate::within;
use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind, Notices, Result, Severity};

/// The option that names the scratch database.
pub(crate) const OPTION: &str = "scratch";

/// How the names begin; then come the second in which it was made, and a random word.
const PREFIX: &str = "dapter_scratch_";

/// What was left behind. A minute is time enough between the making of a database and the first session in it.
const LEFT: &str = "SELECT datname FROM pg_catalog.pg_database d \
     WHERE datname ~ '^dapter_scratch_[0-9]+_[0-9a-f]{8}$' \
     AND split_part(datname, '_', 3)::bigint + 60 < extract(epoch FROM now()) \
     AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)";

/// Makes a database like the settings' one, and the options to work in it. A role that may make none works in a schema within
/// a transaction.
pub(crate) async fn create<L: Link>(
    settings: &Settings,
    options: &ConnectOptions,
    notices: &Notices,
) -> Result<ConnectOptions> {
    let mut link = open_maintenance::<L>(settings, notices).await?;
    sweep(&mut link, notices).await?;
    // Which columns describe the collation depends on the version.
    let like = format!(
        "SELECT '{PREFIX}' || extract(epoch FROM now())::bigint || '_' || left(md5(random()::text || pg_backend_pid()), 8), \
         pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, row->>'datlocprovider', \
         coalesce(row->>'datlocale', row->>'daticulocale') \
         FROM pg_catalog.pg_database d, LATERAL (SELECT pg_catalog.to_jsonb(d) AS row) r WHERE datname = {}",
        literal::text(&settings.database)?
    );
    let told = link.send(&like).await.map_err(unlocated)?;
    let Some(told) = told.first().filter(|told| !told.rows.is_empty()) else {
        return Err(AdapterError::new(
            ErrorKind::DatabaseMissing,
            format!(
                "there is no database {} to make one like it",
                settings.database
            ),
        ));
    };
    let name = told.value(0).unwrap_or_default();
    let mut create = format!(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}",
        literal::name(name),
        literal::text(told.value(1).unwrap_or_default())?,
        literal::text(told.value(2).unwrap_or_default())?,
        literal::text(told.value(3).unwrap_or_default())?,
    );
    let locale = literal::text(told.value(5).unwrap_or_default())?;
    match told.value(4) {
        Some("i") => create += &format!(" LOCALE_PROVIDER icu ICU_LOCALE {locale}"),
        Some("b") => create += &format!(" LOCALE_PROVIDER builtin BUILTIN_LOCALE {locale}"),
        _ => {}
    }
    let made = match link.send(&create).await.map_err(unlocated) {
        Err(error) if error.kind == ErrorKind::Permission => within::MARK,
        made => made.map(|_| name)?,
    };
    let mut scratch = options.clone();
    scratch.options.insert(OPTION.to_owned(), made.to_owned());
    Ok(scratch)
}

/// Removes the scratch database.
pub(crate) async fn remove<L: Link>(
    settings: &Settings,
    options: &ConnectOptions,
    notices: &Notices,
) -> Result<()> {
    let name = options.options.get(OPTION);
    if name.is_some_and(|name| name == within::MARK) {
        // It went with its connection.
        return Ok(());
    }
    let name = name
        .filter(|name| name.starts_with(PREFIX))
        .ok_or_else(|| {
            AdapterError::new(
                ErrorKind::Other,
                "the options name no scratch database, and no other is removed",
            )
        })?;
    let mut link = open_maintenance::<L>(settings, notices).await?;
    drop_database(&mut link, name, " WITH (FORCE)").await
}

/// Forced, it also removes a database whose last session the server has not ended quite yet.
async fn drop_database<L: Link>(link: &mut L, name: &str, how: &str) -> Result<()> {
    let drop = format!("DROP DATABASE IF EXISTS {}{how}", literal::name(name));
    link.send(&drop).await.map(|_| ()).map_err(unlocated)
}

/// Removes what was left behind. What cannot be removed is told, and is in nobody's way.
async fn sweep<L: Link>(link: &mut L, notices: &Notices) -> Result<()> {
    let left = link.send(LEFT).await.map_err(unlocated)?;
    let rows = left.into_iter().flat_map(|answer| answer.rows);
    for name in rows.filter_map(|row| row.into_iter().next().flatten()) {
        if let Err(error) = drop_database(link, &name, "").await {
            let told = format!(
                "cannot remove {name}, which was left behind: {}",
                error.message
            );
            notices.push(Severity::Warning, told);
        }
    }
    Ok(())
}

/// Whether a statement changes what all databases of the server share: roles, databases, settings.
///
/// What a body of a function or a `DO` changes cannot be seen here.
pub(crate) fn changes_server(text: &str) -> bool {
    let mut tokens = Tokens::of(text);
    let kinds: &[&[&str]] = &[
        &["ROLE"],
        &["USER"],
        &["GROUP"],
        &["DATABASE"],
        &["TABLESPACE"],
        &["SYSTEM"],
        &["SUBSCRIPTION"],
    ];
    let at_shared = |tokens: &mut Tokens<'_>| {
        // `USER MAPPING` belongs to a database.
        let is_mapping = tokens.clone().accept(&["USER", "MAPPING"]);
        !is_mapping && kinds.iter().any(|kind| tokens.accept(kind))
    };
    let verbs = ["CREATE", "ALTER", "DROP"];
    if verbs.iter().any(|verb| tokens.accept(&[verb])) {
        return at_shared(&mut tokens);
    }
    if tokens.accept(&["COMMENT", "ON"]) {
        return at_shared(&mut tokens);
    }
    if tokens.accept(&["GRANT"]) || tokens.accept(&["REVOKE"]) {
        let words = tokens.words(usize::MAX);
        let on = words.iter().position(|word| word == "ON");
        // Without an object it is membership in a role.
        return on.is_none_or(|on| {
            let object = words.get(on + 1).map(String::as_str);
            matches!(object, Some("DATABASE" | "TABLESPACE" | "PARAMETER"))
        });
    }
    false
}

/// What is told of a statement that was left out.
pub(crate) fn left_out(text: &str) -> String {
    let first: String = text
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect();
    format!("left out in the scratch database, because it would change the server: {first}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_the_server_is_known() {
        let table = [
            ("CREATE TABLE t (a int)", false),
            ("CREATE USER MAPPING FOR a SERVER b", false),
            ("GRANT SELECT ON t TO a", false),
            ("COMMENT ON TABLE t IS 'x'", false),
            ("DROP OWNED BY a", false),
            ("CREATE ROLE a", true),
            ("alter system set work_mem = 1", true),
            ("DROP DATABASE a", true),
            ("GRANT a TO b", true),
            ("REVOKE CONNECT ON DATABASE a FROM PUBLIC", true),
            ("COMMENT ON ROLE a IS 'x'", true),
        ];
        for (text, changes) in table {
            assert_eq!(changes_server(text), changes, "{text}");
        }
    }
}
