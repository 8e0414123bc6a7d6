//! Scratch databases: databases of a name that tells when they were made.
//!
//! The first session in one holds a lock of the server by that name. A scratch database whose lock is free was left
//! behind.

use crate::answer::ResultSet;
use crate::connect::Settings;
use crate::connection::{Connection, Returned};
use crate::error::{SEPARATOR, failed, sets};
use crate::literal;
use crate::rows;
use crate::words::Words;
use dapter_plugin_api::sql::Rules;
use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind, Notices, Result, Severity};

/// The option that names the scratch database.
pub(crate) const OPTION: &str = "scratch";

/// What the names look like. The number is the second in which it was made.
const NAMES: &str = "^dapter_scratch_[0-9]+_[0-9a-f]{8}$";

/// How the names begin.
const PREFIX: &str = "dapter_scratch_";

/// Makes a database like the settings' one, and the options to work in it.
pub(crate) async fn create<C: Connection>(
    settings: &Settings,
    options: &ConnectOptions,
    notices: &Notices,
) -> Result<ConnectOptions> {
    let mut connection = C::open_server(settings).await?;
    sweep(&mut connection, notices).await?;
    let like = format!(
        "SELECT CONCAT('{PREFIX}', UNIX_TIMESTAMP(), '_', LEFT(SHA2(CONCAT(RAND(), CONNECTION_ID()), 256), 8)), \
         MAX(default_character_set_name), MAX(default_collation_name) \
         FROM information_schema.schemata WHERE schema_name = {}",
        literal::text(&settings.database)
    );
    let told = only(sets(connection.run(like, Returned::Kept).await)?);
    let told = told.rows.into_iter().next().unwrap_or_default();
    let mut told = told
        .cells()
        .map(|value| value.map(|value| String::from_utf8_lossy(value).into_owned()));
    let mut next = || told.next().flatten();
    let name = next().unwrap_or_default();
    let set = next().unwrap_or_else(|| "utf8mb4".to_owned());
    let collation = next().map_or_else(String::new, |collation| format!(" COLLATE {collation}"));
    let create = format!(
        "CREATE DATABASE {} CHARACTER SET {set}{collation}",
        literal::name(&name)
    );
    let created = connection.run(create, Returned::Dropped).await;
    created.whole().map_err(|failure| {
        let error = failed(failure);
        let hint = "give the user the right to do so: GRANT ALL ON `dapter\\_scratch\\_%`.* TO …; or name another server";
        match error.kind {
            ErrorKind::Permission => error.with_hint(hint),
            _ => error,
        }
    })?;
    let mut scratch = options.clone();
    scratch.options.insert(OPTION.to_owned(), name);
    Ok(scratch)
}

/// Removes the scratch database.
pub(crate) async fn remove<C: Connection>(
    settings: &Settings,
    options: &ConnectOptions,
) -> Result<()> {
    let name = options.options.get(OPTION);
    let name = name
        .filter(|name| name.starts_with(PREFIX))
        .ok_or_else(|| {
            AdapterError::new(
                ErrorKind::Other,
                "the options name no scratch database, and no other is removed",
            )
        })?;
    let mut connection = C::open_server(settings).await?;
    drop_database(&mut connection, name).await
}

async fn drop_database<C: Connection>(connection: &mut C, name: &str) -> Result<()> {
    let drop = format!("DROP DATABASE IF EXISTS {}", literal::name(name));
    let dropped = connection.run(drop, Returned::Dropped).await;
    dropped.whole().map(|_| ()).map_err(failed)
}

/// Removes what was left behind. What cannot be removed is told, and is in nobody's way.
async fn sweep<C: Connection>(connection: &mut C, notices: &Notices) -> Result<()> {
    // A minute is time enough between the making of a database and the first session in it.
    let left = format!(
        "SELECT schema_name FROM information_schema.schemata WHERE schema_name REGEXP '{NAMES}' \
         AND CAST(SUBSTRING_INDEX(SUBSTRING(schema_name, {}), '_', 1) AS UNSIGNED) + 60 < UNIX_TIMESTAMP() \
         AND IS_FREE_LOCK(schema_name)",
        PREFIX.len() + 1
    );
    let left = only(sets(connection.run(left, Returned::Kept).await)?);
    for name in rows::texts(left)? {
        if let Err(error) = drop_database(connection, &name).await {
            let told = format!(
                "cannot remove {name}, which was left behind: {}",
                error.message
            );
            notices.push(Severity::Warning, told);
        }
    }
    Ok(())
}

fn only(sets: Vec<ResultSet>) -> ResultSet {
    sets.into_iter().next().unwrap_or_default()
}

/// A scratch database that a session is in.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The names of the server's other databases.
    others: Vec<String>,
}

/// What becomes of a statement in a scratch database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It runs.
    Inside,
    /// It would change the server, and is left out.
    Server,
    /// It would work in another database.
    Elsewhere,
}

impl Scratch {
    /// Says that the database is in use, and looks which others there are.
    pub(crate) async fn enter<C: Connection>(connection: &mut C, name: &str) -> Result<Self> {
        let lock = format!("SELECT GET_LOCK({}, 0)", literal::text(name));
        let others = format!(
            "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ({}, 'information_schema')",
            literal::text(name)
        );
        let entered = connection
            .run(lock + SEPARATOR + &others, Returned::Kept)
            .await;
        let others = sets(entered)?.into_iter().nth(1).unwrap_or_default();
        Ok(Scratch {
            others: rows::texts(others)?,
        })
    }

    /// How far a statement reaches.
    pub(crate) fn reach(&self, text: &str, rules: &Rules) -> Reach {
        let words = Words::new(text, rules);
        if changes_server(words.clone()) {
            Reach::Server
        } else if chooses_database(words.clone()) || self.names_another(words) {
            Reach::Elsewhere
        } else {
            Reach::Inside
        }
    }

    /// Whether a name with a database before it is among the tokens.
    fn names_another(&self, mut words: Words<'_>) -> bool {
        while words.peek().is_some() {
            match words.name() {
                Some(name) if words.accept_sign(".") => {
                    if self
                        .others
                        .iter()
                        .any(|other| other.eq_ignore_ascii_case(&name))
                    {
                        return true;
                    }
                }
                Some(_) => {}
                None => {
                    words.take();
                }
            }
        }
        false
    }
}

/// Whether it changes users, rights or settings, which all databases share.
fn changes_server(mut words: Words<'_>) -> bool {
    match words.keyword().as_str() {
        "GRANT" | "REVOKE" | "FLUSH" | "RESET" | "PURGE" | "INSTALL" | "UNINSTALL" | "KILL"
        | "SHUTDOWN" | "RESTART" | "CHANGE" | "STOP" => true,
        "START" => !words.at("TRANSACTION"),
        "CREATE" | "ALTER" | "DROP" | "RENAME" => {
            words.accept(&["OR", "REPLACE"]);
            [
                "USER",
                "ROLE",
                "SERVER",
                "TABLESPACE",
                "LOGFILE",
                "INSTANCE",
            ]
            .iter()
            .any(|kind| words.at(kind))
        }
        "SET" => [
            "GLOBAL",
            "PERSIST",
            "PERSIST_ONLY",
            "PASSWORD",
            "ROLE",
            "DEFAULT",
        ]
        .iter()
        .any(|word| words.at(word)),
        _ => false,
    }
}

/// Whether it makes, removes or chooses a database, or writes a file of the server.
fn chooses_database(mut words: Words<'_>) -> bool {
    if words.contain("OUTFILE") || words.contain("DUMPFILE") {
        return true;
    }
    match words.keyword().as_str() {
        "USE" => true,
        "CREATE" | "ALTER" | "DROP" => {
            words.accept(&["OR", "REPLACE"]);
            words.at("DATABASE") || words.at("SCHEMA")
        }
        _ => false,
    }
}

/// The error for a statement that cannot be tried in a scratch database.
pub(crate) fn elsewhere() -> AdapterError {
    AdapterError::new(
        ErrorKind::Unsupported,
        "the statement reaches outside of the scratch database in which it is tried",
    )
    .with_hint("write names without their database, which the target's URL names already")
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
    use crate::mode::SqlMode;

    #[test]
    fn what_reaches_outside_is_known() {
        let scratch = Scratch {
            others: vec!["shop".to_owned(), "mysql".to_owned()],
        };
        let table = [
            ("CREATE TABLE t (a INT)", Reach::Inside),
            ("SELECT t.a FROM t", Reach::Inside),
            ("START TRANSACTION", Reach::Inside),
            ("SET sql_mode = ''", Reach::Inside),
            ("CREATE USER a@b", Reach::Server),
            ("CREATE OR REPLACE ROLE a", Reach::Server),
            ("GRANT SELECT ON shop.* TO a", Reach::Server),
            ("SET GLOBAL x = 1", Reach::Server),
            ("FLUSH TABLES", Reach::Server),
            ("USE shop", Reach::Elsewhere),
            ("DROP DATABASE shop", Reach::Elsewhere),
            ("INSERT INTO `Shop` . orders VALUES (1)", Reach::Elsewhere),
            ("DELETE FROM mysql.user", Reach::Elsewhere),
            ("SELECT 'shop.t'", Reach::Inside),
            ("SELECT 1 INTO OUTFILE '/tmp/x'", Reach::Elsewhere),
        ];
        let rules = SqlMode::default().rules();
        for (text, reach) in table {
            assert_eq!(scratch.reach(text, &rules), reach, "{text}");
        }
    }
}
