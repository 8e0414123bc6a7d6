//! What a URL and options say.

use crate::scratch;
use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Long enough for the writes of an application; the host repeats a call that found the database busy.
const BUSY_TIMEOUT: Duration = Duration::from_millis(250);

/// How to open which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) location: Location,
    pub(crate) mode: Mode,
    /// Whether foreign keys are enforced while statements run.
    pub(crate) foreign_keys: bool,
    /// How long a call waits for other connections.
    pub(crate) busy_timeout: Duration,
    /// The folder of the scratch database, if it is one.
    pub(crate) scratch: Option<PathBuf>,
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    Memory,
    /// A file, by a path that SQLite cannot take for anything but a path.
    File(PathBuf),
}

/// What may be done to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Only read it.
    Read,
    /// Read and write it; it must be there.
    Write,
    /// Read and write it; the first write creates it.
    Create,
}

impl Settings {
    /// Reads the URL and the options.
    pub(crate) fn parse(options: &ConnectOptions) -> Result<Settings> {
        let rest = without_scheme(&options.url)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut settings = Settings {
            location: location(path, &options.base_directory)?,
            mode: Mode::Create,
            foreign_keys: false,
            busy_timeout: BUSY_TIMEOUT,
            scratch: None,
        };
        for (name, value) in merged(query, &options.options)? {
            settings.set(&name, &value)?;
        }
        if let Some(folder) = &settings.scratch {
            settings.location = Location::File(scratch::database(folder));
            settings.mode = Mode::Create;
        }
        Ok(settings)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        match (name, value) {
            ("mode", "ro") => self.mode = Mode::Read,
            ("mode", "rw") => self.mode = Mode::Write,
            ("mode", "rwc") => self.mode = Mode::Create,
            ("mode", _) => return Err(bad_value(name, value, "`ro`, `rw` or `rwc`")),
            ("foreign_keys", "on") => self.foreign_keys = true,
            ("foreign_keys", "off") => self.foreign_keys = false,
            ("foreign_keys", _) => return Err(bad_value(name, value, "`on` or `off`")),
            ("busy_timeout", _) => {
                // SQLite counts milliseconds in 31 bits.
                let milliseconds = value
                    .parse()
                    .ok()
                    .filter(|&number: &u32| i32::try_from(number).is_ok());
                self.busy_timeout = milliseconds
                    .map(|number| Duration::from_millis(number.into()))
                    .ok_or_else(|| bad_value(name, value, "a number of milliseconds"))?;
            }
            (scratch::OPTION, folder) => self.scratch = Some(PathBuf::from(folder)),
            _ => {
                return Err(error(format!("there is no option `{name}`"))
                    .with_hint("the options are `mode`, `foreign_keys` and `busy_timeout`"));
            }
        }
        Ok(())
    }
}

fn error(message: impl Into<String>) -> AdapterError {
    AdapterError::new(ErrorKind::Connect, message)
}

fn bad_value(name: &str, value: &str, expected: &str) -> AdapterError {
    error(format!("the option `{name}` cannot be `{value}`")).with_hint(format!("write {expected}"))
}

fn without_scheme(url: &str) -> Result<&str> {
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    if !scheme.eq_ignore_ascii_case("sqlite") && !scheme.eq_ignore_ascii_case("sqlite3") {
        return Err(error("the URL is none of SQLite").with_hint("write sqlite:FILE"));
    }
    Ok(rest.strip_prefix("//").unwrap_or(rest))
}

fn location(path: &str, base_directory: &Path) -> Result<Location> {
    let path = decoded(path)?;
    match path.as_str() {
        "" => Err(error("the URL names no file")
            .with_hint("write sqlite:FILE, or sqlite::memory: for a database in memory")),
        ":memory:" => Ok(Location::Memory),
        path => {
            let path = base_directory.join(without_slash_before_drive(path));
            // SQLite takes a relative `file:x` for a URL and `:memory:` for no file at all.
            Ok(Location::File(if path.is_relative() {
                Path::new(".").join(path)
            } else {
                path
            }))
        }
    }
}

/// `C:/app.db` for the `/C:/app.db` of a URL, where that is how paths begin.
fn without_slash_before_drive(path: &str) -> &str {
    match path.as_bytes() {
        [b'/', letter, b':', ..] if cfg!(windows) && letter.is_ascii_alphabetic() => &path[1..],
        _ => path,
    }
}

/// The options of the URL and those of the configuration.
fn merged(query: &str, options: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let mut merged = options.clone();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = decoded(name)?;
        if merged.contains_key(&name) {
            return Err(error(format!("the option `{name}` is given twice"))
                .with_hint("give it once, in the URL or in the configuration"));
        }
        merged.insert(name, decoded(value)?);
    }
    Ok(merged)
}

/// Text of a URL without its percent encoding.
fn decoded(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        if first == b'%' {
            let code = behind
                .get(..2)
                .and_then(|digits| std::str::from_utf8(digits).ok());
            // `from_str_radix` takes a sign too.
            let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
            bytes.push(byte.ok_or_else(|| {
                error("a `%` in the URL is not followed by two hexadecimal digits")
                    .with_hint("write `%` itself as `%25`")
            })?);
            rest = behind.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(error("the URL encodes something that is no text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str, options: &[(&str, &str)]) -> Result<Settings> {
        Settings::parse(&ConnectOptions {
            url: url.to_owned(),
            base_directory: PathBuf::from("/base"),
            options: options
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        })
    }

    #[test]
    fn a_url_names_a_file_or_memory() {
        let table = [
            ("sqlite:app.db", "/base/app.db"),
            ("sqlite3:app.db", "/base/app.db"),
            ("SQLite:app.db", "/base/app.db"),
            ("sqlite://app.db", "/base/app.db"),
            ("sqlite:data/app.db", "/base/data/app.db"),
            ("sqlite:/srv/app.db", "/srv/app.db"),
            ("sqlite:///srv/app.db", "/srv/app.db"),
            ("sqlite:a%20b%3F%25.db", "/base/a b?%.db"),
            ("sqlite:caf%C3%A9#1.db?mode=rw", "/base/café#1.db"),
            ("sqlite:file:x", "/base/file:x"),
        ];
        for (url, path) in table {
            let found = parse(url, &[]).expect(url).location;
            assert_eq!(found, Location::File(PathBuf::from(path)), "{url}");
        }
        for url in ["sqlite::memory:", "sqlite://:memory:"] {
            assert_eq!(
                parse(url, &[]).expect(url).location,
                Location::Memory,
                "{url}"
            );
        }
    }

    #[test]
    fn a_relative_path_can_be_nothing_but_a_path() {
        let settings = Settings::parse(&ConnectOptions::new("sqlite:file:x")).expect("parses");
        assert_eq!(settings.location, Location::File(PathBuf::from("./file:x")));
    }

    #[test]
    fn options_mean_the_same_in_the_url_and_in_the_configuration() {
        let in_url =
            parse("sqlite:a?mode=ro&foreign_keys=on&&busy_timeout=10", &[]).expect("parses");
        let options = [
            ("mode", "ro"),
            ("foreign_keys", "on"),
            ("busy_timeout", "10"),
        ];
        assert_eq!(parse("sqlite:a", &options).expect("parses"), in_url);
        assert_eq!((in_url.mode, in_url.foreign_keys), (Mode::Read, true));
        assert_eq!(in_url.busy_timeout, Duration::from_millis(10));
        let defaults = parse("sqlite:a", &[]).expect("parses");
        assert_eq!(
            (defaults.mode, defaults.foreign_keys),
            (Mode::Create, false)
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_with_a_way_out() {
        type Options = &'static [(&'static str, &'static str)];
        let table: [(&str, Options, &str); 13] = [
            ("sqlite:", &[], "names no file"),
            ("sqlite://", &[], "names no file"),
            ("app.db", &[], "none of SQLite"),
            ("postgres:app.db", &[], "none of SQLite"),
            ("sqlite:a?cache=shared", &[], "no option `cache`"),
            ("sqlite:a", &[("Mode", "ro")], "no option `Mode`"),
            ("sqlite:a?mode=memory", &[], "`mode` cannot be `memory`"),
            ("sqlite:a?foreign_keys", &[], "`foreign_keys` cannot be ``"),
            (
                "sqlite:a?busy_timeout=-1",
                &[],
                "`busy_timeout` cannot be `-1`",
            ),
            (
                "sqlite:a?busy_timeout=2147483648",
                &[],
                "cannot be `2147483648`",
            ),
            ("sqlite:a?mode=ro", &[("mode", "ro")], "given twice"),
            ("sqlite:a%2", &[], "two hexadecimal digits"),
            ("sqlite:a%+1", &[], "two hexadecimal digits"),
        ];
        for (url, options, text) in table {
            let error = parse(url, options).expect_err(url);
            assert_eq!(error.kind, ErrorKind::Connect, "{url}");
            assert!(error.message.contains(text), "{url}: {error}");
            assert!(error.hint.is_some(), "{url}");
        }
        for url in ["sqlite:a%00", "sqlite:a%ff"] {
            assert!(parse(url, &[]).expect_err(url).message.contains("no text"));
        }
    }
}
