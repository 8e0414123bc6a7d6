//! The life of a server's process.

use std::fs::{self, File, OpenOptions};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{POLL, command, kill_all, signal, spawn, wait, working_in};
use crate::product::Product;
use crate::programs::Programs;
use crate::tls::Tls;
use crate::user::User;
use crate::{mysql, postgresql};

/// How long a server may take to start or stop, on a machine that does much else.
const LIMIT: Duration = Duration::from_secs(180);

/// How much of a log is shown.
const TAIL: usize = 40;

/// How much of each of its lines, which repeat statements.
const WIDTH: usize = 300;

/// What a server is started with, each time the same.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) product: Product,
    pub(crate) programs: Programs,
    pub(crate) user: Option<User>,
    pub(crate) port: u16,
    pub(crate) fast: bool,
    /// With everything of this server in it.
    pub(crate) folder: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) tls: Tls,
}

impl Setup {
    /// A program of the server, as the servers' user and in its folder: there [`working_in`] finds it.
    pub(crate) fn command(&self, program: &str, end: &str) -> Command {
        let program = self.programs.server(program);
        let program = program.unwrap_or_else(|missing| panic!("{missing}"));
        let mut command = command(&program, self.user, end);
        command.current_dir(&self.folder);
        command
    }

    /// What clients connect to: of `PostgreSQL` the folder.
    pub(crate) fn socket(&self) -> PathBuf {
        match self.product {
            Product::Postgresql => self.folder.clone(),
            Product::Mariadb | Product::Mysql => self.folder.join("socket"),
        }
    }

    /// Fills the data folder.
    pub(crate) fn initialise(&self) {
        if !self.data.exists() {
            fs::create_dir(&self.data).expect("the folder is new");
            if let Some(user) = self.user {
                user.own(&self.data).expect("root may give it away");
            }
        }
        match self.product {
            Product::Postgresql => postgresql::initialise(self),
            Product::Mariadb | Product::Mysql => mysql::initialise(self),
        }
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The end of the server's log.
    pub(crate) fn log_tail(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        let tail = &lines[lines.len().saturating_sub(TAIL)..];
        let lines = tail
            .iter()
            .map(|line| line.chars().take(WIDTH).chain(['\n']).collect::<String>());
        lines.collect()
    }
}

/// A server's process.
#[derive(Debug)]
pub(crate) struct Life {
    child: Option<Child>,
}

impl Life {
    /// Starts the server and waits until `answers` says that it answers a client.
    ///
    /// # Panics
    /// If it ends or does not answer in time, with the end of its log.
    pub(crate) fn start(setup: &Setup, answers: impl Fn() -> Result<(), String>) -> Self {
        let mut command = match setup.product {
            Product::Postgresql => postgresql::server(setup),
            Product::Mariadb | Product::Mysql => mysql::server(setup),
        };
        log_to(&mut command, &setup.log());
        let mut child = spawn(command).expect("setpriv is there");
        let deadline = Instant::now() + LIMIT;
        loop {
            // A connection costs less than a client.
            let said = match TcpStream::connect((Ipv4Addr::LOCALHOST, setup.port)) {
                Ok(_) => answers(),
                Err(error) => Err(error.to_string()),
            };
            let Err(said) = said else {
                return Self { child: Some(child) };
            };
            let ended = child.try_wait().expect("it is this process's child");
            let in_time = ended.is_none() && Instant::now() < deadline;
            assert!(
                in_time,
                "{} does not start ({ended:?}): {said}\n{}",
                setup.product,
                setup.log_tail()
            );
            // Servers do not tell whoever started them that they are ready.
            thread::sleep(POLL);
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// Ends the server in order.
    ///
    /// # Panics
    /// If it does not end, with the end of its log.
    pub(crate) fn stop(&mut self, setup: &Setup) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let name = match setup.product {
            Product::Postgresql => postgresql::STOP,
            Product::Mariadb | Product::Mysql => mysql::STOP,
        };
        signal(name, &[child.id()]);
        let ended = wait(&mut child, LIMIT);
        assert!(
            ended.is_some(),
            "{} does not stop:\n{}",
            setup.product,
            setup.log_tail()
        );
    }

    /// Kills the server with all processes that it has started, which have no chance to tidy up.
    pub(crate) fn kill(&mut self, setup: &Setup) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        kill_all(&setup.folder, Some(child.id()));
        child.wait().expect("it is this process's child");
    }

    /// Ends the server at once, but so that nothing of it stays in the system.
    pub(crate) fn end(&mut self, setup: &Setup) {
        if let Some(child) = &mut self.child
            && setup.product == Product::Postgresql
        {
            signal("CONT", &working_in(&setup.folder));
            signal(postgresql::END, &[child.id()]);
            // Whether it has ended or not, what follows is right.
            wait(child, Duration::from_secs(10));
        }
        self.kill(setup);
    }

    /// Has the server and its processes stand still, or go on.
    pub(crate) fn signal_all(&self, setup: &Setup, name: &str) {
        let child = self.child.as_ref().expect("the server runs");
        // Nobody starts more once the first stands still.
        signal(name, &[child.id()]);
        signal(name, &working_in(&setup.folder));
    }
}

/// Has a command write what it says to the end of a file.
fn log_to(command: &mut Command, path: &Path) {
    let open = || -> File {
        let log = OpenOptions::new().create(true).append(true).open(path);
        log.expect("the folder is this process's")
    };
    command.stdout(open()).stderr(open());
}
