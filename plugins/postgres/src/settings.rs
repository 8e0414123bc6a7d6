//! How to connect: what a URL, options and the environment come to.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How to connect to which database.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) hosts: Vec<Host>,
    pub(crate) user: String,
    pub(crate) password: Option<String>,
    pub(crate) database: String,
    pub(crate) pass_file: Option<PathBuf>,
    pub(crate) tls: TlsSettings,
    pub(crate) server_options: Option<String>,
    pub(crate) application_name: String,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) tcp: TcpSettings,
    pub(crate) target: Target,
    pub(crate) channel_binding: ChannelBinding,
    /// The schemas that unqualified names are looked for in, if the configuration says so.
    pub(crate) search_path: Option<Vec<String>>,
    pub(crate) history_schema: String,
    /// Whether the schema of the history was asked for, and is made where it is missing.
    pub(crate) own_history_schema: bool,
    /// The schema that other tools keep their state in.
    pub(crate) default_schema: String,
    pub(crate) lock: LockMode,
    pub(crate) scratch: Scratch,
}

/// Whether what is made is to be thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scratch {
    /// It is not.
    No,
    /// The database is.
    Database,
    /// It is in a schema within a transaction.
    Transaction,
}

/// One server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    /// Its name, or the folder of its socket; what a certificate is compared with.
    pub(crate) name: String,
    /// Its address, where no name is to be looked up.
    pub(crate) address: Option<IpAddr>,
    pub(crate) port: u16,
}

impl Host {
    /// The folder of a Unix socket.
    pub(crate) fn socket_folder(&self) -> Option<&str> {
        let is_folder = self.address.is_none() && self.name.starts_with('/');
        is_folder.then_some(self.name.as_str())
    }
}

/// As people write it.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.socket_folder(), self.address) {
            (Some(folder), _) => write!(f, "{folder}/.s.PGSQL.{}", self.port),
            (None, Some(address)) if self.name.is_empty() => {
                write!(f, "{address} port {}", self.port)
            }
            (None, _) => write!(f, "{} port {}", self.name, self.port),
        }
    }
}

/// How the connection is encrypted and the server proven.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TlsSettings {
    pub(crate) mode: TlsMode,
    pub(crate) root_certificates: Option<PathBuf>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

/// `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TlsMode {
    Disable,
    Allow,
    #[default]
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// What is told to the socket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TcpSettings {
    /// Whether the operating system looks after the connection; it does unless told otherwise.
    pub(crate) no_keepalives: bool,
    pub(crate) idle: Option<Duration>,
    pub(crate) interval: Option<Duration>,
    pub(crate) count: Option<u32>,
    pub(crate) user_timeout: Option<Duration>,
}

/// `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Target {
    #[default]
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

/// `channel_binding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ChannelBinding {
    Disable,
    #[default]
    Prefer,
    Require,
}

/// `lock`: how deployers keep out of each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LockMode {
    /// An advisory lock, unless a pooler is in the way.
    #[default]
    Auto,
    Advisory,
    Row,
}

/// Prints no password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("hosts", &self.hosts)
            .field("user", &self.user)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}
