//! Which project, and with which Python.

use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind, Result};
use serde::Serialize;
use std::path::{Path, PathBuf};

const HINT: &str = "write alembic:path/to/alembic.ini?python=.venv/bin/python";

/// A project, and what its `env.py` is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Address {
    /// The file `alembic.ini`.
    pub(crate) ini: PathBuf,
    /// The section of it.
    pub(crate) section: String,
    /// The arguments `-x`.
    pub(crate) x: Vec<String>,
    #[serde(skip)]
    pub(crate) python: PathBuf,
}

impl Address {
    /// Reads the URL and the options.
    pub(crate) fn read(options: &ConnectOptions) -> Result<Address> {
        let rest = options.url.strip_prefix("alembic:").unwrap_or_default();
        let (ini, query) = rest.split_once('?').unwrap_or((rest, ""));
        if ini.is_empty() {
            return Err(refused("the URL names no alembic.ini".to_owned()));
        }
        let base = &options.base_directory;
        let mut address = Address {
            ini: base.join(ini),
            section: "alembic".to_owned(),
            x: Vec::new(),
            python: PathBuf::new(),
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let given = options.options.iter();
        for (name, value) in pairs.chain(given.map(|(name, value)| (name.as_str(), value.as_str())))
        {
            match name {
                "python" => address.python = program(base, value),
                "section" => value.clone_into(&mut address.section),
                "x" => address.x.push(value.to_owned()),
                _ => return Err(refused(format!("there is no option `{name}`"))),
            }
        }
        if address.python.as_os_str().is_empty() {
            address.python = beside(&address.ini);
        }
        Ok(address)
    }
}

/// A program by its path, or by its name.
fn program(base: &Path, value: &str) -> PathBuf {
    match value.contains('/') {
        true => base.join(value),
        false => PathBuf::from(value),
    }
}

/// The Python of the project's virtual environment, or the first there is.
fn beside(ini: &Path) -> PathBuf {
    let folder = ini.parent().unwrap_or(Path::new(""));
    let places = [".venv", "venv"].map(|name| folder.join(name).join("bin/python"));
    let found = places.into_iter().find(|place| place.is_file());
    found.unwrap_or_else(|| PathBuf::from("python3"))
}

fn refused(why: String) -> AdapterError {
    AdapterError::new(ErrorKind::Connect, why).with_hint(HINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Address> {
        Address::read(&ConnectOptions {
            base_directory: PathBuf::from("/nowhere"),
            ..ConnectOptions::new(url)
        })
    }

    #[test]
    fn urls_are_read_or_refused() {
        let url = "alembic:db/alembic.ini?python=.venv/bin/python&section=other&x=a=1&x=b";
        let expected = Address {
            ini: "/nowhere/db/alembic.ini".into(),
            section: "other".to_owned(),
            x: vec!["a=1".to_owned(), "b".to_owned()],
            python: "/nowhere/.venv/bin/python".into(),
        };
        assert_eq!(read(url), Ok(expected));
        let plain = read("alembic:/app/alembic.ini").expect("reads");
        assert_eq!(
            (plain.ini, plain.python),
            ("/app/alembic.ini".into(), "python3".into())
        );
        for url in [
            "",
            "alembic:",
            "alembic:?python=x",
            "sqlite:a.db",
            "alembic:a.ini?pyhton=x",
        ] {
            assert_eq!(read(url).expect_err(url).kind, ErrorKind::Connect, "{url}");
        }
    }
}
