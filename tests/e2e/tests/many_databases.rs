//! Many databases on real servers with one command: the tenants are listed by a query, one of them is broken, and the
//! same command again does what is left.
//!
//! `DAPTER_TEST_DATABASES=200` makes so many databases, and prints how long `--jobs` 1, 4 and 16 take.

use std::env;
use std::fmt::Write;
use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use dapter_e2e::{Ended, Running, build_program, program_in, say};
use dapter_servers::{PASSWORD, Product, Server};
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use tempfile::TempDir;

/// How many databases there are unless somebody asks for more.
const DATABASES: usize = 12;

/// How many scripts the history has.
const SCRIPTS: usize = 10;

/// What stands for a tenant in a URL until the project is written: a server's URL would encode the braces.
const TENANT: &str = "TENANT";

fn main() -> ExitCode {
    let backends = [
        ("postgresql", Product::Postgresql),
        ("postgresql+async", Product::Postgresql),
        ("mysql", Product::Mariadb),
        ("mysql+async", Product::Mariadb),
    ];
    let mut trials: Vec<Trial> = backends
        .map(|(scheme, product)| {
            trial("databases", scheme, product, move |server| {
                databases(server, scheme);
            })
        })
        .into();
    trials.push(trial("schemas", "postgresql", Product::Postgresql, schemas));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(
    name: &str,
    scheme: &str,
    product: Product,
    test: impl Fn(&Server) + Send + 'static,
) -> Trial {
    let missing = Server::check_shared(product);
    let ignored = missing.is_err() && !product.is_required();
    let trial = Trial::test(format!("many::{scheme}::{name}"), move || {
        missing.map_err(|missing| missing.to_string())?;
        test(Server::shared(product).map_err(|missing| missing.to_string())?);
        Ok(())
    });
    trial.with_ignored_flag(ignored)
}

/// How many databases somebody asked for, who then wants to know how long they take.
fn asked_for() -> Option<usize> {
    let count = env::var("DAPTER_TEST_DATABASES").ok()?;
    Some(count.parse().expect("a number"))
}

/// A database a tenant.
fn databases(server: &Server, scheme: &str) {
    let count = asked_for().unwrap_or(DATABASES);
    let registry = server.fresh_database();
    let names: Vec<String> = (0..count).map(|_| server.fresh_database()).collect();
    register(server, &registry, &names);
    let url = server.url(scheme, TENANT).replace(TENANT, "{tenant}");
    let registry = server.url(scheme, &registry);
    let site = Site::new(&format!(
        "[targets.tenants]\nurl = \"{url}\"\n\
         tenants = {{ query = \"SELECT name FROM tenants ORDER BY name\", url = \"{registry}\" }}\n"
    ));
    let broken = &names[count / 2];
    // Not part of what is measured.
    let _ = build_program();
    let jobs = match asked_for() {
        Some(_) => &["1", "4", "16"][..],
        None => &["4"],
    };
    for jobs in jobs {
        server.execute(broken, "CREATE TABLE t5 (id INTEGER);");
        let started = Instant::now();
        let summary = site.run(&["upgrade", "--jobs", jobs], 4);
        let first = started.elapsed();
        assert_eq!(counts(&summary), (count - 1, 0, 1), "{summary}");
        assert_eq!(summary["failed"][0], format!("tenants/{broken}"));

        server.execute(broken, "DROP TABLE t5;");
        let started = Instant::now();
        let summary = site.run(&["upgrade", "--jobs", jobs], 0);
        let second = started.elapsed();
        assert_eq!(counts(&summary), (1, count - 1, 0), "{summary}");
        if asked_for().is_some() {
            say(&format!(
                "{scheme}: {count} databases, {SCRIPTS} scripts, --jobs {jobs}: {first:.2?}, again {second:.2?}"
            ));
        }
        for name in &names {
            server.execute(
                name,
                &format!("SELECT id FROM t1, t{SCRIPTS};").replace("id", "1"),
            );
        }
        let summary = site.run(&["downgrade", "base", "--yes", "--jobs", jobs], 0);
        assert_eq!(counts(&summary), (count, 0, 0), "{summary}");
    }
}

/// A schema a tenant, all in the database that lists them.
fn schemas(server: &Server) {
    let database = server.fresh_database();
    let names: Vec<String> = (0..DATABASES)
        .map(|number| format!("tenant {number}"))
        .collect();
    register(server, &database, &names);
    for name in &names {
        server.execute(&database, &format!("CREATE SCHEMA \"{name}\";"));
    }
    let url = server.url("postgresql", &database);
    let site = Site::new(&format!(
        "[targets.tenants]\nurl = \"{url}\"\n\
         options = {{ search_path = '\"{{tenant}}\"', history_schema = \"{{tenant}}\" }}\n\
         tenants = {{ query = \"SELECT name FROM tenants ORDER BY name\" }}\n"
    ));
    let canary = ["upgrade", "--canary", "tenants/tenant 1"];
    let summary = site.run(&canary, 0);
    assert_eq!(counts(&summary), (DATABASES, 0, 0), "{summary}");
    for name in &names {
        let counted = format!("SELECT count(*) FROM \"{name}\".t1, \"{name}\".dapter_revision;");
        assert_eq!(server.query(&database, &counted), ["0"]);
    }
    let summary = site.run(&["current", "--target", "tenants/tenant 1*"], 0);
    assert_eq!(counts(&summary), (0, 3, 0), "{summary}");
}

fn register(server: &Server, database: &str, names: &[String]) {
    let mut sql = "CREATE TABLE tenants (name VARCHAR(80) PRIMARY KEY);\n".to_owned();
    for name in names {
        writeln!(sql, "INSERT INTO tenants VALUES ('{name}');").expect("a string");
    }
    server.execute(database, &sql);
}

/// How many were changed, were not, and failed.
fn counts(summary: &Value) -> (usize, usize, usize) {
    let count = |name: &str| usize::try_from(summary[name].as_u64().expect("a number"));
    let failed = summary["failed"].as_array().expect("a list").len();
    (
        count("changed").expect("small"),
        count("unchanged").expect("small"),
        failed,
    )
}

/// A project.
struct Site(TempDir);

impl Site {
    fn new(config: &str) -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        let versions = folder.path().join("migrations/versions");
        fs::create_dir_all(&versions).expect("a folder");
        fs::write(folder.path().join("dapter.toml"), config).expect("writes");
        for number in 1..=SCRIPTS {
            let revises = match number {
                1 => String::new(),
                _ => format!("-- dapter:revises r{:02}\n", number - 1),
            };
            let text = format!(
                "-- Make table {number}\n-- dapter:revision r{number:02}\n{revises}\n-- dapter:upgrade\n\
                 CREATE TABLE t{number} (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL);\n\
                 CREATE INDEX t{number}_name ON t{number} (name);\n\n-- dapter:downgrade\nDROP TABLE t{number};\n"
            );
            fs::write(versions.join(format!("r{number:02}.sql")), text).expect("writes");
        }
        Site(folder)
    }

    /// Runs the program and returns its summary.
    fn run(&self, arguments: &[&str], code: i32) -> Value {
        let mut command = program_in(self.0.path());
        command.args(arguments).arg("--json");
        let Ended { output, errors, .. } = Running::start(command).end().expect(code);
        assert!(
            !output.contains(PASSWORD) && !errors.contains(PASSWORD),
            "{output}"
        );
        let lines = output.lines();
        let mut events = lines.map(|line| serde_json::from_str(line).expect("a document a line"));
        let summary: Value = events.next_back().expect("a summary");
        assert_eq!(summary["event"], "summary", "{summary}");
        summary
    }
}
