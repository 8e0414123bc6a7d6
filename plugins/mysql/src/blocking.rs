//! The connection of the crate `mysql`, which blocks.

use crate::answer::{Answer, Failure, ResultSet};
use crate::cancel::Cancelling;
use crate::connect::{Address, Settings, TlsMode};
use crate::connection::{Connection, Returned, column, value};
use crate::error::not_connected;
use crate::tls;
use dapter_plugin_api::{AdapterError, Canceller, ErrorKind, Result};
use mysql::prelude::Queryable;
use mysql::{ClientIdentity, Conn, DriverError, Error, OptsBuilder, SslOpts};
use std::fmt;
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

/// A connection whose calls return when they are done.
pub struct Blocking {
    connection: Conn,
    cancelling: Arc<Cancelling>,
    settings: Settings,
}

/// As long as the server has no smaller limit, which it tells by an error.
const LONGEST_PACKET: usize = 1 << 30;

/// Prints nothing of the settings, which hold the password.
impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").finish_non_exhaustive()
    }
}

/// So that no firewall forgets a connection on which a statement runs for hours.
const KEEPALIVE_MS: u32 = 60_000;

impl Connection for Blocking {
    async fn open(settings: &Settings) -> Result<Self> {
        if settings.tls.mode == TlsMode::VerifyCa {
            // The library would trust every public authority too, and whoever has a certificate of one.
            return Err(AdapterError::new(
                ErrorKind::Connect,
                "this adapter cannot verify the server's authority alone",
            )
            .with_hint(
                "write `ssl_mode=VERIFY_IDENTITY`, or a URL that begins with mysql+async://",
            ));
        }
        Ok(Blocking {
            connection: open(settings)?,
            cancelling: Arc::new(Cancelling::default()),
            settings: settings.clone(),
        })
    }

    async fn run(&mut self, text: String, rows: Returned) -> Answer {
        if self.cancelling.begin() {
            // A cancellation that came too late for the last text must not meet this one.
            absorb(&mut self.connection);
        }
        let answer = run(&mut self.connection, &text, rows);
        self.cancelling.end();
        answer
    }

    fn canceller(&self) -> Canceller {
        let (cancelling, settings) = (Arc::clone(&self.cancelling), self.settings.clone());
        let id = self.connection.connection_id();
        Box::new(move || {
            cancelling.cancel(|| {
                // Whether it reached the server shows in what becomes of the running call.
                if let Ok(mut other) = open(&settings) {
                    drop(other.query_drop(kill(id)));
                }
            });
        })
    }
}

/// The statement that stops what another connection runs.
pub(crate) fn kill(id: u32) -> String {
    format!("KILL QUERY {id}")
}

fn absorb(connection: &mut Conn) {
    // Its failure is the cancellation itself; a lost connection shows in what runs next.
    drop(connection.query_drop("DO 0"));
}

fn run(connection: &mut Conn, text: &str, rows: Returned) -> Answer {
    let mut answer = Answer::default();
    let mut result = match connection.query_iter(text) {
        Ok(result) => result,
        Err(error) => return Answer::failed(failure(error)),
    };
    while let Some(set) = result.iter() {
        let mut made = ResultSet {
            columns: set.columns().as_ref().iter().map(column).collect(),
            rows: Vec::new(),
            affected: set.affected_rows(),
        };
        for row in set {
            match row {
                Ok(row) if rows == Returned::Kept => {
                    made.rows
                        .push(row.unwrap().into_iter().map(value).collect());
                }
                Ok(_) => {}
                Err(error) => {
                    answer.failure = Some(failure(error));
                    return answer;
                }
            }
        }
        answer.sets.push(made);
    }
    answer
}

fn open(settings: &Settings) -> Result<Conn> {
    tls::install_provider();
    let first = connect(settings, settings.tls.mode != TlsMode::Disabled);
    let made = match first {
        Err(Error::DriverError(DriverError::TlsNotSupported))
            if settings.tls.mode == TlsMode::Preferred =>
        {
            connect(settings, false)
        }
        made => made,
    };
    made.map_err(|error| refused(error, settings))
}

fn connect(settings: &Settings, encrypted: bool) -> std::result::Result<Conn, Error> {
    let builder = OptsBuilder::new()
        .user(Some(&settings.user))
        .pass(settings.password.as_ref())
        .db_name(Some(&settings.database).filter(|name| !name.is_empty()))
        .prefer_socket(false)
        .tcp_nodelay(true)
        .tcp_keepalive_time_ms(Some(KEEPALIVE_MS))
        .tcp_connect_timeout(Some(settings.connect_timeout))
        .max_allowed_packet(Some(LONGEST_PACKET))
        .stmt_cache_size(0)
        .ssl_opts(encrypted.then(|| ssl(settings)));
    Conn::new(match &settings.address {
        Address::Tcp { host, port } => builder.ip_or_hostname(Some(host)).tcp_port(*port),
        Address::Socket(path) => builder.socket(Some(path)),
    })
}

fn ssl(settings: &Settings) -> SslOpts {
    let tls = &settings.tls;
    let identity = tls
        .identity
        .clone()
        .map(|(certificate, key)| ClientIdentity::new(certificate, key));
    SslOpts::default()
        .with_root_cert_path(tls.ca.clone())
        .with_client_identity(identity)
        .with_danger_accept_invalid_certs(matches!(
            tls.mode,
            TlsMode::Preferred | TlsMode::Required
        ))
}

/// Why the connection was not made.
fn refused(error: Error, settings: &Settings) -> AdapterError {
    match error {
        Error::DriverError(DriverError::TlsNotSupported) => tls::missing(),
        Error::TlsError(error) => tls::refused(&error.to_string()),
        Error::IoError(error) if tls::is_fault(&error) => tls::refused(&error.to_string()),
        Error::CodecError(error) if tls::is_fault(&error) => tls::refused(&error.to_string()),
        Error::IoError(error) => tls::unreachable(&settings.address, &error.to_string()),
        Error::DriverError(DriverError::CouldNotConnect(_) | DriverError::ConnectTimeout) => {
            tls::unreachable(&settings.address, &why_unreachable(&settings.address))
        }
        Error::DriverError(
            error @ (DriverError::UnknownAuthPlugin(_)
            | DriverError::OldMysqlPasswordDisabled
            | DriverError::CleartextPluginDisabled),
        ) => AdapterError::new(ErrorKind::Authentication, error.to_string()),
        other => not_connected(failure(other)),
    }
}

/// The system's own words for it, which the library does not pass on.
fn why_unreachable(address: &Address) -> String {
    const SHORT: Duration = Duration::from_millis(500);
    let Address::Tcp { host, port } = address else {
        return "nobody answers".to_owned();
    };
    let tried = (host.as_str(), *port)
        .to_socket_addrs()
        .and_then(|mut found| {
            found.next().map_or(Ok(()), |address| {
                TcpStream::connect_timeout(&address, SHORT).map(drop)
            })
        });
    match tried {
        Err(error) => error.to_string(),
        Ok(()) => "nobody answered".to_owned(),
    }
}

/// A failure of the connection as every client library tells it.
fn failure(error: Error) -> Failure {
    match error {
        Error::MySqlError(error) => Failure::Server {
            code: error.code,
            sqlstate: error.state,
            message: error.message,
        },
        Error::IoError(error) => Failure::Lost(error.to_string()),
        Error::DriverError(DriverError::PacketOutOfSync | DriverError::UnexpectedPacket) => {
            Failure::Lost("the server answered out of order".to_owned())
        }
        Error::DriverError(DriverError::PacketTooLarge) => {
            Failure::Client("the statement is longer than a gigabyte".to_owned())
        }
        Error::CodecError(error) => Failure::Lost(error.to_string()),
        other => Failure::Client(other.to_string()),
    }
}
