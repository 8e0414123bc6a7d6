//! A database and the bookshop's scripts.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dapter_e2e::{Ended, Running, program_in};
use dapter_servers::{PASSWORD, Product, Server};
use serde_json::Value;
use tempfile::TempDir;

/// Where the program puts what is temporary.
const TEMPORARY: &str = "temporary";

/// Where databases are made.
pub(crate) enum Kind {
    Sqlite,
    Server(&'static Server, &'static str),
}

/// A database.
enum Database {
    File(PathBuf),
    Server(&'static Server, String),
}

/// The bookshop's scripts, and a database for them.
pub(crate) struct Site {
    pub(crate) folder: TempDir,
    database: Database,
}

impl Site {
    pub(crate) fn new(kind: &Kind) -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        let (database, url) = match kind {
            Kind::Sqlite => {
                let file = folder.path().join("book shop.db");
                (Database::File(file), "sqlite:book%20shop.db".to_owned())
            }
            Kind::Server(server, scheme) => {
                let name = server.fresh_database();
                let url = server.url(scheme, &name);
                (Database::Server(server, name), url)
            }
        };
        let dialect = match kind {
            Kind::Sqlite => "sqlite",
            Kind::Server(server, _) if server.product() == Product::Postgresql => "postgresql",
            Kind::Server(..) => "mysql",
        };
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bookshop");
        let scripts = example.join("migrations").join(dialect);
        let config = format!(
            "[targets.default]\nurl = '{url}'\ndirectory = '{}'\n",
            scripts.display()
        );
        fs::create_dir(folder.path().join(TEMPORARY)).expect("a folder");
        let site = Site { folder, database };
        site.write("dapter.toml", &config);
        site
    }

    /// A database with scripts of its own, of which there are none yet.
    pub(crate) fn empty(kind: &Kind) -> Site {
        let site = Site::new(kind);
        let config = fs::read_to_string(site.folder.path().join("dapter.toml")).expect("is there");
        let url = config
            .lines()
            .find(|line| line.starts_with("url"))
            .expect("a URL");
        let config = format!("[targets.default]\n{url}\ndirectory = 'migrations'\n");
        site.write("dapter.toml", &config);
        site.run(&["init"]);
        site
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("writes");
    }

    pub(crate) fn dapter(&self, arguments: &[&str]) -> Ended {
        self.tried(arguments).expect(0)
    }

    /// Runs the program, whatever comes of it.
    pub(crate) fn tried(&self, arguments: &[&str]) -> Ended {
        let mut command = program_in(self.folder.path());
        command
            .args(arguments)
            .env("TMPDIR", self.folder.path().join(TEMPORARY));
        let ended = Running::start(command).end();
        assert!(!ended.output.contains(PASSWORD), "{}", ended.output);
        ended
    }

    /// How much is left where the program puts what is temporary: the scratch databases of SQLite.
    pub(crate) fn left_behind(&self) -> usize {
        let left = fs::read_dir(self.folder.path().join(TEMPORARY));
        left.expect("a folder").count()
    }

    /// Runs the program and returns what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        serde_json::from_str(&self.dapter(&arguments).output).expect("a document")
    }

    /// Lets the database's own program carry out what dapter prints.
    pub(crate) fn carry_out(&self, arguments: &[&str]) -> Result<(), String> {
        self.by_hand(&self.dapter(arguments).output)
    }

    /// Lets the database's own program carry out statements.
    pub(crate) fn by_hand(&self, script: &str) -> Result<(), String> {
        match &self.database {
            Database::File(file) => {
                let path = self.folder.path().join("script.sql");
                fs::write(&path, script).expect("writes");
                let mut command = Command::new("sqlite3");
                command
                    .arg(file)
                    .stdin(File::open(&path).expect("it is there"));
                said(&command.output().expect("it starts")).map(drop)
            }
            Database::Server(server, name) => {
                let route = dapter_servers::Route::Tcp;
                server.try_query(route, name, script).map(drop)
            }
        }
    }

    /// Runs the line that restores a copy, with the password that it would ask for.
    pub(crate) fn restore(&self, line: &str) {
        let mut command = Command::new("sh");
        command.current_dir(self.folder.path());
        command.args(["-ec", &line.replace(" --password", "")]);
        command
            .env("PGPASSWORD", PASSWORD)
            .env("MYSQL_PWD", PASSWORD);
        let output = command.output().expect("there is a shell");
        said(&output).expect("it restores");
    }

    /// Everything in the database but times.
    pub(crate) fn contents(&self) -> String {
        const HISTORY: &str = "SELECT revision, message, checksum, position, state, statements_done, statements_total, \
             done_checksum, error, applied_by, dapter_version FROM dapter_revision ORDER BY position;";
        const LOG: &str = "SELECT operation, revision, outcome, statements, logged_by, dapter_version \
             FROM dapter_log ORDER BY id;";
        match &self.database {
            Database::File(file) => {
                let ask = |question: &str| {
                    let output = Command::new("sqlite3").arg(file).arg(question).output();
                    said(&output.expect("it starts")).expect("it answers")
                };
                let dump = ask(".dump");
                let rows = dump.lines().filter(|line| !line.contains("dapter_"));
                let rows: Vec<&str> = rows.collect();
                [rows.join("\n"), ask(HISTORY), ask(LOG)].join("\n")
            }
            // Views name the database that they were made in.
            Database::Server(server, name) => [
                server.dump(name).replace(name, "database"),
                server.rows(name),
                server.query(name, HISTORY).join("\n"),
                server.query(name, LOG).join("\n"),
            ]
            .join("\n"),
        }
    }
}

fn said(output: &Output) -> Result<String, String> {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(said),
        false => Err(format!("{said}{}", String::from_utf8_lossy(&output.stderr))),
    }
}
