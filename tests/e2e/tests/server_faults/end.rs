//! What a database holds in the end, asked with its own client.

use std::collections::HashSet;
use std::thread;
use std::time::{Duration, Instant};

use dapter_servers::Server;

use super::servers::connections;
use super::site::Site;

/// Everything that must be the same, whatever happened on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    schema: String,
    rows: String,
    /// The rows of the history by position, without times.
    history: Vec<String>,
    /// What the log says was done, in order.
    log: Vec<String>,
}

/// The history and the log, told apart by their first words.
const HISTORY: &str = "SELECT concat_ws(' ', 'row', position, revision, state, checksum, statements_done, \
    statements_total, coalesce(done_checksum, ''), coalesce(error, ''), coalesce(in_flight, '')) \
    FROM dapter_revision ORDER BY position; \
    SELECT concat_ws(' ', 'log', operation, revision, outcome) FROM dapter_log \
    WHERE outcome = 'done' ORDER BY id;";

impl End {
    /// Reads a database that nobody is at work in.
    pub(crate) fn of(server: &Server, site: &Site) -> End {
        expect_unlocked(server, site);
        let lines = server.query(&site.database, HISTORY);
        let (history, log) = lines.into_iter().partition(|line| line.starts_with("row "));
        End {
            schema: nameless(&server.dump(&site.database), site),
            rows: unnumbered(&nameless(&server.rows(&site.database), site), site),
            history,
            log,
        }
    }

    /// Requires the same.
    #[track_caller]
    pub(crate) fn expect(&self, expected: &End) {
        let lists = [
            ("log", self.log.join("\n"), expected.log.join("\n")),
            (
                "history",
                self.history.join("\n"),
                expected.history.join("\n"),
            ),
            ("schema", self.schema.clone(), expected.schema.clone()),
            ("rows", self.rows.clone(), expected.rows.clone()),
        ];
        for (what, found, expected) in lists {
            if found == expected {
                continue;
            }
            let only = |these: &str, those: &str| -> Vec<String> {
                let those: HashSet<&str> = those.lines().collect();
                let lines = these.lines().filter(|line| !those.contains(*line));
                lines.take(8).map(str::to_owned).collect()
            };
            panic!(
                "the {what} differs: {:#?} too many, {:#?} missing",
                only(&found, &expected),
                only(&expected, &found)
            );
        }
    }
}

/// A text without the name of the database, which `MariaDB` writes into views.
fn nameless(text: &str, site: &Site) -> String {
    text.replace(&format!("`{}`", site.database), "`this`")
}

/// The rows without the numbers that `MariaDB` gave to the movements of the bookshop's stock: it takes them in batches, and
/// how many are left over depends on what was rolled back before.
fn unnumbered(rows: &str, site: &Site) -> String {
    if !site.takes_numbers || site.backend.is_postgresql() {
        return rows.to_owned();
    }
    let lines = rows.lines().map(|line| match line.split_once(" VALUES (") {
        Some((table, values)) if table.contains("`stock_movements`") => {
            let behind = values.split_once(',').map_or("", |(_, behind)| behind);
            format!("{table} VALUES ({behind}")
        }
        _ => line.to_owned(),
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// The schema and the rows of the tables that are none of dapter's, also where it has none.
pub(crate) fn contents(server: &Server, site: &Site) -> String {
    server.dump(&site.database) + &server.rows(&site.database)
}

/// A statement for each number that a table takes from a sequence: the next one follows the last that is there.
const SEQUENCES: &str = r"
SELECT format('SELECT setval(%L, coalesce((SELECT max(%I) FROM %s) + 1, %s), false);',
              s.seqrelid::regclass, a.attname, d.refobjid::regclass, s.seqstart)
FROM pg_sequence s
JOIN pg_depend d ON d.objid = s.seqrelid AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
JOIN pg_class c ON c.oid = d.refobjid AND c.relname NOT LIKE 'dapter\_%';";

/// The same for `MariaDB`: one is too little, so that the server takes the number after the greatest.
const COUNTERS: &str = r"
SELECT concat('ALTER TABLE `', table_name, '` AUTO_INCREMENT = 1;') FROM information_schema.tables
WHERE table_schema = database() AND auto_increment IS NOT NULL AND table_name NOT LIKE 'dapter\_%';";

/// Gives back the numbers that a transaction took for new rows and that was rolled back. No server does that by itself: it
/// is the one thing in which a disturbed run and an undisturbed one may differ.
pub(crate) fn give_numbers_back(server: &Server, site: &Site) {
    if !site.takes_numbers {
        return;
    }
    // The session of a program that was killed may be at work still.
    until("the sessions end", || {
        connections(server, site, "true").is_empty()
    });
    let sql = if site.backend.is_postgresql() {
        SEQUENCES
    } else {
        COUNTERS
    };
    let statements = server.query(&site.database, sql);
    server.execute(&site.database, &statements.join("\n"));
}

/// Requires that nobody holds the lock.
fn expect_unlocked(server: &Server, site: &Site) {
    let sql = if site.backend.is_postgresql() {
        "SELECT count(*) FROM dapter_lock;
        SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND d.datname = current_database();"
    } else {
        "SELECT count(*) FROM dapter_lock WHERE id = 1;
        SELECT count(*) FROM dapter_lock l JOIN information_schema.processlist p ON p.id = l.connection_id
        WHERE l.id = 2;"
    };
    // A server may take its time to see that a client is gone.
    until("the lock is given back", || {
        let held = server.query(&site.database, sql);
        assert_eq!(
            held.first().map(String::as_str),
            Some("0"),
            "a lock row is left"
        );
        held[1] == "0"
    });
}

/// Looks until something is the case. That a server notices a thing is told to nobody, so it is asked again and again.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
