//! A copy of the database by `pg_dump`.

use crate::settings::{ChannelBinding, Host, Settings, Target, TlsMode};
use crate::tables::{LOCK, Place};
use dapter_plugin_api::{AdapterError, BACKUP_FILE, Backup, ErrorKind, Result, shell_word};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

const PROGRAM: &str = "pg_dump";

/// Copies the database into an empty file.
pub(crate) fn make(settings: &Settings, path: &Path) -> Result<Backup> {
    let place = Place::of(settings);
    let mut command = Command::new(PROGRAM);
    command
        .args(["--format=custom", "--no-password"])
        // Whoever holds the lock now does not hold that of the copy.
        .arg(format!("--exclude-table-data={}", place.table(&LOCK)))
        .arg("--file")
        .arg(path);
    for (name, value) in environment(settings) {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let output = command.output().map_err(|error| not_run(&error))?;
    if !output.status.success() {
        return Err(failed(&String::from_utf8_lossy(&output.stderr)));
    }
    Ok(Backup {
        extension: "dump".to_owned(),
        restore: restore(settings),
    })
}

/// What libpq is told, so that it connects as the settings say: secrets are no arguments, which everybody can see.
fn environment(settings: &Settings) -> Vec<(&'static str, Option<String>)> {
    let each = |value: &dyn Fn(&Host) -> String| {
        let values: Vec<String> = settings.hosts.iter().map(value).collect();
        values.join(",")
    };
    let has_address = settings.hosts.iter().any(|host| host.address.is_some());
    let address = |host: &Host| host.address.map_or_else(String::new, |at| at.to_string());
    let file =
        |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let tls = &settings.tls;
    let root = match (&tls.root_certificates, tls.mode) {
        (None, TlsMode::VerifyFull) => Some("system".to_owned()),
        (given, _) => file(given),
    };
    vec![
        ("PGHOST", Some(each(&|host| host.name.clone()))),
        ("PGHOSTADDR", has_address.then(|| each(&address))),
        ("PGPORT", Some(each(&|host| host.port.to_string()))),
        ("PGUSER", Some(settings.user.clone())),
        ("PGPASSWORD", settings.password.clone()),
        ("PGPASSFILE", file(&settings.pass_file)),
        ("PGDATABASE", Some(settings.database.clone())),
        ("PGSERVICE", None),
        ("PGOPTIONS", settings.server_options.clone()),
        ("PGAPPNAME", Some(settings.application_name.clone())),
        (
            "PGCONNECT_TIMEOUT",
            settings
                .connect_timeout
                .map(|time| time.as_secs().max(1).to_string()),
        ),
        ("PGSSLMODE", Some(ssl_mode(tls.mode).to_owned())),
        ("PGSSLROOTCERT", root),
        ("PGSSLCERT", file(&tls.certificate)),
        ("PGSSLKEY", file(&tls.key)),
        (
            "PGTARGETSESSIONATTRS",
            Some(target(settings.target).to_owned()),
        ),
        (
            "PGCHANNELBINDING",
            Some(channel_binding(settings.channel_binding).to_owned()),
        ),
    ]
}

fn ssl_mode(mode: TlsMode) -> &'static str {
    match mode {
        TlsMode::Disable => "disable",
        TlsMode::Allow => "allow",
        TlsMode::Prefer => "prefer",
        TlsMode::Require => "require",
        TlsMode::VerifyCa => "verify-ca",
        TlsMode::VerifyFull => "verify-full",
    }
}

fn target(target: Target) -> &'static str {
    match target {
        Target::Any => "any",
        Target::ReadWrite => "read-write",
        Target::ReadOnly => "read-only",
        Target::Primary => "primary",
        Target::Standby => "standby",
        Target::PreferStandby => "prefer-standby",
    }
}

fn channel_binding(binding: ChannelBinding) -> &'static str {
    match binding {
        ChannelBinding::Disable => "disable",
        ChannelBinding::Prefer => "prefer",
        ChannelBinding::Require => "require",
    }
}

/// The database is made anew: what came after the copy is gone then.
fn restore(settings: &Settings) -> String {
    let mut line = "pg_restore --clean --create --if-exists".to_owned();
    if let Some(host) = settings.hosts.first() {
        let name = match host.name.is_empty() {
            true => host.address.map_or_else(String::new, |at| at.to_string()),
            false => host.name.clone(),
        };
        line.push_str(&format!(
            " --host={} --port={}",
            shell_word(&name),
            host.port
        ));
    }
    line.push_str(&format!(
        " --username={} --dbname=postgres {BACKUP_FILE}",
        shell_word(&settings.user)
    ));
    line
}

fn not_run(error: &io::Error) -> AdapterError {
    match error.kind() {
        io::ErrorKind::NotFound => AdapterError::new(
            ErrorKind::Other,
            format!("the program `{PROGRAM}` is not there"),
        )
        .with_hint("install the client programs of PostgreSQL; on Debian: apt-get install postgresql-client"),
        _ => AdapterError::new(ErrorKind::Other, format!("cannot run `{PROGRAM}`: {error}")),
    }
}

/// What the program said, which knows best what is wrong.
fn failed(said: &str) -> AdapterError {
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("the program said nothing");
    let mut error = AdapterError::new(ErrorKind::Other, format!("{PROGRAM} failed: {first}"));
    error.chain = lines.map(str::to_owned).collect();
    if said.contains("server version mismatch") {
        error.hint = Some(
            "install a `pg_dump` that is as new as the server, before others in PATH".to_owned(),
        );
    }
    error
}
