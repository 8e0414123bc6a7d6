//! Waits until a server has dealt with the connections that were made before.

use crate::link::Route;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Asks whether the server speaks TLS, which it answers with a byte, before anybody logs in.
/// Source: "SSLRequest" in the chapter "Message Formats" of PostgreSQL's manual.
const QUESTION: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A server that does not answer in this time does nothing else either.
const PATIENCE: Duration = Duration::from_secs(2);

/// A process of the server's own answers each, as one carries out a request. However little they come to run: where this many
/// have answered, the one that was made before them has had its turn.
const TIMES: usize = 5;

/// Knocks, and waits for the answers. A server takes connections one after the other, so a request to stop that was made before
/// is taken by then. Whoever is not answered has waited long enough.
pub(crate) fn knock(route: &Route) {
    for _ in 0..TIMES {
        if attempt(route).is_err() {
            break;
        }
    }
}

fn attempt(route: &Route) -> io::Result<()> {
    match (route.address, route.host.socket_folder()) {
        (Some(address), _) => {
            let socket = TcpStream::connect_timeout(&(address, route.host.port).into(), PATIENCE)?;
            socket.set_read_timeout(Some(PATIENCE))?;
            ask(socket)
        }
        #[cfg(unix)]
        (None, Some(folder)) => {
            let path = format!("{folder}/.s.PGSQL.{}", route.host.port);
            let socket = std::os::unix::net::UnixStream::connect(path)?;
            socket.set_read_timeout(Some(PATIENCE))?;
            ask(socket)
        }
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

fn ask(mut socket: impl Read + Write) -> io::Result<()> {
    socket.write_all(&QUESTION)?;
    socket.read_exact(&mut [0])
}
