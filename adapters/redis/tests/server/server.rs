//! A server of the test's own, gone when the test process is, however that ends.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use tempfile::TempDir;

/// How many databases a server has: each test takes its own.
pub const DATABASES: u32 = 4096;

/// The shell waits for its standard input to end, which the end of the test process brings about, and kills the server, which
/// has no chance to tidy up.
const WATCHED: &str =
    r#"redis-server "$@" & server=$!; read -r _; kill -9 "$server"; wait "$server" || :"#;

/// Nothing acknowledged is lost when it is killed.
const SETTINGS: &[&str] = &[
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
];

pub struct Server {
    life: Option<Child>,
    folder: TempDir,
    port: u16,
    settings: Vec<String>,
    databases: AtomicU32,
}

impl Server {
    /// Starts a server; says what is missing if there is none.
    pub fn start(settings: &[&str]) -> Result<Self, String> {
        if let Err(error) = Command::new("redis-server").arg("--version").output() {
            return Err(format!("redis-server: {error}"));
        }
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let mut server = Server {
            life: None,
            folder: tempfile::tempdir().expect("a folder"),
            port: free.local_addr().expect("its address").port(),
            settings: settings.iter().map(|&setting| setting.to_owned()).collect(),
            databases: AtomicU32::new(0),
        };
        drop(free);
        server.revive();
        Ok(server)
    }

    /// Starts it, with what it wrote in an earlier life.
    pub fn revive(&mut self) {
        let mut command = Command::new("sh");
        command.args(["-c", WATCHED, "sh"]).args(SETTINGS);
        command.arg("--dir").arg(self.folder.path());
        command
            .arg("--unixsocket")
            .arg(self.folder.path().join("s"));
        command.args(["--port", &self.port.to_string()]);
        command.args(["--databases", &DATABASES.to_string()]);
        command.args(["--user", "limited", "on", ">right", "~*", "+@all", "-incr"]);
        command.args(&self.settings);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut life = command.spawn().expect("there is a shell");
        let mut log = BufReader::new(life.stdout.take().expect("it is piped")).lines();
        let mut said = String::new();
        loop {
            let line = log
                .next()
                .unwrap_or_else(|| panic!("redis-server ends:\n{said}"));
            let line = line.expect("text");
            if line.contains("Ready to accept connections") {
                break;
            }
            said = said + &line + "\n";
        }
        // Whoever reads no log holds its writer up.
        thread::spawn(move || log.for_each(drop));
        self.life = Some(life);
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut life) = self.life.take() {
            drop(life.stdin.take());
            life.wait().expect("it is this process's child");
        }
    }

    pub fn url(&self, database: u32) -> String {
        format!("redis://127.0.0.1:{}/{database}", self.port)
    }

    /// The URL for a user, with `user:password`.
    pub fn url_of(&self, user: &str, database: u32) -> String {
        format!("redis://{user}@127.0.0.1:{}/{database}", self.port)
    }

    pub fn socket_url(&self, database: u32) -> String {
        let socket = self.folder.path().join("s");
        format!("redis+unix://{}?db={database}", socket.display())
    }

    /// The number of a database that nobody uses.
    pub fn database(&self) -> u32 {
        self.databases.fetch_add(1, Ordering::Relaxed)
    }

    /// The URL of such a database, one after the other by way of the network and of the socket.
    pub fn fresh(&self) -> String {
        let database = self.database();
        if database.is_multiple_of(2) {
            self.url(database)
        } else {
            self.socket_url(database)
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
