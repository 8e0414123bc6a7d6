//! Scripts from models: 1,000 tables of 10 columns with two indexes and a foreign key each.
//!
//! | what | against |
//! |---|---|
//! | `inspect` | the database's own dump of structure |
//! | `create`, the models unchanged, and with ten changes | Alembic with the same models, where the Python of `DAPTER_BENCH_PYTHON` has it |
//! | `create` without anything remembered | the same definitions loaded by the database's own client |
//! | 10,000 tables, on SQLite | 1,000 tables |

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use dapter_servers::{PASSWORD, Product, Server, USER};

use crate::process::{Program, median};
use crate::table::Table;
use crate::{Programs, Result};

const TABLES: usize = 1000;
const CHANGED: usize = 10;

/// Columns: a name, a type for SQL, a type for SQLAlchemy.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("name", "VARCHAR(80) NOT NULL", "String(80), nullable=False"),
    ("email", "VARCHAR(120)", "String(120)"),
    ("age", "INTEGER", "Integer"),
    ("score", "INTEGER", "Integer"),
    ("note", "TEXT", "Text"),
    ("day", "DATE", "Date"),
    ("amount", "NUMERIC(10, 2)", "Numeric(10, 2)"),
    ("code", "VARCHAR(10)", "String(10)"),
];

/// A database in which the models are.
enum Database<'s> {
    File(String),
    Server(&'s Server, &'static str, String),
}

pub(crate) fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    one(
        "SQLite",
        &|| Ok(Database::File("app.db".to_owned())),
        programs,
        table,
    )?;
    for (product, scheme) in [
        (Product::Postgresql, "postgresql"),
        (Product::Mariadb, "mysql"),
    ] {
        let server = match Server::start(product) {
            Ok(server) => server,
            Err(missing) => {
                table.note(product.to_string(), format!("not measured: {missing}"));
                continue;
            }
        };
        let make = || Ok(Database::Server(&server, scheme, server.fresh_database()));
        one(&product.to_string(), &make, programs, table)?;
    }
    Ok(())
}

fn one<'s>(
    name: &str,
    make: &dyn Fn() -> Result<Database<'s>>,
    programs: &Programs,
    table: &mut Table,
) -> Result<()> {
    let small = Site::new(make()?, programs, TABLES)?;
    eprintln!("{name}: models of {TABLES} tables …");
    let dump = small.database.dump();
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let ours = small.dapter(&["inspect"], 0)?;
        let theirs = small.run(&dump)?;
        ratios.push(ours / theirs);
    }
    table.at_most(
        format!("{name}: inspect {TABLES} tables, against its own dump"),
        median(ratios),
        1.0,
        "x",
    );
    small.against_alembic(name, table)?;
    cold(name, &small, make, table)?;
    // A server needs minutes to make as many tables, three times over.
    if matches!(small.database, Database::Server(..)) {
        return Ok(());
    }
    let large = Site::new(make()?, programs, 10 * TABLES)?;
    let mut growth = Vec::new();
    for _ in 0..3 {
        let more = large.dapter(&["create", "same"], 0)?;
        growth.push(more / small.dapter(&["create", "same"], 0)?);
    }
    table.at_most(
        format!("{name}: models unchanged, 10,000 tables, against 1,000"),
        median(growth),
        12.0,
        "x",
    );
    Ok(())
}

/// Everything is built in scratch once, and once by the client.
fn cold<'s>(
    name: &str,
    site: &Site<'_>,
    make: &dyn Fn() -> Result<Database<'s>>,
    table: &mut Table,
) -> Result<()> {
    let mut ratios = Vec::new();
    for _ in 0..3 {
        fs::remove_dir_all(site.folder.path().join("cache"))?;
        let ours = site.dapter(&["create", "same"], 0)?;
        let fresh = match make()? {
            Database::File(_) => Database::File("fresh.db".to_owned()),
            other => other,
        };
        let theirs = site.run(&fresh.load("models0.sql"))?;
        let _ = fs::remove_file(site.folder.path().join("fresh.db"));
        ratios.push(ours / theirs);
    }
    table.at_most(
        format!("{name}: models built for the first time, against loading them"),
        median(ratios),
        1.2,
        "x",
    );
    Ok(())
}

/// A folder with models and a database that is as they say.
struct Site<'s> {
    folder: tempfile::TempDir,
    database: Database<'s>,
    dapter: String,
    this: std::path::PathBuf,
}

impl<'s> Site<'s> {
    fn new(database: Database<'s>, programs: &Programs, tables: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        for changed in [0, CHANGED] {
            let file = folder.path().join(format!("models{changed}.sql"));
            fs::write(file, statements(tables, changed))?;
            let file = folder.path().join(format!("models{changed}.py"));
            fs::write(file, classes(tables, changed))?;
        }
        let config = format!(
            "[targets.default]\nurl = '{}'\nmodels = 'models0.sql'\n",
            database.url()
        );
        fs::write(folder.path().join("dapter.toml"), config)?;
        let site = Self {
            folder,
            database,
            dapter: programs.dapter.display().to_string(),
            this: programs.this.clone(),
        };
        site.dapter(&["init"], 0)?;
        site.dapter(&["create", "All"], 0)?;
        site.dapter(&["upgrade", "--yes"], 0)?;
        Ok(site)
    }

    /// The seconds that dapter takes, with the models of so many changes.
    fn dapter(&self, arguments: &[&str], changed: usize) -> Result<f64> {
        self.run(&self.line(arguments, changed))
    }

    fn line(&self, arguments: &[&str], changed: usize) -> Vec<String> {
        let cache = self.folder.path().join("cache");
        let mut line = vec![
            "env".to_owned(),
            format!("XDG_CACHE_HOME={}", cache.display()),
            self.dapter.clone(),
        ];
        line.extend(arguments.iter().map(|&word| word.to_owned()));
        if changed > 0 {
            line.extend(["--dry-run", "--models"].map(str::to_owned));
            line.push(format!("models{changed}.sql"));
        }
        line
    }

    /// The seconds that a program takes.
    fn run(&self, line: &[String]) -> Result<f64> {
        let words: Vec<&str> = line.iter().map(String::as_str).collect();
        let program = Program {
            file: Path::new(words[0]),
            arguments: &words[1..],
            folder: self.folder.path(),
        };
        Ok(program.run()?.time.as_secs_f64())
    }

    fn peak_memory(&self, line: &[String]) -> Result<f64> {
        let words: Vec<&str> = line.iter().map(String::as_str).collect();
        let program = Program {
            file: Path::new(words[0]),
            arguments: &words[1..],
            folder: self.folder.path(),
        };
        program.peak_memory(&self.this)
    }

    /// Has what the models were, and nothing else, remembered.
    fn remember(&self) -> Result<()> {
        fs::remove_dir_all(self.folder.path().join("cache"))?;
        self.dapter(&["create", "same"], 0)?;
        Ok(())
    }

    fn against_alembic(&self, name: &str, table: &mut Table) -> Result<()> {
        let Some(python) = env::var_os("DAPTER_BENCH_PYTHON") else {
            table.note(
                format!("{name}: against Alembic"),
                "not measured: DAPTER_BENCH_PYTHON names no Python that has it",
            );
            return Ok(());
        };
        let python = python.to_string_lossy().into_owned();
        let url = self.database.sqlalchemy_url();
        let asking = format!("import alembic, sqlalchemy; sqlalchemy.create_engine({url:?})");
        if let Err(missing) = self.run(&[python.clone(), "-c".to_owned(), asking]) {
            let told = format!("not measured: {missing}");
            table.note(format!("{name}: against Alembic"), &told);
            return Ok(());
        }
        fs::write(self.folder.path().join("compare.py"), COMPARE)?;
        for (changed, what) in [(0, "unchanged"), (CHANGED, "ten changes")] {
            let ours = self.line(&["create", "same"], changed);
            let theirs = ["compare.py", &format!("models{changed}"), &url].map(str::to_owned);
            let theirs: Vec<String> = [python.clone()].into_iter().chain(theirs).collect();
            let importing = vec![
                python.clone(),
                "-c".to_owned(),
                format!("import models{changed}, models{changed} as again"),
            ];
            let (mut times, mut from_python) = (Vec::new(), Vec::new());
            for _ in 0..3 {
                self.remember()?;
                let alembic = self.run(&theirs)?;
                times.push(self.run(&ours)? / alembic);
                let mut source = self.line(&["create", "same", "--dry-run"], 0);
                source.extend(["--python", &python, "--models"].map(str::to_owned));
                source.push(format!("python:models{changed}:Base"));
                self.run(&source)?;
                from_python.push(self.run(&source)? / (2.0 * self.run(&importing)?));
            }
            table.at_most(
                format!("{name}: models {what}, against Alembic"),
                median(times),
                0.1,
                "x",
            );
            self.remember()?;
            table.at_most(
                "  its memory, against Alembic's",
                self.peak_memory(&ours)? / self.peak_memory(&theirs)?,
                0.1,
                "x",
            );
            table.at_most(
                "  from SQLAlchemy, against importing the models twice",
                median(from_python),
                1.0,
                "x",
            );
        }
        Ok(())
    }
}

impl Database<'_> {
    fn url(&self) -> String {
        match self {
            Database::File(file) => format!("sqlite:{file}"),
            Database::Server(server, scheme, name) => server.socket_url(scheme, name),
        }
    }

    fn sqlalchemy_url(&self) -> String {
        match self {
            Database::File(file) => format!("sqlite:///{file}"),
            Database::Server(server, scheme, name) => {
                let url = server.url(scheme, name);
                let driver = match *scheme {
                    "postgresql" => "postgresql+psycopg2",
                    _ => "mysql+pymysql",
                };
                url.replacen(scheme, driver, 1)
            }
        }
    }

    /// The line that prints its structure.
    fn dump(&self) -> Vec<String> {
        match self {
            Database::File(file) => words(&["sqlite3", file, ".schema"]),
            Database::Server(_, "postgresql", _) => words(&["pg_dump", "-s", "-d", &self.url()]),
            Database::Server(_, _, name) => {
                let mut line = words(&["mariadb-dump", "--no-data"]);
                line.extend(self.login());
                line.push(name.clone());
                line
            }
        }
    }

    /// The line that loads definitions.
    fn load(&self, file: &str) -> Vec<String> {
        match self {
            Database::File(database) => words(&["sqlite3", database, &format!(".read {file}")]),
            Database::Server(_, "postgresql", _) => {
                words(&["psql", "-X", "-q", "-d", &self.url(), "-f", file])
            }
            Database::Server(_, _, name) => {
                let mut line = words(&["mariadb", "--batch"]);
                line.extend(self.login());
                line.extend([name.clone(), "-e".to_owned(), format!("source {file}")]);
                line
            }
        }
    }

    fn login(&self) -> Vec<String> {
        let url = self.url();
        let socket = url.split("socket=").nth(1).unwrap_or_default();
        vec![
            format!("--socket={}", socket.replace("%2F", "/")),
            format!("--user={USER}"),
            format!("--password={PASSWORD}"),
        ]
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn statements(tables: usize, changed: usize) -> String {
    let mut text = String::new();
    for number in 0..tables {
        let parent = number.saturating_sub(1);
        let columns = COLUMNS
            .iter()
            .map(|(name, sql, _)| format!("  {name} {sql},\n"));
        let columns: String = columns.collect();
        let extra = if number < changed {
            "  extra VARCHAR(20),\n"
        } else {
            ""
        };
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "CREATE TABLE t{number:05} (\n  id INTEGER NOT NULL,\n{columns}  parent_id INTEGER,\n{extra}  PRIMARY KEY (id),\n  \
             CONSTRAINT fk_t{number:05} FOREIGN KEY (parent_id) REFERENCES t{parent:05} (id)\n);\n\
             CREATE INDEX ix_t{number:05}_name ON t{number:05} (name);\n\
             CREATE INDEX ix_t{number:05}_day ON t{number:05} (day, age);\n"
        );
    }
    text
}

fn classes(tables: usize, changed: usize) -> String {
    let mut text = "from sqlalchemy import *\nfrom sqlalchemy.orm import DeclarativeBase\n\n\
                    class Base(DeclarativeBase):\n    pass\n\n"
        .to_owned();
    for number in 0..tables {
        let parent = number.saturating_sub(1);
        let columns = COLUMNS
            .iter()
            .map(|(name, _, class)| format!("    {name} = Column({class})\n"));
        let columns: String = columns.collect();
        let extra = if number < changed {
            "    extra = Column(String(20))\n"
        } else {
            ""
        };
        let _ = write!(
            text,
            "class T{number:05}(Base):\n    __tablename__ = 't{number:05}'\n    \
             id = Column(Integer, primary_key=True, autoincrement=False)\n{columns}    \
             parent_id = Column(Integer, ForeignKey('t{parent:05}.id', name='fk_t{number:05}'))\n{extra}    \
             __table_args__ = (Index('ix_t{number:05}_name', 'name'), Index('ix_t{number:05}_day', 'day', 'age'))\n\n"
        );
    }
    text
}

/// What `alembic revision --autogenerate` does, without its files.
const COMPARE: &str = "\
import importlib, sys
from sqlalchemy import create_engine
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
metadata = importlib.import_module(sys.argv[1]).Base.metadata
with create_engine(sys.argv[2]).connect() as connection:
    own = lambda name, kind, parents: kind != 'table' or not name.startswith('dapter_')
    context = MigrationContext.configure(connection, opts={'include_name': own, 'compare_type': True})
    script = produce_migrations(context, metadata)
    print(render_python_code(script.upgrade_ops), render_python_code(script.downgrade_ops))
";
