//! What `--sql` prints is carried out by the databases' own programs, and what `--backup` makes is restored by them: on
//! the bookshop, compared with what dapter does itself.

use std::env::consts::EXE_SUFFIX;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use dapter_e2e::{Ended, Running, build_program};
use dapter_servers::{PASSWORD, Product, Server};
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use tempfile::TempDir;

/// A revision in the middle, a merge of two lines.
const MIDDLE: &str = "2a755270ca37";

/// The first revision.
const FIRST: &str = "613c48b44bf5";

fn main() -> ExitCode {
    let mut trials = vec![sqlite("sql", sql), sqlite("backup", backup)];
    for (scheme, product) in [
        ("postgresql", Product::Postgresql),
        ("mysql", Product::Mariadb),
    ] {
        trials.push(server("sql", scheme, product, sql));
        trials.push(server("backup", scheme, product, backup));
    }
    trials.push(server(
        "backup",
        "postgresql+async",
        Product::Postgresql,
        backup,
    ));
    trials.push(server("backup", "mysql+async", Product::Mariadb, backup));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn sqlite(name: &str, test: impl Fn(&Kind) + Send + 'static) -> Trial {
    let missing = Command::new("sqlite3").arg("--version").output().is_err();
    let trial = Trial::test(format!("native::sqlite::{name}"), move || {
        test(&Kind::Sqlite);
        Ok(())
    });
    trial.with_ignored_flag(missing && !Product::Mariadb.is_required())
}

fn server(
    name: &str,
    scheme: &'static str,
    product: Product,
    test: impl Fn(&Kind) + Send + 'static,
) -> Trial {
    let missing = Server::check_shared(product);
    let ignored = missing.is_err() && !product.is_required();
    let trial = Trial::test(format!("native::{scheme}::{name}"), move || {
        missing.map_err(|missing| missing.to_string())?;
        let server = Server::shared(product).map_err(|missing| missing.to_string())?;
        test(&Kind::Server(server, scheme));
        Ok(())
    });
    trial.with_ignored_flag(ignored)
}

/// A script leads to where dapter leads, in both directions and from the middle on, and only from where it begins.
fn sql(kind: &Kind) {
    let (own, other) = (Site::new(kind), Site::new(kind));
    own.run(&["upgrade", "--yes"]);
    for range in [FIRST, "613c48b44bf5:2a755270ca37", "2a755270ca37:head"] {
        other.carry_out(&["upgrade", "--sql", range]).expect(range);
    }
    assert_eq!(other.contents(), own.contents());
    let told = other.run(&["upgrade"]);
    assert_eq!(told["steps"].as_array().map(Vec::len), Some(0), "{told}");
    let refused = other.carry_out(&["upgrade", "--sql", "2a755270ca37:head"]);
    let said = refused.expect_err("the database is behind it");
    assert!(
        said.contains("the database is not at 2a755270ca37"),
        "{said}"
    );
    assert_eq!(other.contents(), own.contents());

    own.run(&["downgrade", MIDDLE, "--yes"]);
    let down = ["downgrade", "--sql", "head:2a755270ca37"];
    other.carry_out(&down).expect("leads down");
    assert_eq!(other.contents(), own.contents());
    own.run(&["downgrade", "base", "--yes"]);
    other.run(&["downgrade", "base", "--yes"]);
    assert_eq!(other.contents(), own.contents());
    own.run(&["stamp", MIDDLE]);
    other
        .carry_out(&["stamp", "--sql", MIDDLE])
        .expect("stamps");
    assert_eq!(other.contents(), own.contents());
}

/// A copy is made before anything is changed, only its owner may read it, and it leads back.
fn backup(kind: &Kind) {
    let site = Site::new(kind);
    site.run(&["upgrade", MIDDLE, "--yes"]);
    let before = site.contents();
    let told = site.run(&["upgrade", "--yes", "--backup"]);
    let path = told["backup"]["path"].as_str().expect("a path").to_owned();
    let restore = told["backup"]["restore"].as_str().expect("a line");
    assert!(!restore.contains(PASSWORD), "{restore}");
    assert_private(Path::new(&site.folder.path().join(&path)));
    let files = fs::read_dir(site.folder.path().join("backups")).expect("a folder");
    assert_eq!(files.count(), 1, "something else was left behind");
    assert_ne!(site.contents(), before);
    site.restore(restore);
    assert_eq!(site.contents(), before);

    let told = site.run(&["upgrade", MIDDLE, "--backup"]);
    assert_eq!(told["backup"], Value::Null, "there was nothing to do");
}

#[cfg(unix)]
fn assert_private(path: &Path) {
    use std::os::unix::fs::MetadataExt;
    let mode = fs::metadata(path).expect("it is there").mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[cfg(not(unix))]
fn assert_private(_: &Path) {}

/// Where databases are made.
enum Kind {
    Sqlite,
    Server(&'static Server, &'static str),
}

/// A database.
enum Database {
    File(PathBuf),
    Server(&'static Server, String),
}

/// The bookshop's scripts, and a database for them.
struct Site {
    folder: TempDir,
    database: Database,
}

impl Site {
    fn new(kind: &Kind) -> Site {
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
        fs::write(folder.path().join("dapter.toml"), config).expect("writes");
        Site { folder, database }
    }

    fn dapter(&self, arguments: &[&str]) -> Ended {
        let mut command = Command::new(build_program().join(format!("dapter{EXE_SUFFIX}")));
        command.current_dir(self.folder.path()).args(arguments);
        // Nothing of this machine's user.
        command.env("HOME", self.folder.path());
        for variable in [
            "DAPTER_PLUGIN_PATH",
            "XDG_DATA_HOME",
            "PGPASSWORD",
            "MYSQL_PWD",
        ] {
            command.env_remove(variable);
        }
        let ended = Running::start(command).end().expect(0);
        assert!(!ended.output.contains(PASSWORD), "{}", ended.output);
        ended
    }

    /// Runs the program and returns what it printed.
    fn run(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        serde_json::from_str(&self.dapter(&arguments).output).expect("a document")
    }

    /// Lets the database's own program carry out what dapter prints.
    fn carry_out(&self, arguments: &[&str]) -> Result<(), String> {
        let script = self.dapter(arguments).output;
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
                server.try_query(route, name, &script).map(drop)
            }
        }
    }

    /// Runs the line that restores a copy, with the password that it would ask for.
    fn restore(&self, line: &str) {
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
    fn contents(&self) -> String {
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
