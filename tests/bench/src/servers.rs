//! Servers: the same statements, history rows and transactions, from one file through the server's own client.
//!
//! Each server is started for this, durable and on a folder of its own. Both sides begin with a database that has the
//! empty tables of the history, reach it over the same unix socket, and end with the same tables and as many rows.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dapter::api::abi::Adapter;
use dapter::plugin::{Catalog, Places};
use dapter::project::DatabaseUrl;
use dapter::{AsyncMigrator, MigrationSettings};
use dapter_servers::{PASSWORD, Product, Server, USER};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::process::{Program, Taken, median};
use crate::table::Table;
use crate::{Programs, Result, project};

const SCRIPTS: usize = 1000;

/// How many databases are migrated at once, or one after the other.
const DATABASES: usize = 200;
const AT_ONCE: usize = 16;

/// A product, and how to work with it.
struct Bench {
    server: Server,
    scheme: &'static str,
    async_scheme: &'static str,
    /// The modes of transactions that differ.
    modes: &'static [&'static str],
}

pub(crate) fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    for (product, scheme, async_scheme, modes) in [
        (
            Product::Postgresql,
            "postgresql",
            "postgresql+async",
            &["each", "all"][..],
        ),
        (Product::Mariadb, "mysql", "mysql+async", &["each"][..]),
    ] {
        let server = match Server::start(product) {
            Ok(server) => server,
            Err(missing) => {
                table.note(product.to_string(), format!("not measured: {missing}"));
                continue;
            }
        };
        let bench = Bench {
            server,
            scheme,
            async_scheme,
            modes,
        };
        bench.migrations(programs, table)?;
        bench.nothing(programs, table)?;
        bench.many(programs, table)?;
    }
    Ok(())
}

impl Bench {
    fn migrations(&self, programs: &Programs, table: &mut Table) -> Result<()> {
        let folder = tempfile::tempdir()?;
        project::write(folder.path(), SCRIPTS)?;
        for mode in self.modes {
            eprintln!(
                "{}: {SCRIPTS} migrations, --transaction {mode} …",
                self.server.product()
            );
            let file = folder.path().join(format!("{mode}.sql"));
            fs::write(&file, self.script(mode))?;
            let mut times = Vec::new();
            let mut processor = Vec::new();
            for _ in 0..5 {
                let (ours, theirs) = self.pair(programs, folder.path(), mode, &file)?;
                times.push(ours.time.div_duration_f64(theirs.time));
                processor.push(ours.processor.div_duration_f64(theirs.processor));
            }
            let what = format!(
                "{}: 1,000 migrations, --transaction {mode}, against its client",
                self.server.product()
            );
            table.at_most(what, median(times), 1.0, "x");
            table.note(
                "  of the processors' time in the client",
                format!("{:.2} x", median(processor)),
            );
        }
        Ok(())
    }

    /// Both in databases of their own, which must be alike in the end.
    fn pair(
        &self,
        programs: &Programs,
        folder: &Path,
        mode: &str,
        file: &Path,
    ) -> Result<(Taken, Taken)> {
        let (ours, theirs) = (
            self.prepared(programs, folder)?,
            self.prepared(programs, folder)?,
        );
        let url = self.server.socket_url(self.scheme, &ours);
        let taken = self
            .dapter(
                programs,
                folder,
                &["upgrade", "--url", &url, "--transaction", mode],
            )
            .run()?;
        let client = self.client(&theirs, &["-f", &file.display().to_string()]);
        let client_taken = client.run(folder)?;
        for count in [
            "SELECT count(*), max(position) FROM dapter_revision WHERE state = 'applied'",
            "SELECT count(*) FROM dapter_log",
            "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 't0%' OR table_name = 't01000'",
        ] {
            if self.server.query(&ours, count) != self.server.query(&theirs, count) {
                return Err(format!("not alike in the end: {count}").into());
            }
        }
        Ok((taken, client_taken))
    }

    /// A database with the empty tables of the history.
    fn prepared(&self, programs: &Programs, folder: &Path) -> Result<String> {
        let name = self.server.fresh_database();
        let url = self.server.socket_url(self.scheme, &name);
        self.dapter(programs, folder, &["stamp", "base", "--url", &url])
            .run()?;
        Ok(name)
    }

    fn nothing(&self, programs: &Programs, table: &mut Table) -> Result<()> {
        let folder = tempfile::tempdir()?;
        project::write(folder.path(), 10)?;
        let name = self.server.fresh_database();
        let url = self.server.socket_url(self.scheme, &name);
        let upgrade = ["upgrade", "--url", &url];
        let ours = self.dapter(programs, folder.path(), &upgrade);
        ours.run()?;
        let client = self.client(&name, &[self.command_option(), "SELECT 1"]);
        let mut ratios = Vec::new();
        for _ in 0..51 {
            ratios.push(
                ours.run()?
                    .time
                    .div_duration_f64(client.run(folder.path())?.time),
            );
        }
        let what = format!(
            "{}: nothing to do at 10 scripts, against its client's SELECT 1",
            self.server.product()
        );
        table.at_most(what, median(ratios), 1.0, "x");
        Ok(())
    }

    /// Many databases at once through the asynchronous adapter, and the same one after the other.
    fn many(&self, programs: &Programs, table: &mut Table) -> Result<()> {
        let folder = tempfile::tempdir()?;
        project::write(folder.path(), 10)?;
        let catalog = Catalog::scan(&Places::standard(&programs.dapter, None));
        let adapter = catalog.choose(self.async_scheme)?.open()?;
        let runtime = Runtime::new()?;
        let mut ratios = Vec::new();
        for _ in 0..3 {
            let one_by_one = self.upgrade_all(&runtime, &adapter, folder.path(), 1)?;
            let together = self.upgrade_all(&runtime, &adapter, folder.path(), AT_ONCE)?;
            ratios.push(together.div_duration_f64(one_by_one));
        }
        let what = format!(
            "{}: {DATABASES} databases, {AT_ONCE} at once, against one after the other",
            self.server.product()
        );
        table.at_most(what, median(ratios), 1.0, "x");
        Ok(())
    }

    fn upgrade_all(
        &self,
        runtime: &Runtime,
        adapter: &Adapter,
        folder: &Path,
        at_once: usize,
    ) -> Result<Duration> {
        eprintln!(
            "{}: {DATABASES} databases, {at_once} at once …",
            self.server.product()
        );
        let mut migrators = Vec::new();
        for _ in 0..DATABASES {
            let url = self
                .server
                .url(self.async_scheme, &self.server.fresh_database());
            let url = DatabaseUrl::parse(&url)?;
            let settings = MigrationSettings::new(url, folder.join("migrations"));
            migrators.push(AsyncMigrator::new(adapter.clone(), settings));
        }
        let started = Instant::now();
        runtime.block_on(async {
            let places = Arc::new(Semaphore::new(at_once));
            let mut running = JoinSet::new();
            for migrator in migrators {
                let place = Arc::clone(&places).acquire_owned().await?;
                running.spawn(async move {
                    let report = migrator.upgrade("head").await;
                    drop(place);
                    report
                });
            }
            while let Some(done) = running.join_next().await {
                done??;
            }
            Ok::<(), Box<dyn std::error::Error>>(())
        })?;
        Ok(started.elapsed())
    }

    fn dapter<'a>(
        &self,
        programs: &'a Programs,
        folder: &'a Path,
        arguments: &'a [&'a str],
    ) -> Program<'a> {
        Program {
            file: &programs.dapter,
            arguments,
            folder,
        }
    }

    fn command_option(&self) -> &'static str {
        match self.server.product() {
            Product::Postgresql => "-c",
            Product::Mariadb | Product::Mysql => "-e",
        }
    }

    /// The server's own client on a database, over the unix socket.
    fn client(&self, database: &str, arguments: &[&str]) -> Client {
        let url = self.server.socket_url(self.scheme, database);
        let mut line = Vec::new();
        let file = match self.server.product() {
            Product::Postgresql => {
                line.extend(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &url].map(str::to_owned));
                line.extend(arguments.iter().map(|&word| word.to_owned()));
                "psql"
            }
            Product::Mariadb | Product::Mysql => {
                let socket = url.split("socket=").nth(1).unwrap_or_default();
                let socket = socket.replace("%2F", "/");
                line.extend([
                    format!("--socket={socket}"),
                    format!("--user={USER}"),
                    format!("--password={PASSWORD}"),
                    "--batch".to_owned(),
                    database.to_owned(),
                ]);
                match arguments {
                    // It reads a file as a statement of its own.
                    ["-f", path] => line.extend(["-e".to_owned(), format!("source {path}")]),
                    _ => line.extend(arguments.iter().map(|&word| word.to_owned())),
                }
                "mariadb"
            }
        };
        Client { file, line }
    }

    /// What dapter has to send for all scripts: statements, history rows and transactions.
    fn script(&self, mode: &str) -> String {
        let mut text = String::new();
        let transactional = self.server.product() == Product::Postgresql;
        if transactional && mode == "all" {
            text.push_str("BEGIN;\n");
        }
        for number in 1..=SCRIPTS {
            let (statement, row, line) = (
                project::statement(number),
                row(number, "applied", 1),
                log_line(number),
            );
            let part = match (transactional, mode) {
                (true, "all") => format!("{statement};\n{row};\n{line};\n"),
                (true, _) => format!("BEGIN;\n{statement};\n{row};\n{line};\nCOMMIT;\n"),
                // The announcement, the statement, the record.
                (false, _) => format!(
                    "BEGIN;\n{};\nCOMMIT;\n{statement};\nBEGIN;\n{};\n{line};\nCOMMIT;\n",
                    row_announced(number),
                    finished(number)
                ),
            };
            // Writing to a String cannot fail.
            let _ = write!(text, "{part}");
        }
        if transactional && mode == "all" {
            text.push_str("COMMIT;\n");
        }
        text
    }
}

/// A program with the words of its line.
struct Client {
    file: &'static str,
    line: Vec<String>,
}

impl Client {
    fn run(&self, folder: &Path) -> Result<Taken> {
        let words: Vec<&str> = self.line.iter().map(String::as_str).collect();
        Program {
            file: Path::new(self.file),
            arguments: &words,
            folder,
        }
        .run()
    }
}

const CHECKSUM: &str =
    "text1-sha256:911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2";
const NOW: &str = "2025-05-16T10:30:00.123Z";

fn row(number: usize, state: &str, done: u64) -> String {
    format!(
        "INSERT INTO dapter_revision (revision, message, checksum, position, state, statements_done, statements_total, \
         done_checksum, error, duration_ms, applied_at, applied_by, dapter_version) VALUES ('{}', '{}', '{CHECKSUM}', \
         {number}, '{state}', {done}, 1, '', '', 1, '{NOW}', 'somebody', '0.1.0')",
        project::revision(number),
        project::message(number),
    )
}

fn row_announced(number: usize) -> String {
    format!(
        "INSERT INTO dapter_revision (revision, message, checksum, position, state, statements_done, statements_total, \
         done_checksum, error, duration_ms, applied_at, applied_by, dapter_version, in_flight, in_flight_checksum, \
         in_flight_since, in_flight_fingerprint) VALUES ('{}', '{}', '{CHECKSUM}', {number}, 'upgrading', 0, 1, \
         '{CHECKSUM}', '', 1, '{NOW}', 'somebody', '0.1.0', '{}', '{CHECKSUM}', '{NOW}', 'table:t=absent')",
        project::revision(number),
        project::message(number),
        project::statement(number),
    )
}

fn finished(number: usize) -> String {
    format!(
        "UPDATE dapter_revision SET state = 'applied', statements_done = 1, done_checksum = '', in_flight = '', \
         in_flight_checksum = '', in_flight_since = '', in_flight_fingerprint = '' WHERE revision = '{}' \
         AND state = 'upgrading' AND statements_done = 0",
        project::revision(number)
    )
}

fn log_line(number: usize) -> String {
    format!(
        "INSERT INTO dapter_log (logged_at, operation, revision, outcome, statements, duration_ms, logged_by, host, \
         dapter_version, note) VALUES ('{NOW}', 'upgrade', '{}', 'done', 1, 1, 'somebody', 'localhost', '0.1.0', '')",
        project::revision(number)
    )
}
