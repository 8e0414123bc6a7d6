//! Whose server answers, and whether it lets this session change anything.

use crate::connection::{Connection, Returned};
use crate::error::refused;
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
    let answer = session
        .connection
        .run(QUESTION.to_owned(), Returned::Kept)
        .await;
    let sets = answer
        .whole()
        .map_err(|failure| refused(failure, QUESTION))?;
    let row = sets
        .into_iter()
        .next()
        .and_then(|set| set.rows.into_iter().next());
    let row: Vec<String> = row
        .into_iter()
        .flatten()
        .map(|value| String::from_utf8_lossy(&value.unwrap_or_default()).into_owned())
        .collect();
    let [version, read_only, time, may_create] = &row[..] else {
        let message = "the server tells of itself in a way that is not understood";
        return Err(AdapterError::new(ErrorKind::Other, message));
    };
    let mut remarks = Vec::new();
    if may_create == "0" {
        remarks.push("no right to create tables was found; a role may grant it".to_owned());
    }
    Ok(ServerFacts {
        product: session.server.product.name().to_owned(),
        version: version.clone(),
        read_only: (read_only != "0").then(|| "read_only is set on the server".to_owned()),
        time_ms: time.parse().ok(),
        remarks,
    })
}
