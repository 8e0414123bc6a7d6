//! A project in a temporary folder, and the program run in it.

use dapter::api::abi::{Adapter, Session, block_on};
use dapter::api::{ConnectOptions, HistoryChange, LockChange, LockRow};
use dapter::plugin::{Catalog, Places};
use dapter::project::DatabaseUrl;
use dapter::{Identity, MigrationSettings};
use dapter_e2e::build_program;
use dapter_e2e::{Ended, Running};
use std::env::consts::EXE_SUFFIX;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// The program, built with its plugin beside it.
fn program() -> PathBuf {
    build_program().join(format!("dapter{EXE_SUFFIX}"))
}

/// The plugin that the program finds, loaded into this process.
pub(super) fn adapter() -> &'static Adapter {
    static ADAPTER: OnceLock<Adapter> = OnceLock::new();
    ADAPTER.get_or_init(|| {
        let catalog = Catalog::scan(&Places::standard(&program(), None));
        catalog
            .choose("sqlite")
            .expect("cargo built it")
            .open()
            .expect("loads")
    })
}

/// A folder with scripts and the database `app.db`.
#[derive(Debug)]
pub(super) struct Project {
    folder: TempDir,
}

impl Project {
    /// The bookshop's scripts.
    pub(super) fn bookshop() -> Project {
        let project = Project {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../examples/bookshop/migrations/sqlite/versions");
        fs::create_dir_all(project.versions()).expect("a folder");
        for script in fs::read_dir(scripts).expect("the example is there") {
            let script = script.expect("an entry");
            fs::copy(script.path(), project.versions().join(script.file_name())).expect("copies");
        }
        project
    }

    /// Scripts that revise each other in this order, each with a header of its own and this upgrade section.
    pub(super) fn with(upgrades: &[(&str, &str)]) -> Project {
        let project = Project {
            folder: tempfile::tempdir().expect("a folder"),
        };
        fs::create_dir_all(project.versions()).expect("a folder");
        let mut parent = None;
        for (id, upgrade) in upgrades {
            project.script(id, parent, upgrade);
            parent = Some(*id);
        }
        project
    }

    /// Writes a script, or writes it anew.
    pub(super) fn script(&self, id: &str, parent: Option<&str>, upgrade: &str) {
        let mut text = format!("-- Step {id}\n-- dapter:revision {id}\n");
        if let Some(parent) = parent {
            writeln!(text, "-- dapter:revises {parent}").expect("a string takes everything");
        }
        write!(
            text,
            "-- dapter:irreversible \"nobody asks\"\n\n-- dapter:upgrade\n{upgrade}\n"
        )
        .expect("as above");
        fs::write(
            self.versions().join(format!("20250101T0000_{id}_step.sql")),
            text,
        )
        .expect("writes");
    }

    fn versions(&self) -> PathBuf {
        self.folder.path().join("migrations/versions")
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The database.
    pub(super) fn database(&self) -> PathBuf {
        self.path().join("app.db")
    }

    /// The same with a copy of another's database.
    pub(super) fn starting_from(self, other: &Project) -> Project {
        fs::copy(other.database(), self.database()).expect("copies");
        self
    }

    /// The program with these arguments, for this project alone.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        self.set_up(&mut command, "sqlite:app.db");
        command.args(arguments);
        command
    }

    /// The same within limits: a shell runs `limits` before it becomes the program.
    pub(super) fn limited(&self, limits: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{limits}; exec \"$@\""), "sh"])
            .arg(program());
        self.set_up(&mut command, "sqlite:app.db");
        command.args(arguments);
        command
    }

    fn set_up(&self, command: &mut Command, url: &str) {
        command
            .current_dir(self.path())
            .args(["--url", url, "--directory", "migrations"]);
        command.env_remove("DAPTER_PLUGIN_PATH");
        // Nothing of this machine's user: neither plugins nor a configuration above the folder.
        command.env("HOME", self.path()).env_remove("XDG_DATA_HOME");
        // Its data is worth nothing.
        command.env("DAPTER_YES", "1");
    }

    /// Runs the program on another URL.
    pub(super) fn run_on(&self, url: &str, arguments: &[&str]) -> Ended {
        let mut command = Command::new(program());
        self.set_up(&mut command, url);
        command.args(arguments);
        Running::start(command).end()
    }

    /// Runs the program.
    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        Running::start(self.command(arguments)).end()
    }

    /// Starts the program.
    pub(super) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Settings for a program that embeds the library.
    pub(super) fn settings(&self) -> MigrationSettings {
        let url =
            DatabaseUrl::parse(&format!("sqlite:{}", self.database().display())).expect("a URL");
        MigrationSettings::new(url, self.path().join("migrations"))
    }

    /// A session on the database.
    pub(super) fn session(&self) -> Session {
        let mut options = ConnectOptions::new("sqlite:app.db");
        options.base_directory = self.path().to_owned();
        block_on(adapter().connect(&options)).expect("connects")
    }

    /// Takes the lock row for a holder.
    pub(super) fn take_lock(&self, holder: LockRow) {
        let mut session = self.session();
        block_on(session.ensure_history()).expect("makes the history");
        block_on(session.swap_history(&lock(LockChange::Take {
            instead_of: None,
            row: holder,
        })))
        .expect("takes it");
    }

    /// Gives the lock row back.
    pub(super) fn give_lock_back(&self, token: &str) {
        let change = lock(LockChange::Release(token.to_owned()));
        // The database may be busy for a moment: others look whether the lock is free.
        while let Err(error) = block_on(self.session().swap_history(&change)) {
            assert!(error.retryable, "{error}");
        }
    }
}

fn lock(lock: LockChange) -> HistoryChange {
    HistoryChange {
        lock,
        ..HistoryChange::default()
    }
}

/// A lock row of this process, which lives as long as the test.
pub(super) fn living_holder(token: &str) -> LockRow {
    let identity = Identity::of_this_process("the test");
    LockRow {
        token: token.to_owned(),
        host: identity.host,
        machine: identity.machine,
        pid: identity.pid,
        process_started: identity.process_started,
        user: identity.user,
        since: "2025-01-01T00:00:00.000Z".to_owned(),
        beat: 0,
    }
}
