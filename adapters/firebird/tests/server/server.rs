//! A server of the test's own, gone when the test process is, however that ends. It needs no rights: a folder of its own holds
//! its settings, the users it knows, and all databases.

use dapter_firebird::FirebirdAdapter;
use dapter_plugin_api::{ConnectOptions, Notices, SyncMigrationAdapter};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};
use tempfile::TempDir;

pub const PASSWORD: &str = "secr/t";

/// The password as a URL has it.
const IN_URL: &str = "secr%2Ft";

/// Somebody without rights.
pub const GUEST: &str = "guest:guest";

/// The shell waits for its standard input to end, which the end of the test process brings about, and kills the server, which
/// has no chance to tidy up.
const WATCHED: &str = r#""$@" & server=$!; read -r _; kill -9 "$server"; wait "$server" || :"#;

/// How long it may take to start, and how long between two looks.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(5);

pub struct Server {
    life: Option<Child>,
    folder: TempDir,
    program: PathBuf,
    port: u16,
    databases: AtomicU32,
}

impl Server {
    /// Starts a server; says what is missing if there is none.
    pub fn start() -> Result<Self, String> {
        let program = installed("firebird")?;
        let isql = installed("isql-fb")?;
        let gfix = installed("gfix")?;
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let mut server = Server {
            life: None,
            folder: tempfile::tempdir().expect("a folder"),
            program,
            port: free.local_addr().expect("its address").port(),
            databases: AtomicU32::new(0),
        };
        drop(free);
        server.write_settings();
        server.make_users(&isql);
        server.revive();
        let template = ConnectOptions::new(server.url_of_file("template.fdb"));
        FirebirdAdapter
            .create_database(&template, &Notices::new())
            .expect("the template is made");
        server.do_not_wait_for_the_disk(&gfix);
        Ok(server)
    }

    /// Source: the comments in the `firebird.conf` that comes with the server.
    fn write_settings(&self) {
        let root = self.folder.path().display();
        let settings = format!(
            "RemoteBindAddress = 127.0.0.1\nRemoteServicePort = {}\nSecurityDatabase = {root}/security.fdb\n\
             AuthServer = Srp\nUserManager = Srp\nWireCrypt = Enabled\nTempDirectories = {root}\n",
            self.port
        );
        let file = |name: &str, text: &str| {
            fs::write(self.folder.path().join(name), text).expect("the folder is writable");
        };
        file("firebird.conf", &settings);
        file("databases.conf", "");
        let plugins = "/etc/firebird/3.0/plugins.conf";
        file(
            "plugins.conf",
            &fs::read_to_string(plugins).unwrap_or_default(),
        );
        fs::create_dir(self.folder.path().join("lock")).expect("the folder is writable");
    }

    /// The embedded engine needs no server and no password to make the database of users, and the users in it.
    fn make_users(&self, isql: &Path) {
        let security = self.folder.path().join("security.fdb");
        let script = format!(
            "CREATE DATABASE '{}' USER SYSDBA;\nCREATE USER SYSDBA PASSWORD '{PASSWORD}';\nCREATE USER guest PASSWORD 'guest';\nCOMMIT;\n",
            security.display()
        );
        let input = self.folder.path().join("users.sql");
        fs::write(&input, script).expect("the folder is writable");
        let mut command = Command::new(isql);
        command
            .args(["-bail", "-quiet", "-user", "SYSDBA", "-input"])
            .arg(&input);
        let output = self.in_folder(&mut command).output().expect("isql runs");
        assert!(output.status.success(), "isql: {output:?}");
    }

    /// What is killed here is a process, never the machine.
    fn do_not_wait_for_the_disk(&self, gfix: &Path) {
        let template = self.folder.path().join("template.fdb");
        let mut command = Command::new(gfix);
        command.args(["-write", "async", "-user", "SYSDBA", "-password", PASSWORD]);
        command.arg(format!("127.0.0.1/{}:{}", self.port, template.display()));
        let output = self.in_folder(&mut command).output().expect("gfix runs");
        assert!(output.status.success(), "gfix: {output:?}");
    }

    /// Tells a program where everything is.
    fn in_folder<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("FIREBIRD", self.folder.path())
            .env("FIREBIRD_LOCK", self.folder.path().join("lock"))
            .env("FIREBIRD_TMP", self.folder.path())
    }

    /// Starts it, with what it wrote in an earlier life.
    pub fn revive(&mut self) {
        let mut command = Command::new("sh");
        command.args(["-c", WATCHED, "sh"]).arg(&self.program);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut life = self
            .in_folder(&mut command)
            .spawn()
            .expect("there is a shell");
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = life.try_wait().expect("it is this process's child");
            assert_eq!(ended, None, "the server ends");
            assert!(started.elapsed() < PATIENCE, "the server does not start");
            thread::sleep(POLL);
        }
        self.life = Some(life);
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut life) = self.life.take() {
            drop(life.stdin.take());
            life.wait().expect("it is this process's child");
        }
    }

    /// A URL of a file in the folder.
    fn url_of_file(&self, file: &str) -> String {
        let path = self.folder.path().join(file);
        self.url_of(&format!("SYSDBA:{IN_URL}"), &path.display().to_string())
    }

    /// The URL for a user, with `user:password`, of a path or an alias.
    pub fn url_of(&self, user: &str, database: &str) -> String {
        format!("firebird://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// The URL of a database that is not there.
    pub fn absent(&self) -> String {
        self.url_of_file(&self.file())
    }

    /// The URL of a new database: copying one is faster than making one.
    pub fn fresh(&self) -> String {
        let file = self.file();
        let template = self.folder.path().join("template.fdb");
        fs::copy(template, self.folder.path().join(&file)).expect("it is copied");
        self.url_of_file(&file)
    }

    fn file(&self) -> String {
        format!("{}.fdb", self.databases.fetch_add(1, Ordering::Relaxed))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A program, also where Debian puts those that ordinary users do not call.
fn installed(name: &str) -> Result<PathBuf, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let found = folders.find(|folder| folder.join(name).is_file());
    found
        .map(|folder| folder.join(name))
        .ok_or_else(|| format!("{name} is not there"))
}
