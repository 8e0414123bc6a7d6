//! Whether a pooler hands one connection from server session to server session.
//!
//! A second connection decides it. In each round this session and the second one ask which server process answers them. A
//! process that answers both, or another one than in the round before, is nobody's own. A pooler hands out
//! the session that was used last, or each in its turn, so that a few rounds meet either.
//!
//! Neither waits for the other inside a transaction, so that a pool of one session answers too. A pooler that lets the second
//! connection wait has no session left, and may be taken for one that shares.

use crate::asynchronous::AsyncLink;
use crate::error::at_connect;
use crate::link::{Link, Route};
use crate::session::PostgresSession;
use dapter_plugin_api::{ErrorKind, Notices, Result, Severity};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

const WHO: &str = "SELECT pg_catalog.pg_backend_pid()";

/// More than a small pool has sessions.
const ROUNDS: usize = 8;

/// How long the second connection may take to come up, and to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether the session's connection is shared with others.
pub(crate) async fn is_pooled<L: Link>(session: &mut PostgresSession<L>) -> Result<bool> {
    let own = who(session).await?;
    let route = session.route.clone();
    let Some(opened) = L::aside(PATIENCE, open(route)).await else {
        return Ok(true);
    };
    let second = match opened {
        Ok(second) => Arc::new(Mutex::new(second)),
        Err(error) => {
            let message = format!(
                "whether a pooler is in between could not be found out: {}",
                error.message
            );
            session.notices.push(Severity::Info, message);
            return Ok(true);
        }
    };
    for _ in 0..ROUNDS {
        let asked = Arc::clone(&second);
        let answer = L::aside(PATIENCE, async move { asked.lock().await.send(WHO).await }).await;
        let other = match answer {
            Some(Ok(answers)) => answers
                .first()
                .and_then(|answer| answer.value(0))
                .map(str::to_owned),
            Some(Err(error)) if error.kind == ErrorKind::ConnectionLost => return Ok(true),
            Some(Err(error)) => return Err(error),
            None => return Ok(true),
        };
        if other.is_none() || other == own || who(session).await? != own {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn open(route: Route) -> Result<AsyncLink> {
    // Its notices are the first connection's over again.
    let opened = AsyncLink::open(&route, &Notices::new()).await;
    opened.map_err(|error| at_connect(&error, &route.host))
}

async fn who<L: Link>(session: &mut PostgresSession<L>) -> Result<Option<String>> {
    let answer = session.ask(WHO).await?;
    Ok(answer.value(0).map(str::to_owned))
}
