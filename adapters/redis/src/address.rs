//! Where to connect to, from the URL and the options.

use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind, Result};
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo};
use std::borrow::Cow;
use url::Url;

const HINT: &str = "write redis://user:password@host:6379/0, or redis+unix:///path/to/socket?db=0";

/// The option that names the keys of the history: `PREFIX:history`, `PREFIX:log`.
const PREFIX: &str = "prefix";

/// A database of a server, who comes to it, and below which prefix the history lies.
pub(crate) struct Address {
    /// The server alone: the name, the password and the database are told it afterwards, whose answers are typed errors.
    pub(crate) server: ConnectionInfo,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) database: i64,
    pub(crate) prefix: String,
}

impl Address {
    /// Reads the URL and the options.
    pub(crate) fn read(options: &ConnectOptions) -> Result<Address> {
        let url = Url::parse(&options.url).map_err(|error| refused(error.to_string()))?;
        let known: &[&str] = match url.scheme() {
            "redis" => &[PREFIX],
            "redis+unix" => &["db", "user", "pass", PREFIX],
            other => {
                return Err(refused(format!("`{other}` is no scheme of this adapter")));
            }
        };
        let mut prefix = "dapter".to_owned();
        for (name, value) in url.query_pairs() {
            if !known.contains(&name.as_ref()) {
                return Err(refused(format!("the URL has no option `{name}`")));
            }
            if name == PREFIX {
                prefix = value.into_owned();
            }
        }
        for (name, value) in &options.options {
            if name != PREFIX {
                return Err(refused(format!("there is no option `{name}`"))
                    .with_hint("the only option is `prefix`"));
            }
            prefix.clone_from(value);
        }
        if prefix.is_empty() {
            return Err(refused("the option `prefix` is empty".to_owned()));
        }
        Self::of(url, prefix)
    }

    fn of(url: Url, prefix: String) -> Result<Address> {
        let info = url.into_connection_info().map_err(|error| {
            // One of a few fixed sentences, with the kind of the error behind it.
            let told = error.to_string();
            refused(told.split(" - ").next().unwrap_or_default().to_lowercase())
        })?;
        let settings = info.redis_settings();
        let database = settings.db();
        if database < 0 {
            return Err(refused(format!("{database} is no number of a database")));
        }
        Ok(Address {
            user: settings.username().map(str::to_owned),
            password: settings.password().map(str::to_owned),
            database,
            prefix,
            server: info
                .clone()
                .set_redis_settings(RedisConnectionInfo::default().set_skip_set_lib_name()),
        })
    }

    /// The server, for messages.
    pub(crate) fn name(&self) -> Cow<'static, str> {
        match self.server.addr() {
            ConnectionAddr::Tcp(host, port) => format!("{host}:{port}").into(),
            ConnectionAddr::Unix(path) => path.display().to_string().into(),
            _ => "the server".into(),
        }
    }
}

fn refused(why: String) -> AdapterError {
    AdapterError::new(ErrorKind::Connect, why).with_hint(HINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(url: &str) -> String {
        match Address::read(&ConnectOptions::new(url)) {
            Ok(address) => format!(
                "{} {} {} {} {}",
                address.name(),
                address.user.unwrap_or_default(),
                address.password.unwrap_or_default(),
                address.database,
                address.prefix
            ),
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::Connect, "{url}");
                error.message
            }
        }
    }

    #[test]
    fn urls_are_read_or_refused() {
        let cases = [
            ("redis://host", "host:6379   0 dapter"),
            ("redis://me:s%40crt@[::1]:7/5", "::1:7 me s@crt 5 dapter"),
            ("redis://:x@h/?prefix=app", "h:6379  x 0 app"),
            (
                "redis+unix:///run/r.sock?db=2&user=u&pass=p",
                "/run/r.sock u p 2 dapter",
            ),
            ("redis:host", "missing hostname"),
            ("redis://h/one", "invalid database number"),
            ("redis://h/-1", "-1 is no number of a database"),
            ("redis://h/?db=1", "the URL has no option `db`"),
            ("redis://h/?prefix=", "the option `prefix` is empty"),
            ("postgres://h/", "`postgres` is no scheme of this adapter"),
            ("", "relative URL without a base"),
        ];
        for (url, expected) in cases {
            assert_eq!(told(url), expected, "{url}");
        }
    }
}
