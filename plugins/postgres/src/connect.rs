//! What a URL, options and the environment say of a connection.
//!
//! Source: "Parameter Key Words" and "Environment Variables" in the manual of libpq.

use crate::search_path;
use crate::settings::{
    ChannelBinding, Host, LockMode, Scratch, Settings, Target, TcpSettings, TlsMode, TlsSettings,
};
use crate::url::{self, UrlParts, error};
use crate::{scratch, within};
use dapter_plugin_api::{AdapterError, ConnectOptions, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The options that are understood, in the URL or in the configuration, each with its environment variable.
const OPTIONS: [(&str, Option<&str>); 28] = [
    ("host", Some("PGHOST")),
    ("hostaddr", Some("PGHOSTADDR")),
    ("port", Some("PGPORT")),
    ("user", Some("PGUSER")),
    ("password", Some("PGPASSWORD")),
    ("dbname", Some("PGDATABASE")),
    ("passfile", Some("PGPASSFILE")),
    ("sslmode", Some("PGSSLMODE")),
    ("sslrootcert", Some("PGSSLROOTCERT")),
    ("sslcert", Some("PGSSLCERT")),
    ("sslkey", Some("PGSSLKEY")),
    ("options", Some("PGOPTIONS")),
    ("application_name", Some("PGAPPNAME")),
    ("connect_timeout", Some("PGCONNECT_TIMEOUT")),
    ("keepalives", None),
    ("keepalives_idle", None),
    ("keepalives_interval", None),
    ("keepalives_count", None),
    ("tcp_user_timeout", None),
    ("target_session_attrs", Some("PGTARGETSESSIONATTRS")),
    ("channel_binding", Some("PGCHANNELBINDING")),
    ("client_encoding", None),
    ("search_path", None),
    ("history_schema", None),
    ("lock", None),
    (scratch::OPTION, None),
    ("sslnegotiation", None),
    ("gssencmode", None),
];

/// Where the server's sockets are, as Debian and its relatives, and PostgreSQL itself, have it.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

const DEFAULT_PORT: u16 = 5432;

impl Settings {
    /// Reads the URL, the options and the environment, in this order of precedence.
    pub(crate) fn parse(
        options: &ConnectOptions,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Settings> {
        let given = Given::read(options, environment)?;
        let user = given
            .value("user")
            .or_else(|| environment("USER"))
            .or_else(|| environment("LOGNAME"))
            .or_else(|| environment("USERNAME"))
            .ok_or_else(|| {
                error("no user is given").with_hint("write postgresql://USER@HOST/DATABASE")
            })?;
        let server_options = given.value("options");
        let search_path = given
            .value("search_path")
            .map(|value| search_path::parse(&value))
            .transpose()?;
        let in_options = server_options
            .as_deref()
            .and_then(search_path::in_server_options);
        let default_schema = search_path::first(search_path.as_deref().or(in_options.as_deref()));
        let own_schema = given.value("history_schema");
        given.check_encoding()?;
        let scratch = match given.value(scratch::OPTION).as_deref() {
            None => Scratch::No,
            Some(within::MARK) => Scratch::Transaction,
            Some(_) => Scratch::Database,
        };
        Ok(Settings {
            hosts: given.hosts()?,
            password: given.value("password"),
            scratch,
            database: given
                .value(scratch::OPTION)
                .filter(|_| scratch == Scratch::Database)
                .or_else(|| given.value("dbname"))
                .unwrap_or_else(|| user.clone()),
            user,
            pass_file: given
                .value("passfile")
                .map(PathBuf::from)
                .or_else(|| environment("HOME").map(|home| PathBuf::from(home).join(".pgpass"))),
            tls: given.tls(&options.base_directory)?,
            server_options,
            application_name: given
                .value("application_name")
                .unwrap_or_else(|| "dapter".to_owned()),
            connect_timeout: given
                .seconds("connect_timeout")?
                .filter(|timeout| !timeout.is_zero()),
            tcp: given.tcp()?,
            target: given.target()?,
            channel_binding: given.channel_binding()?,
            search_path,
            own_history_schema: own_schema.is_some(),
            history_schema: own_schema.unwrap_or_else(|| default_schema.clone()),
            default_schema,
            lock: given.lock()?,
        })
    }
}

/// What was given, by the names of the options.
struct Given {
    values: BTreeMap<String, String>,
    /// The hosts of the URL, if it names any.
    hosts: Vec<(String, String)>,
}

impl Given {
    fn read(
        options: &ConnectOptions,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Given> {
        let UrlParts {
            user,
            password,
            hosts,
            database,
            parameters,
        } = url::parse(&options.url)?;
        let mut values = BTreeMap::new();
        let parts = [("user", user), ("password", password), ("dbname", database)];
        let parts = parts
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let configured = options.options.clone().into_iter();
        for (name, value) in parts.chain(parameters).chain(configured) {
            if !OPTIONS.iter().any(|(known, _)| *known == name) {
                let known: Vec<&str> = OPTIONS.iter().map(|(name, _)| *name).collect();
                return Err(error(format!("there is no option `{name}`"))
                    .with_hint(format!("the options are {}", known.join(", "))));
            }
            if values.insert(name.clone(), value).is_some() {
                return Err(twice(&name));
            }
        }
        let named = hosts
            .iter()
            .any(|(host, port)| !host.is_empty() || !port.is_empty());
        let hosts = if named { hosts } else { Vec::new() };
        for (name, given) in [
            ("host", hosts.iter().any(|(host, _)| !host.is_empty())),
            ("port", hosts.iter().any(|(_, port)| !port.is_empty())),
        ] {
            if given && values.contains_key(name) {
                return Err(twice(name));
            }
        }
        for (name, variable) in OPTIONS {
            let in_url = matches!(name, "host" | "port") && !hosts.is_empty();
            if let (false, false, Some(variable)) = (in_url, values.contains_key(name), variable)
                && let Some(value) = environment(variable).filter(|value| !value.is_empty())
            {
                values.insert(name.to_owned(), value);
            }
        }
        Ok(Given { values, hosts })
    }

    /// The value of an option; an empty one is none.
    fn value(&self, name: &str) -> Option<String> {
        self.values
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    }

    /// The value of an option that takes one of a few words.
    fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let found = words.iter().find(|(word, _)| *word == value);
        found.map(|(_, meaning)| Some(*meaning)).ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            bad_value(name, &format!("write one of {}", words.join(", ")))
        })
    }

    fn count(&self, name: &str) -> Result<Option<u32>> {
        self.value(name)
            .map(|value| {
                value
                    .parse()
                    .map_err(|_| bad_value(name, "write a whole number"))
            })
            .transpose()
    }

    fn seconds(&self, name: &str) -> Result<Option<Duration>> {
        let seconds = self.count(name)?;
        Ok(seconds.map(|seconds| Duration::from_secs(seconds.into())))
    }

    /// The servers, in the order in which they are tried.
    fn hosts(&self) -> Result<Vec<Host>> {
        let list = |name: &str| -> Vec<String> {
            let value = self.value(name);
            value.map_or_else(Vec::new, |value| {
                value.split(',').map(str::to_owned).collect()
            })
        };
        let (in_url, addresses) = (&self.hosts, list("hostaddr"));
        let mut names = list("host");
        let mut ports = list("port");
        if !in_url.is_empty() {
            if names.is_empty() {
                names = in_url.iter().map(|(name, _)| name.clone()).collect();
            }
            if ports.is_empty() {
                ports = in_url.iter().map(|(_, port)| port.clone()).collect();
            }
        }
        if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
            return Err(error(
                "`host` and `hostaddr` list different numbers of hosts",
            ));
        }
        let number = names.len().max(addresses.len()).max(1);
        if ports.len() > 1 && ports.len() != number {
            return Err(error("the hosts and the ports are not as many"));
        }
        let mut hosts = Vec::new();
        for index in 0..number {
            let port = ports
                .get(index)
                .or(ports.first())
                .map_or("", String::as_str);
            let port = parsed_port(port)?;
            let name = names.get(index).cloned().unwrap_or_default();
            let address = addresses.get(index).filter(|address| !address.is_empty());
            let address = address
                .map(|address| address.parse())
                .transpose()
                .map_err(|_| bad_value("hostaddr", "write a numeric address"))?;
            if name.is_empty() && address.is_none() {
                hosts.extend(local_hosts(port));
            } else {
                hosts.push(Host {
                    name,
                    address,
                    port,
                });
            }
        }
        Ok(hosts)
    }

    fn tls(&self, base: &Path) -> Result<TlsSettings> {
        let modes = [
            ("disable", TlsMode::Disable),
            ("allow", TlsMode::Allow),
            ("prefer", TlsMode::Prefer),
            ("require", TlsMode::Require),
            ("verify-ca", TlsMode::VerifyCa),
            ("verify-full", TlsMode::VerifyFull),
        ];
        self.word("sslnegotiation", &[("postgres", ())])?;
        self.word("gssencmode", &[("disable", ()), ("prefer", ())])?;
        let system = self.value("sslrootcert").as_deref() == Some("system");
        let file = |name: &str| self.value(name).map(|path| base.join(path));
        let mode = match self.word("sslmode", &modes)? {
            // Roots that anybody can have a certificate of prove nothing without the name.
            None if system => TlsMode::VerifyFull,
            Some(mode) if system && mode != TlsMode::VerifyFull => {
                return Err(error(
                    "`sslrootcert=system` proves nothing without the name of the server",
                )
                .with_hint("write `sslmode=verify-full`"));
            }
            mode => mode.unwrap_or_default(),
        };
        Ok(TlsSettings {
            mode,
            root_certificates: if system { None } else { file("sslrootcert") },
            certificate: file("sslcert"),
            key: file("sslkey"),
        })
    }

    fn tcp(&self) -> Result<TcpSettings> {
        Ok(TcpSettings {
            no_keepalives: self.count("keepalives")? == Some(0),
            idle: self.seconds("keepalives_idle")?,
            interval: self.seconds("keepalives_interval")?,
            count: self.count("keepalives_count")?,
            user_timeout: self
                .count("tcp_user_timeout")?
                .map(|milliseconds| Duration::from_millis(milliseconds.into())),
        })
    }

    fn target(&self) -> Result<Target> {
        let words = [
            ("any", Target::Any),
            ("read-write", Target::ReadWrite),
            ("read-only", Target::ReadOnly),
            ("primary", Target::Primary),
            ("standby", Target::Standby),
            ("prefer-standby", Target::PreferStandby),
        ];
        Ok(self
            .word("target_session_attrs", &words)?
            .unwrap_or_default())
    }

    fn channel_binding(&self) -> Result<ChannelBinding> {
        let words = [
            ("disable", ChannelBinding::Disable),
            ("prefer", ChannelBinding::Prefer),
            ("require", ChannelBinding::Require),
        ];
        Ok(self.word("channel_binding", &words)?.unwrap_or_default())
    }

    fn lock(&self) -> Result<LockMode> {
        let words = [
            ("auto", LockMode::Auto),
            ("advisory", LockMode::Advisory),
            ("row", LockMode::Row),
        ];
        Ok(self.word("lock", &words)?.unwrap_or_default())
    }

    fn check_encoding(&self) -> Result<()> {
        match self.value("client_encoding") {
            Some(encoding)
                if !["utf8", "utf-8", "auto"].contains(&encoding.to_ascii_lowercase().as_str()) =>
            {
                Err(bad_value(
                    "client_encoding",
                    "leave it out: scripts are UTF-8",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The server on this machine.
fn local_hosts(port: u16) -> Vec<Host> {
    let host = |name: &str| Host {
        name: name.to_owned(),
        address: None,
        port,
    };
    if cfg!(unix) {
        SOCKET_FOLDERS.iter().map(|folder| host(folder)).collect()
    } else {
        vec![host("localhost")]
    }
}

fn parsed_port(text: &str) -> Result<u16> {
    if text.is_empty() {
        return Ok(DEFAULT_PORT);
    }
    // Not shown: where a `/` in a password is not encoded, the port is a part of it.
    let port = text.parse().ok().filter(|&port: &u16| port > 0);
    port.ok_or_else(|| {
        error("the port is no number from 1 to 65535")
            .with_hint("write `/`, `@` and `:` in a password as %2F, %40 and %3A")
    })
}

fn twice(name: &str) -> AdapterError {
    error(format!("the option `{name}` is given twice"))
        .with_hint("give it once, in the URL or in the configuration")
}

/// A value that an option cannot have. It is not shown: it may have got there from a password.
fn bad_value(name: &str, hint: &str) -> AdapterError {
    error(format!(
        "the option `{name}` has a value that it cannot have"
    ))
    .with_hint(hint)
}

#[cfg(test)]
mod tests;
