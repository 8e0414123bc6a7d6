//! Alembic projects, as `alembic init` makes them.

use dapter_plugin_api::ConnectOptions;
use serde_json::Value;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Makes projects, each in a folder of its own.
#[derive(Clone)]
pub struct Folder {
    base: PathBuf,
    pub python: PathBuf,
    projects: Arc<AtomicU32>,
}

const ENV: &str = r#"
from alembic import context
from sqlalchemy import engine_from_config, pool

engine = engine_from_config(context.config.get_section(context.config.config_ini_section), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
"#;

/// As Alembic's template `async` has it.
pub const ASYNC_ENV: &str = r#"
import asyncio
from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import async_engine_from_config

def migrate(connection):
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    engine = async_engine_from_config(context.config.get_section(context.config.config_ini_section), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()

asyncio.run(main())
"#;

/// What Alembic makes a revision's file of.
const TEMPLATE: &str = r#""""${message}

Create Date: ${create_date}
"""
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}
def upgrade():
    pass
def downgrade():
    pass
"#;

/// What `env.py` compares a database with.
const MODEL: &str = "\
import sqlalchemy
target_metadata = sqlalchemy.MetaData()
sqlalchemy.Table('users', target_metadata, sqlalchemy.Column('id', sqlalchemy.Integer, primary_key=True))";

const REVISIONS: &[(&str, &str, &str, &str)] = &[
    (
        "one",
        "None",
        "op.create_table('one', sa.Column('id', sa.Integer))",
        "op.drop_table('one')",
    ),
    (
        "two",
        "'one'",
        "op.create_table('two', sa.Column('id', sa.Integer))",
        "op.drop_table('two')",
    ),
    ("broken", "None", "raise ValueError('as told')", "pass"),
];

impl Folder {
    pub fn new(base: &Path, python: &Path) -> Self {
        Folder {
            base: base.to_owned(),
            python: python.to_owned(),
            projects: Arc::default(),
        }
    }

    /// A project with three revisions, over a SQLite file of its own unless a URL is given.
    pub fn project(&self, url: &str) -> ConnectOptions {
        let folder = self.new_folder();
        let versions = folder.join("alembic/versions");
        fs::create_dir_all(&versions).expect("a folder");
        let url = match url {
            "" => format!("sqlite:///{}", folder.join("app.db").display()),
            url => url.to_owned(),
        };
        let ini = format!("[alembic]\nscript_location = alembic\nsqlalchemy.url = {url}\n");
        fs::write(folder.join("alembic.ini"), ini).expect("writes");
        fs::write(folder.join("alembic/env.py"), ENV).expect("writes");
        fs::write(folder.join("alembic/script.py.mako"), TEMPLATE).expect("writes");
        for (id, parent, up, down) in REVISIONS {
            let text = format!(
                "\"\"\"make {id}\n\nRevision ID: {id}\nCreate Date: 2025-05-16 10:30:00.1\n\"\"\"\n\
                 import sqlalchemy as sa\nfrom alembic import op\nrevision = '{id}'\ndown_revision = {parent}\n\
                 def upgrade():\n    {up}\ndef downgrade():\n    {down}\n"
            );
            fs::write(versions.join(format!("{id}.py")), text).expect("writes");
        }
        self.options(folder)
    }

    fn new_folder(&self) -> PathBuf {
        let number = self.projects.fetch_add(1, Ordering::Relaxed);
        let folder = self.base.join(number.to_string());
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn options(&self, folder: PathBuf) -> ConnectOptions {
        let python = self.python.display();
        ConnectOptions {
            base_directory: folder,
            ..ConnectOptions::new(format!("alembic:alembic.ini?python={python}"))
        }
    }

    /// A project as `alembic init` makes it from one of its templates, over a SQLite file and this driver, with the model of a
    /// table.
    pub fn initialised(&self, template: &str, driver: &str) -> ConnectOptions {
        let project = self.options(self.new_folder());
        self.alembic(&project, &["init", "-t", template, "alembic"]);
        let change = |file: &str, old: &str, new: &str| {
            let path = project.base_directory.join(file);
            let text = fs::read_to_string(&path).expect("reads");
            assert!(text.contains(old), "{text}");
            fs::write(path, text.replace(old, new)).expect("writes");
        };
        let url = format!(
            "{driver}:///{}",
            project.base_directory.join("app.db").display()
        );
        change("alembic.ini", "driver://user:pass@localhost/dbname", &url);
        change("alembic/env.py", "target_metadata = None", MODEL);
        project
    }

    /// Whether the Python has a driver that is asynchronous.
    pub fn has_asynchronous_drivers(&self) -> bool {
        let mut command = Command::new(&self.python);
        let there = command.args(["-c", "import aiosqlite, greenlet"]).output();
        there.is_ok_and(|output| output.status.success())
    }

    /// What Alembic's own program prints.
    pub fn alembic(&self, project: &ConnectOptions, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.python);
        command.args(["-m", "alembic"]).args(arguments);
        let output = command.current_dir(&project.base_directory).output();
        let output = output.expect("Python is there");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What the program dapter prints, with the plugin as it was built.
    pub fn dapter(&self, project: &ConnectOptions, arguments: &[&str]) -> Value {
        let mut command = Command::new(program());
        let plugin = beside_the_tests().join(format!("{DLL_PREFIX}dapter_alembic{DLL_SUFFIX}"));
        command.arg("--plugin").arg(plugin);
        command
            .args(["--json", "--url", &project.url])
            .args(arguments);
        let output = command.current_dir(&project.base_directory).output();
        let output = output.expect("dapter is there");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {printed}");
        serde_json::from_str(&printed).expect("a document")
    }

    /// Whether the program dapter is there to be asked.
    pub fn has_dapter(&self) -> bool {
        program().is_file()
    }
}

/// The folder that cargo builds this program and the library that it tests into.
fn beside_the_tests() -> PathBuf {
    let mut tests = std::env::current_exe().expect("a test is a program");
    tests.pop();
    tests
}

/// The program dapter, if it was built into the same target folder.
fn program() -> PathBuf {
    beside_the_tests().with_file_name(format!("dapter{EXE_SUFFIX}"))
}
