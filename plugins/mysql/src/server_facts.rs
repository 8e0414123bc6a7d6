//! Whose server answers, and whether it lets this session change anything.

use crate::connection::{Connection, Returned};
use crate::error::refused;
use crate::literal;
use crate::session::Session;
use dapter_plugin_api::{AdapterError, ErrorKind, Result, ServerFacts};

/// `SUPER` and its like may write on a server that is read-only for all others, so that is only said.
const QUESTION: &str = "SELECT VERSION(), @@GLOBAL.read_only + 0, \
     CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), \
     (SELECT COUNT(*) FROM information_schema.user_privileges WHERE privilege_type = 'CREATE') \
     + (SELECT COUNT(*) FROM information_schema.schema_privileges \
        WHERE privilege_type = 'CREATE' AND DATABASE() LIKE table_schema)";

/// Asks the server.
pub(crate) async fn ask<C: Connection>(session: &mut Session<C>) -> Result<ServerFacts> {
    let rows = answered(session, QUESTION.to_owned()).await?;
    let Some([version, read_only, time, may_create]) = rows.first().map(Vec::as_slice) else {
        let message = "the server tells of itself in a way that is not understood";
        return Err(AdapterError::new(ErrorKind::Other, message));
    };
    let mut remarks = Vec::new();
    if may_create == "0" && !a_role_may_create(session).await? {
        remarks.push(
            "neither the user nor an active role of it has a right to create tables; a role that it was granted may have to be made active (SET DEFAULT ROLE)"
                .to_owned(),
        );
    }
    Ok(ServerFacts {
        product: session.server.product.name().to_owned(),
        version: version.clone(),
        read_only: (read_only != "0").then(|| "read_only is set on the server".to_owned()),
        time_ms: time.parse().ok(),
        remarks,
    })
}

/// Whether tables may be created by what the active roles grant. `SHOW GRANTS` follows them on both products; the tables
/// of `information_schema` that [`QUESTION`] reads do not.
async fn a_role_may_create<C: Connection>(session: &mut Session<C>) -> Result<bool> {
    let grants = answered(session, "SHOW GRANTS".to_owned()).await?;
    let fits: Vec<String> = grants
        .iter()
        .flatten()
        .filter_map(|grant| databases_to_create_in(grant))
        .map(|pattern| format!("DATABASE() LIKE {}", literal::text(&pattern)))
        .collect();
    if fits.is_empty() {
        return Ok(false);
    }
    let found = answered(session, format!("SELECT {}", fits.join(" OR "))).await?;
    Ok(found.iter().flatten().any(|fits| fits == "1"))
}

/// The pattern of the databases that a line of `SHOW GRANTS` allows to create tables in.
fn databases_to_create_in(grant: &str) -> Option<String> {
    let (privileges, rest) = grant.strip_prefix("GRANT ")?.split_once(" ON ")?;
    let (object, _) = rest.split_once(" TO ")?;
    let creates = |privilege: &str| matches!(privilege, "CREATE" | "ALL" | "ALL PRIVILEGES");
    if !privileges.split(", ").any(creates) {
        return None;
    }
    let database = object.strip_suffix(".*")?;
    Some(match database.chars().next()? {
        '*' => "%".to_owned(),
        quote @ ('`' | '"') => {
            let name = database.strip_prefix(quote)?.strip_suffix(quote)?;
            name.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => database.to_owned(),
    })
}

/// The rows of a query as text.
async fn answered<C: Connection>(
    session: &mut Session<C>,
    query: String,
) -> Result<Vec<Vec<String>>> {
    let answer = session.connection.run(query.clone(), Returned::Kept).await;
    let sets = answer.whole().map_err(|failure| refused(failure, &query))?;
    let text =
        |value: Option<&[u8]>| String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
    let rows = sets.into_iter().next().map(|set| set.rows);
    let rows = rows.into_iter().flatten();
    Ok(rows.map(|row| row.cells().map(text).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::databases_to_create_in;

    #[test]
    fn grants_tell_where_tables_may_be_created() {
        let table = [
            ("GRANT ALL PRIVILEGES ON *.* TO `u`@`h`", Some("%")),
            (
                "GRANT SELECT, CREATE ON `shop\\_%`.* TO `r`",
                Some("shop\\_%"),
            ),
            ("GRANT CREATE ON \"a\"\"b\".* TO \"r\"@\"%\"", Some("a\"b")),
            (
                "GRANT CREATE ON `a``b`.* TO `r`@`%` WITH GRANT OPTION",
                Some("a`b"),
            ),
            ("GRANT CREATE VIEW, CREATE ROUTINE ON `a`.* TO `r`", None),
            ("GRANT CREATE ON `a`.`t` TO `r`", None),
            (
                "GRANT USAGE ON *.* TO `u`@`h` IDENTIFIED BY PASSWORD '*7B'",
                None,
            ),
            ("GRANT `r`@`%` TO `u`@`h`", None),
            ("SET DEFAULT ROLE `r` FOR `u`@`h`", None),
            ("REVOKE CREATE ON `a`.* FROM `u`@`h`", None),
        ];
        for (grant, pattern) in table {
            assert_eq!(databases_to_create_in(grant).as_deref(), pattern, "{grant}");
        }
    }
}
