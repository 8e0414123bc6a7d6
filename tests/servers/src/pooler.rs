//! A connection pooler before `PostgreSQL`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::client::Route;
use crate::missing::Missing;
use crate::process::{POLL, command, is_there, kill_all, spawn};
use crate::server::Server;
use crate::user::User;
use crate::{folder, ports};

const PROGRAM: &str = "pgbouncer";

const LIMIT: Duration = Duration::from_secs(60);

/// A `PgBouncer` that lends each connection to the server for one transaction, with five of them for each database. It
/// ends with the value, or with the process.
#[derive(Debug)]
pub struct Pooler {
    port: u16,
    child: Child,
    folder: TempDir,
}

impl Pooler {
    /// Whether [`to`](Self::to) has what it needs, and what is missing if not.
    ///
    /// # Errors
    /// If the program is not there.
    pub fn check() -> Result<(), Missing> {
        program().map(drop)
    }

    /// Starts one before a server.
    ///
    /// # Errors
    /// If the program is not there.
    ///
    /// # Panics
    /// If it does not start, with what it says.
    pub fn to(server: &Server) -> Result<Self, Missing> {
        let program = program()?;
        let user = User::of_servers();
        let folder = folder::create(user);
        let port = ports::free();
        let file = |name: &str| folder.path().join(name);
        let address = &server.address;
        let (name, password) = (&address.user, &address.password);
        fs::write(file("users"), format!("\"{name}\" \"{password}\"\n"))
            .expect("the folder is new");
        let settings = format!(
            "[databases]\n\
             * = host={host} port={server_port}\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\n\
             listen_port = {port}\n\
             unix_socket_dir =\n\
             auth_type = plain\n\
             auth_file = {users}\n\
             pool_mode = transaction\n\
             default_pool_size = 5\n\
             max_client_conn = 300\n",
            host = address.host,
            server_port = address.port,
            users = file("users").display(),
        );
        fs::write(file("settings"), settings).expect("the folder is new");
        let log = || File::options().create(true).append(true).open(file("log"));
        let mut command = command(&program, user, "KILL");
        command.arg(file("settings")).current_dir(folder.path());
        command.stdout(log().expect("the folder is new"));
        command.stderr(log().expect("the folder is new"));
        let mut child = spawn(command).expect("setpriv is there");

        let deadline = Instant::now() + LIMIT;
        let route = Route::Through(port);
        while let Err(said) = server.try_query(route, server.first_database(), "SELECT 1;") {
            let ended = child.try_wait().expect("it is this process's child");
            let log = fs::read_to_string(file("log")).unwrap_or_default();
            let in_time = ended.is_none() && Instant::now() < deadline;
            assert!(in_time, "{PROGRAM} does not start: {said}\n{log}");
            // It does not tell whoever started it that it is ready.
            thread::sleep(POLL);
        }
        Ok(Self {
            port,
            child,
            folder,
        })
    }

    /// The port on 127.0.0.1 that leads to the server.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        kill_all(self.folder.path(), Some(self.child.id()));
        // Killed, it ends; only a signal of somebody else could fail this.
        drop(self.child.wait());
    }
}

/// Where the program is: Debian puts it where ordinary users have no PATH to.
fn program() -> Result<PathBuf, Missing> {
    [PROGRAM.to_owned(), format!("/usr/sbin/{PROGRAM}")]
        .into_iter()
        .find(|program| is_there(program, "--version"))
        .map(PathBuf::from)
        .ok_or_else(|| {
            Missing::new(format!(
                "no program `{PROGRAM}` on the PATH or in /usr/sbin"
            ))
        })
}
