//! A project in a temporary folder with a database of its own, and the program run there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dapter_e2e::{Ended, Running, program_in};
use dapter_servers::Server;
use tempfile::TempDir;

use super::backend::Backend;
use super::history::Revision;

/// A project and a database.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) backend: &'static Backend,
    pub(crate) database: String,
    /// Whether its scripts have the server number rows; a rolled back transaction does not give its numbers back.
    pub(crate) takes_numbers: bool,
    url: String,
    folder: TempDir,
}

impl Site {
    /// An empty database without scripts.
    pub(crate) fn empty(backend: &'static Backend, server: &Server) -> Site {
        Site::on(backend, server, server.fresh_database())
    }

    /// A database of this name, whether it is there or not.
    pub(crate) fn on(backend: &'static Backend, server: &Server, database: String) -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("migrations/versions")).expect("a folder");
        Site {
            backend,
            url: server.url(backend.scheme, &database),
            database,
            takes_numbers: false,
            folder,
        }
    }

    /// An empty database with these scripts, each of which revises the one before.
    pub(crate) fn with(backend: &'static Backend, server: &Server, revisions: &[Revision]) -> Site {
        let site = Site::empty(backend, server);
        site.write(revisions);
        site
    }

    /// An empty database with the scripts of the bookshop.
    pub(crate) fn bookshop(backend: &'static Backend, server: &Server) -> Site {
        let mut site = Site::empty(backend, server);
        site.takes_numbers = true;
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../examples/bookshop/migrations")
            .join(backend.bookshop)
            .join("versions");
        for script in fs::read_dir(scripts).expect("the example is there") {
            let script = script.expect("an entry");
            fs::copy(script.path(), site.versions().join(script.file_name())).expect("copies");
        }
        site
    }

    /// Writes scripts, each of which revises the one before.
    pub(crate) fn write(&self, revisions: &[Revision]) {
        let mut parent = None;
        for revision in revisions {
            self.write_script(revision, parent);
            parent = Some(revision.id);
        }
    }

    fn write_script(&self, revision: &Revision, parent: Option<&str>) {
        let Revision {
            id,
            transaction_none,
            upgrade,
            downgrade,
        } = revision;
        let revises = parent.map_or(String::new(), |parent| {
            format!("-- dapter:revises {parent}\n")
        });
        let transaction = if *transaction_none {
            "-- dapter:transaction none\n"
        } else {
            ""
        };
        let text = format!(
            "-- Step {id}\n-- dapter:revision {id}\n{revises}{transaction}\n\
             -- dapter:upgrade\n{upgrade}\n\n-- dapter:downgrade\n{downgrade}\n"
        );
        fs::write(self.script(id), text).expect("writes");
    }

    /// Writes, or writes again, a script that runs whenever its text changes.
    pub(crate) fn write_repeatable(&self, name: &str, upgrade: &str) {
        let folder = self.path().join("migrations/repeatable");
        fs::create_dir_all(&folder).expect("a folder");
        let text =
            format!("-- Do {name}\n-- dapter:repeatable {name}\n\n-- dapter:upgrade\n{upgrade}\n");
        fs::write(folder.join(format!("{name}.sql")), text).expect("writes");
    }

    /// The script of a revision that was written here.
    pub(crate) fn script(&self, id: &str) -> PathBuf {
        self.versions().join(format!("{id}.sql"))
    }

    /// Replaces a text in a script.
    pub(crate) fn edit(&self, id: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.script(id)).expect("it was written");
        assert!(text.contains(from), "{id} has no `{from}`");
        fs::write(self.script(id), text.replace(from, to)).expect("writes");
    }

    /// The folder of the project.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn versions(&self) -> PathBuf {
        self.path().join("migrations/versions")
    }

    /// The URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The same site by way of a port, with messages in the clear and these parameters.
    pub(crate) fn through(mut self, server: &Server, port: u16, parameters: &[&str]) -> Site {
        let url = server.url_through(port, self.backend.scheme, &self.database);
        self.url = format!("{url}?{}", self.backend.in_the_clear());
        for parameter in parameters {
            self.url = format!("{}&{parameter}", self.url);
        }
        self
    }

    /// The same site under another URL.
    pub(crate) fn under(mut self, url: String) -> Site {
        self.url = url;
        self
    }

    /// The URL with another user and password.
    pub(crate) fn url_as(&self, user: &str, password: &str) -> String {
        let (scheme, rest) = self.url.split_once("://").expect("a URL");
        let (_, place) = rest.rsplit_once('@').expect("with a user");
        format!("{scheme}://{user}:{password}@{place}")
    }

    /// The program with these arguments, for no database yet.
    pub(crate) fn bare_command(&self, arguments: &[&str]) -> Command {
        let mut command = program_in(self.path());
        // Its data is worth nothing.
        command.args(arguments).env("DAPTER_YES", "1");
        command.env_remove("RUST_BACKTRACE");
        command
    }

    /// The program with these arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare_command(arguments);
        command.args(["--url", &self.url, "--directory", "migrations"]);
        command
    }

    /// Starts the program.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }
}
