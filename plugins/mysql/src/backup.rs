//! A copy of the database by `mariadb-dump` or `mysqldump`.

use crate::blocking::Blocking;
use crate::connect::{Address, Settings, TlsMode};
use crate::server::Product;
use crate::session::Session;
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{
    AdapterError, BACKUP_FILE, Backup, ErrorKind, Notices, Result, shell_word,
};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The copy holds the database as a whole, and how to make it anew: what came after is gone then.
const ARGUMENTS: &[&str] = &[
    "--single-transaction",
    "--routines",
    "--triggers",
    "--events",
    "--hex-blob",
    "--no-tablespaces",
    "--default-character-set=utf8mb4",
    "--add-drop-database",
    "--databases",
    "--",
];

/// Copies the database into an empty file.
pub(crate) fn make(settings: &Settings, path: &Path) -> Result<Backup> {
    let server = block_on(Session::<Blocking>::open(settings, &Notices::new()))?.server;
    let program = Program::find(server.product)?;
    let options = OptionFile::write(path, &options(settings, program.product))?;
    let output = File::options()
        .write(true)
        .truncate(true)
        .open(path)
        .map_err(|error| broken("write the backup", &error))?;
    let ran = Command::new(program.name)
        .arg(format!("--defaults-file={}", options.path.display()))
        .args(ARGUMENTS)
        .arg(&settings.database)
        .env_remove("MYSQL_PWD")
        .stdin(Stdio::null())
        .stdout(output)
        .output()
        .map_err(|error| broken(&format!("run `{}`", program.name), &error))?;
    if !ran.status.success() {
        return Err(failed(program.name, &String::from_utf8_lossy(&ran.stderr)));
    }
    Ok(Backup {
        extension: "sql".to_owned(),
        restore: restore(settings, server.product),
    })
}

/// A program that dumps.
struct Program {
    name: &'static str,
    /// Whose it is: the programs of one are there by the names of the other too.
    product: Product,
}

impl Program {
    /// The one that comes with the server, or the other.
    fn find(server: Product) -> Result<Program> {
        let names = match server {
            Product::MariaDb => ["mariadb-dump", "mysqldump"],
            Product::MySql => ["mysqldump", "mariadb-dump"],
        };
        for name in names {
            match Command::new(name)
                .arg("--version")
                .stdin(Stdio::null())
                .output()
            {
                Ok(told) => {
                    let is_mariadb = String::from_utf8_lossy(&told.stdout).contains("MariaDB");
                    let product = match is_mariadb {
                        true => Product::MariaDb,
                        false => Product::MySql,
                    };
                    return Ok(Program { name, product });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(broken(&format!("run `{name}`"), &error)),
            }
        }
        let [first, second] = names;
        Err(AdapterError::new(
            ErrorKind::Other,
            format!("neither of the programs `{first}` and `{second}` is there"),
        )
        .with_hint(match server {
            Product::MariaDb => {
                "install the client programs of MariaDB; on Debian: apt-get install mariadb-client"
            }
            Product::MySql => "install the client programs of MySQL: the package mysql-client",
        }))
    }
}

/// What the program is told: the password is no argument, which everybody can see.
fn options(settings: &Settings, program: Product) -> String {
    let mut lines = vec![
        "[client]".to_owned(),
        option("user", &settings.user),
        option("password", settings.password.as_deref().unwrap_or_default()),
    ];
    match &settings.address {
        Address::Socket(path) => {
            lines.push(option("protocol", "socket"));
            lines.push(option("socket", path));
        }
        Address::Tcp { host, port } => {
            lines.push(option("protocol", "tcp"));
            lines.push(option("host", host));
            lines.push(option("port", &port.to_string()));
        }
    }
    let tls = &settings.tls;
    match program {
        Product::MariaDb => lines.extend(mariadb_tls(tls.mode)),
        Product::MySql => lines.push(option("ssl-mode", mysql_tls(tls.mode))),
    }
    let identity = tls.identity.as_ref();
    let files = [
        ("ssl-ca", tls.ca.as_ref()),
        ("ssl-cert", identity.map(|(certificate, _)| certificate)),
        ("ssl-key", identity.map(|(_, key)| key)),
    ];
    for (name, path) in files {
        lines.extend(path.map(|path| option(name, &path.display().to_string())));
    }
    if program == Product::MySql {
        lines.push("[mysqldump]".to_owned());
        lines.push("set-gtid-purged=OFF".to_owned());
        // Older servers, and MariaDB's, have no such statistics.
        lines.push("loose-column-statistics=0".to_owned());
    }
    lines.join("\n") + "\n"
}

/// A line of an option file; the programs read escapes within the quotes.
fn option(name: &str, value: &str) -> String {
    let mut line = format!("{name}=\"");
    for character in value.chars() {
        match character {
            '"' | '\\' => line.extend(['\\', character]),
            '\n' => line.push_str("\\n"),
            other => line.push(other),
        }
    }
    line.push('"');
    line
}

fn mysql_tls(mode: TlsMode) -> &'static str {
    match mode {
        TlsMode::Disabled => "DISABLED",
        TlsMode::Preferred => "PREFERRED",
        TlsMode::Required => "REQUIRED",
        TlsMode::VerifyCa => "VERIFY_CA",
        TlsMode::VerifyIdentity => "VERIFY_IDENTITY",
    }
}

fn mariadb_tls(mode: TlsMode) -> Vec<String> {
    let lines: &[&str] = match mode {
        TlsMode::Disabled => &["skip-ssl"],
        TlsMode::Preferred => &["loose-skip-ssl-verify-server-cert"],
        TlsMode::Required => &["ssl", "skip-ssl-verify-server-cert"],
        TlsMode::VerifyCa | TlsMode::VerifyIdentity => &["ssl", "ssl-verify-server-cert"],
    };
    lines.iter().map(|&line| line.to_owned()).collect()
}

/// A file with the password in it, which only its owner may read and which is gone with the value.
struct OptionFile {
    path: PathBuf,
}

impl OptionFile {
    fn write(beside: &Path, text: &str) -> Result<OptionFile> {
        let mut name = beside.as_os_str().to_owned();
        name.push(".cnf");
        let path = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let failed = |error: io::Error| broken("write the options for the dump", &error);
        let mut file = options.open(&path).map_err(failed)?;
        let written = OptionFile { path };
        file.write_all(text.as_bytes()).map_err(failed)?;
        Ok(written)
    }
}

impl Drop for OptionFile {
    fn drop(&mut self) {
        // Whatever becomes of it, only its owner can read it.
        let _ = fs::remove_file(&self.path);
    }
}

fn restore(settings: &Settings, server: Product) -> String {
    let program = match server {
        Product::MariaDb => "mariadb",
        Product::MySql => "mysql",
    };
    let place = match &settings.address {
        Address::Socket(path) => format!("--socket={}", shell_word(path)),
        Address::Tcp { host, port } => format!("--host={} --port={port}", shell_word(host)),
    };
    let user = shell_word(&settings.user);
    format!("{program} {place} --user={user} --password < {BACKUP_FILE}")
}

fn broken(what: &str, error: &io::Error) -> AdapterError {
    AdapterError::new(ErrorKind::Other, format!("cannot {what}: {error}"))
}

/// What the program said, which knows best what is wrong.
fn failed(program: &str, said: &str) -> AdapterError {
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("the program said nothing");
    let mut error = AdapterError::new(ErrorKind::Other, format!("{program} failed: {first}"));
    error.chain = lines.map(str::to_owned).collect();
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_an_option_file_is_kept_whatever_is_in_it() {
        let table = [
            ("plain", "password=\"plain\""),
            ("a#b;c", "password=\"a#b;c\""),
            ("a\"b\\c\n", "password=\"a\\\"b\\\\c\\n\""),
        ];
        for (value, line) in table {
            assert_eq!(option("password", value), line);
        }
    }
}
