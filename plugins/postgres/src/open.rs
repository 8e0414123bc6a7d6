//! Opening a connection: one server, address and kind of encryption after the other.

use crate::error::{at_connect, unresolved};
use crate::link::{Link, Route};
use crate::passfile::PassFile;
use crate::settings::{ChannelBinding, Host, Settings, Target, TlsMode};
use crate::tls::{self, Connector};
use dapter_plugin_api::{AdapterError, ErrorKind, Notices, Result, Severity};
use std::path::Path;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

/// A connection, and the way that led to it.
pub(crate) struct Opened<L> {
    pub(crate) link: L,
    pub(crate) route: Route,
}

/// Connects to a database of the server that the settings name.
pub(crate) async fn open<L: Link>(
    settings: &Settings,
    database: &str,
    notices: &Notices,
) -> Result<Opened<L>> {
    let opener = Opener {
        settings,
        database,
        notices,
        tls: tls::connector(&settings.tls)?,
        pass_file: pass_file(settings, notices),
    };
    match settings.target {
        Target::PreferStandby => match opener.any_host(Target::Standby).await {
            Ok(opened) => Ok(opened),
            Err(_) => opener.any_host(Target::Any).await,
        },
        target => opener.any_host(target).await,
    }
}

struct Opener<'s> {
    settings: &'s Settings,
    database: &'s str,
    notices: &'s Notices,
    tls: Connector,
    pass_file: Option<PassFile>,
}

impl Opener<'_> {
    /// Connects to the first server that answers and is of the kind that is asked for.
    async fn any_host<L: Link>(&self, target: Target) -> Result<Opened<L>> {
        let mut failed: Option<AdapterError> = None;
        for host in &self.settings.hosts {
            let error = match self.one_host(host, target).await {
                Ok(opened) => return Ok(opened),
                Err(error) => error,
            };
            // The server is there: another one would not be asked by libpq either.
            if matches!(
                error.kind,
                ErrorKind::Authentication | ErrorKind::DatabaseMissing
            ) {
                return Err(error);
            }
            failed = Some(match failed {
                None => error,
                Some(mut first) => {
                    first.retryable |= error.retryable;
                    first.chain.push(error.message);
                    first.chain.extend(error.chain);
                    first
                }
            });
        }
        Err(failed
            .unwrap_or_else(|| AdapterError::new(ErrorKind::Connect, "the URL names no server")))
    }

    async fn one_host<L: Link>(&self, host: &Host, target: Target) -> Result<Opened<L>> {
        let addresses = match (host.address, host.socket_folder()) {
            (Some(address), _) => vec![Some(address)],
            (None, Some(_)) => vec![None],
            (None, None) => {
                let found = L::resolve(&host.name, host.port).await;
                let found = found.map_err(|error| unresolved(host, &error))?;
                found.into_iter().map(Some).collect()
            }
        };
        let mut failed = None;
        for address in addresses {
            for &mode in self.modes(host) {
                let route = Route {
                    config: self.config(host, address, mode),
                    tls: self.tls.clone(),
                    host: host.clone(),
                    address,
                };
                match L::open(&route, self.notices).await {
                    Ok(mut link) => {
                        check_target(&mut link, target, host).await?;
                        return Ok(Opened { link, route });
                    }
                    Err(error) => {
                        let error = at_connect(&error, host);
                        // A refusal that depends on the encryption, as it does in `pg_hba.conf`.
                        let other_mode = error.sqlstate.as_deref() == Some("28000")
                            || error.message.starts_with("cannot encrypt");
                        failed = Some(error);
                        if !other_mode {
                            break;
                        }
                    }
                }
            }
        }
        Err(failed
            .unwrap_or_else(|| unresolved(host, &std::io::Error::other("the name has no address"))))
    }

    /// The kinds of encryption to try, in their order. A socket in a folder needs none.
    fn modes(&self, host: &Host) -> &'static [SslMode] {
        match self.settings.tls.mode {
            _ if host.socket_folder().is_some() => &[SslMode::Disable],
            TlsMode::Disable => &[SslMode::Disable],
            TlsMode::Allow => &[SslMode::Disable, SslMode::Require],
            TlsMode::Prefer => &[SslMode::Prefer, SslMode::Disable],
            TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => &[SslMode::Require],
        }
    }

    fn config(&self, host: &Host, address: Option<std::net::IpAddr>, mode: SslMode) -> Config {
        let settings = self.settings;
        let mut config = Config::new();
        match (address, host.socket_folder()) {
            #[cfg(unix)]
            (None, Some(folder)) => {
                config.host_path(folder);
            }
            _ => {
                config.host(self.certificate_name(host, address));
                if let Some(address) = address {
                    config.hostaddr(address);
                }
            }
        }
        config
            .port(host.port)
            .user(&settings.user)
            .dbname(self.database)
            .application_name(&settings.application_name)
            .ssl_mode(mode)
            .channel_binding(match settings.channel_binding {
                ChannelBinding::Disable => tokio_postgres::config::ChannelBinding::Disable,
                ChannelBinding::Prefer => tokio_postgres::config::ChannelBinding::Prefer,
                ChannelBinding::Require => tokio_postgres::config::ChannelBinding::Require,
            });
        if let Some(options) = &settings.server_options {
            config.options(options);
        }
        if let Some(password) = self.password(host) {
            config.password(password);
        }
        if let Some(timeout) = settings.connect_timeout {
            config.connect_timeout(timeout);
        }
        self.tell_socket(&mut config);
        config
    }

    fn tell_socket(&self, config: &mut Config) {
        let tcp = &self.settings.tcp;
        config.keepalives(!tcp.no_keepalives);
        if let Some(idle) = tcp.idle {
            config.keepalives_idle(idle);
        }
        if let Some(interval) = tcp.interval {
            config.keepalives_interval(interval);
        }
        if let Some(count) = tcp.count {
            config.keepalives_retries(count);
        }
        if let Some(timeout) = tcp.user_timeout {
            config.tcp_user_timeout(timeout);
        }
    }

    /// What the certificate of the server must be for.
    fn certificate_name(&self, host: &Host, address: Option<std::net::IpAddr>) -> String {
        match address {
            Some(address) if host.name.is_empty() => address.to_string(),
            _ => host.name.clone(),
        }
    }

    fn password(&self, host: &Host) -> Option<String> {
        let settings = self.settings;
        if settings.password.is_some() {
            return settings.password.clone();
        }
        let address = host.address.map(|address| address.to_string());
        let name = match host.socket_folder() {
            Some("/var/run/postgresql" | "/tmp") => "localhost",
            Some(folder) => folder,
            None if host.name.is_empty() => address.as_deref().unwrap_or_default(),
            None => &host.name,
        };
        self.pass_file
            .as_ref()?
            .password(name, host.port, self.database, &settings.user)
    }
}

/// Reads the password file, unless the password is known or the file is not there.
fn pass_file(settings: &Settings, notices: &Notices) -> Option<PassFile> {
    if settings.password.is_some() {
        return None;
    }
    let path = settings.pass_file.as_deref()?;
    let ignored = |why: &str| {
        let message = format!("the password file {} is ignored: {why}", path.display());
        notices.push(Severity::Warning, message);
        None
    };
    match std::fs::read_to_string(path) {
        Ok(_) if is_readable_by_others(path) => {
            ignored("others can read it; its permissions should be u=rw (0600) or less")
        }
        Ok(text) => Some(PassFile::new(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => ignored(&error.to_string()),
    }
}

#[cfg(unix)]
fn is_readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path);
    metadata.is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}

/// Refuses a server of the wrong kind.
async fn check_target<L: Link>(link: &mut L, target: Target, host: &Host) -> Result<()> {
    if matches!(target, Target::Any | Target::PreferStandby) {
        return Ok(());
    }
    let answers = link
        .send(
            "SELECT pg_catalog.pg_is_in_recovery(), \
             pg_catalog.current_setting('transaction_read_only') = 'on'",
        )
        .await?;
    let is = |column| answers.first().is_some_and(|answer| answer.is_true(column));
    let (standby, read_only) = (is(0), is(1));
    let (fits, what) = match target {
        Target::ReadWrite => (!read_only, "only reads"),
        Target::ReadOnly => (read_only, "is open for writing"),
        Target::Primary => (!standby, "is a standby"),
        Target::Standby => (standby, "is no standby"),
        Target::Any | Target::PreferStandby => (true, ""),
    };
    if fits {
        return Ok(());
    }
    let mut error = AdapterError::new(ErrorKind::Connect, format!("the server {host} {what}"))
        .with_hint("`target_session_attrs` asks for another one");
    // A failover may be on its way.
    error.retryable = true;
    Err(error)
}
