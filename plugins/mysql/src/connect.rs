//! What a URL, options and the client's environment say.

use crate::mode::SqlMode;
use crate::scratch;
use crate::url::{Pieces, error, merged};
use dapter_plugin_api::{AdapterError, ConnectOptions, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;

const PORT: u16 = 3306;

/// Where Debian's servers listen. A URL without a host means this socket if it is there.
const SOCKET: &str = "/run/mysqld/mysqld.sock";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What of the machine a URL may leave to it.
pub(crate) struct Environment<'a> {
    /// A variable of the environment.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether there is a file.
    pub(crate) exists: &'a dyn Fn(&Path) -> bool,
}

/// How to connect to which database. Not `Debug`: it holds the password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) address: Address,
    pub(crate) user: String,
    pub(crate) password: Option<String>,
    /// The database of the history, and the first one of the session.
    pub(crate) database: String,
    pub(crate) tls: Tls,
    pub(crate) connect_timeout: Duration,
    /// The session's SQL mode, if it is not the server's.
    pub(crate) sql_mode: Option<String>,
    pub(crate) lock: LockKind,
    /// Whether the database is a scratch database.
    pub(crate) scratch: bool,
}

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp { host: String, port: u16 },
    Socket(String),
}

/// Whether and how the connection is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tls {
    pub(crate) mode: TlsMode,
    pub(crate) ca: Option<PathBuf>,
    /// The client's certificate and its key.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
}

/// `ssl_mode`, as MySQL's own clients have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlsMode {
    Disabled,
    /// Encrypted if the server can, whoever it is.
    Preferred,
    /// Encrypted, whoever the server is.
    Required,
    /// The server's certificate must come from the authority.
    VerifyCa,
    /// And be made out to the host of the URL.
    VerifyIdentity,
}

/// Where the lock is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockKind {
    /// By the server, with `GET_LOCK`.
    Native,
    /// By the host, in a row of the history.
    Row,
}

const OPTIONS: &str = "the options are `socket`, `ssl_mode`, `ssl_ca`, `ssl_cert`, `ssl_key`, `connect_timeout`, `sql_mode`, `charset` and `lock`";

impl Settings {
    /// Reads the URL, the options and the environment.
    pub(crate) fn parse(
        options: &ConnectOptions,
        schemes: &[&str],
        environment: &Environment<'_>,
    ) -> Result<Settings> {
        let pieces = Pieces::of(&options.url, schemes)?;
        if pieces.database.is_empty() {
            return Err(error("the URL names no database").with_hint(
                "write it behind the host: mysql://USER@HOST/DATABASE; the history is kept in it",
            ));
        }
        let variable = |name: &str| (environment.variable)(name).filter(|value| !value.is_empty());
        let user = pieces
            .user
            .clone()
            .or_else(|| variable("USER"))
            .ok_or_else(|| {
                error("the URL names no user").with_hint("write mysql://USER@HOST/DATABASE")
            })?;
        let password = pieces.password.clone().or_else(|| variable("MYSQL_PWD"));
        let mut parsed = Parsed {
            base: options.base_directory.clone(),
            ..Parsed::default()
        };
        for (name, value) in merged(pieces.options.clone(), &options.options)? {
            parsed.set(&name, &value)?;
        }
        let address = address(&pieces, parsed.socket.take(), &variable, environment.exists)?;
        let tls = parsed.tls(&address)?;
        Ok(Settings {
            address,
            user,
            password,
            scratch: parsed.scratch.is_some(),
            database: parsed.scratch.take().unwrap_or(pieces.database),
            tls,
            connect_timeout: parsed.connect_timeout.unwrap_or(CONNECT_TIMEOUT),
            sql_mode: parsed.sql_mode,
            lock: parsed.lock.unwrap_or(LockKind::Native),
        })
    }

    /// The same server, and no database of it.
    pub(crate) fn without_database(&self) -> Settings {
        Settings {
            database: String::new(),
            ..self.clone()
        }
    }

    /// The SQL mode in which scripts begin, as far as URL and options tell.
    pub(crate) fn mode(&self) -> SqlMode {
        self.sql_mode
            .as_deref()
            .map_or_else(SqlMode::default, SqlMode::of)
    }
}

/// A socket if one is asked for, or if no host is and the usual one is there; otherwise a host, `localhost` included,
/// is reached by TCP.
fn address(
    pieces: &Pieces,
    socket: Option<String>,
    variable: &dyn Fn(&str) -> Option<String>,
    exists: &dyn Fn(&Path) -> bool,
) -> Result<Address> {
    if let Some(path) = socket {
        return Ok(Address::Socket(path));
    }
    let host = match pieces.host.as_str() {
        "" => variable("MYSQL_HOST"),
        host => Some(host.to_owned()),
    };
    let port = match pieces.port {
        Some(port) => Some(port),
        None => variable("MYSQL_TCP_PORT")
            .map(|port| {
                port.parse().map_err(|_| {
                    error("the environment variable MYSQL_TCP_PORT is no port")
                        .with_hint("unset it, or write the port into the URL")
                })
            })
            .transpose()?,
    };
    if host.is_none() && pieces.port.is_none() {
        let path = variable("MYSQL_UNIX_PORT");
        let path = path.or_else(|| exists(Path::new(SOCKET)).then(|| SOCKET.to_owned()));
        if let Some(path) = path {
            return Ok(Address::Socket(path));
        }
    }
    Ok(Address::Tcp {
        host: host.unwrap_or_else(|| "localhost".to_owned()),
        port: port.unwrap_or(PORT),
    })
}

/// Options as far as they are read.
#[derive(Default)]
struct Parsed {
    base: PathBuf,
    socket: Option<String>,
    mode: Option<TlsMode>,
    ca: Option<PathBuf>,
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
    connect_timeout: Option<Duration>,
    sql_mode: Option<String>,
    lock: Option<LockKind>,
    scratch: Option<String>,
}

impl Parsed {
    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let path = || Some(self.base.join(value));
        match name {
            "socket" if !value.is_empty() => self.socket = Some(value.to_owned()),
            "socket" => return Err(bad_value(name, "the path of a socket")),
            "ssl_mode" => {
                self.mode = Some(match value.to_ascii_uppercase().as_str() {
                    "DISABLED" => TlsMode::Disabled,
                    "PREFERRED" => TlsMode::Preferred,
                    "REQUIRED" => TlsMode::Required,
                    "VERIFY_CA" => TlsMode::VerifyCa,
                    "VERIFY_IDENTITY" => TlsMode::VerifyIdentity,
                    _ => {
                        return Err(bad_value(
                            name,
                            "`DISABLED`, `PREFERRED`, `REQUIRED`, `VERIFY_CA` or `VERIFY_IDENTITY`",
                        ));
                    }
                });
            }
            "ssl_ca" => self.ca = path(),
            "ssl_cert" => self.cert = path(),
            "ssl_key" => self.key = path(),
            "connect_timeout" => {
                let seconds = value.parse().ok().filter(|&seconds: &u32| seconds > 0);
                let seconds = seconds.ok_or_else(|| bad_value(name, "a number of seconds"))?;
                self.connect_timeout = Some(Duration::from_secs(seconds.into()));
            }
            "sql_mode" => {
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ',' | ' ');
                if !value.chars().all(plain) {
                    return Err(bad_value(
                        name,
                        "names of SQL modes with commas between them",
                    ));
                }
                self.sql_mode = Some(value.to_owned());
            }
            "charset" if value.eq_ignore_ascii_case("utf8mb4") => {}
            "charset" => return Err(bad_value(name, "`utf8mb4`: no other can write every text")),
            "lock" => {
                self.lock = Some(match value {
                    "native" => LockKind::Native,
                    "row" => LockKind::Row,
                    _ => return Err(bad_value(name, "`native` or `row`")),
                });
            }
            scratch::OPTION => self.scratch = Some(value.to_owned()),
            _ => return Err(error(format!("there is no option `{name}`")).with_hint(OPTIONS)),
        }
        Ok(())
    }

    fn tls(&mut self, address: &Address) -> Result<Tls> {
        let identity = match (self.cert.take(), self.key.take()) {
            (None, None) => None,
            (Some(cert), Some(key)) => Some((cert, key)),
            _ => {
                return Err(
                    error("a client certificate needs both `ssl_cert` and `ssl_key`")
                        .with_hint("give the option that is missing too"),
                );
            }
        };
        let mode = match (self.mode, address) {
            (None | Some(TlsMode::Disabled | TlsMode::Preferred), Address::Socket(_)) => {
                TlsMode::Disabled
            }
            (Some(_), Address::Socket(_)) => {
                return Err(
                    error("a connection by a socket is not encrypted").with_hint(
                        "it never leaves the machine: leave `ssl_mode` out, or name a host",
                    ),
                );
            }
            (Some(mode), Address::Tcp { .. }) => mode,
            // Who names an authority wants it asked.
            (None, Address::Tcp { .. }) if self.ca.is_some() => TlsMode::VerifyIdentity,
            (None, Address::Tcp { .. }) => TlsMode::Preferred,
        };
        if self.ca.is_some() && !matches!(mode, TlsMode::VerifyCa | TlsMode::VerifyIdentity) {
            return Err(
                error("`ssl_ca` has no use: the server's certificate is not verified")
                    .with_hint("write `ssl_mode=VERIFY_IDENTITY`, or leave `ssl_ca` out"),
            );
        }
        Ok(Tls {
            mode,
            ca: self.ca.take(),
            identity,
        })
    }
}

fn bad_value(name: &str, expected: &str) -> AdapterError {
    error(format!(
        "the option `{name}` has a value that is none of its values"
    ))
    .with_hint(format!("write {expected}"))
}

#[cfg(test)]
mod tests;
