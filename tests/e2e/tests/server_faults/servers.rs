//! What tests do to a server, and sessions that are in the way.

use std::thread::{self, JoinHandle};

use dapter_servers::{Route, Server};

use super::backend::Backend;
use super::end::until;
use super::site::Site;

/// Ends all connections to a database but the one that does it.
pub(crate) fn end_connections(server: &Server, site: &Site) {
    let name = &site.database;
    if site.backend.is_postgresql() {
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}';");
        server.execute("postgres", &end);
        return;
    }
    let ids = server.query(
        "mysql",
        &format!("SELECT id FROM information_schema.processlist WHERE db = '{name}';"),
    );
    for id in ids {
        // One that has ended meanwhile is no error here.
        drop(server.try_query(Route::Socket, "mysql", &format!("KILL {id};")));
    }
}

/// Somebody who has a table open in a transaction, so that its definition cannot be changed.
#[derive(Debug)]
pub(crate) struct Blocker<'s> {
    server: &'s Server,
    site: &'s Site,
    thread: Option<JoinHandle<()>>,
}

impl<'s> Blocker<'s> {
    /// Begins the transaction, and returns when it holds the table.
    pub(crate) fn of(server: &'static Server, site: &'s Site, table: &str) -> Blocker<'s> {
        let sql = if site.backend.is_postgresql() {
            format!("BEGIN; LOCK TABLE {table} IN ROW EXCLUSIVE MODE; SELECT pg_sleep(600);")
        } else {
            format!("START TRANSACTION; SELECT count(*) FROM {table}; SELECT SLEEP(600);")
        };
        let database = site.database.clone();
        let thread = thread::spawn(move || {
            // It is ended from outside, which is an error for it.
            drop(server.try_query(Route::Socket, &database, &sql));
        });
        let blocker = Blocker {
            server,
            site,
            thread: Some(thread),
        };
        until("the table is held", || !blocker.ids().is_empty());
        blocker
    }

    fn ids(&self) -> Vec<String> {
        let name = &self.site.database;
        let (database, sql) = if self.site.backend.is_postgresql() {
            let sql = format!(
                "SELECT pid FROM pg_stat_activity WHERE datname = '{name}' AND query LIKE 'SELECT pg_sleep(600)%';"
            );
            ("postgres", sql)
        } else {
            let sql = format!(
                "SELECT id FROM information_schema.processlist WHERE db = '{name}' AND info LIKE 'SELECT SLEEP(600)%';"
            );
            ("mysql", sql)
        };
        self.server.query(database, &sql)
    }

    /// Ends the transaction.
    pub(crate) fn release(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        for id in self.ids() {
            if self.site.backend.is_postgresql() {
                self.server
                    .execute("postgres", &format!("SELECT pg_terminate_backend({id});"));
            } else {
                self.server.execute("mysql", &format!("KILL {id};"));
            }
        }
        thread.join().expect("it does not panic");
    }
}

impl Drop for Blocker<'_> {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.end();
        }
    }
}

/// The database that every server has.
pub(crate) fn first_database(backend: &Backend) -> &'static str {
    if backend.is_postgresql() {
        "postgres"
    } else {
        "mysql"
    }
}
