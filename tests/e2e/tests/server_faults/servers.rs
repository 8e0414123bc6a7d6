//! What tests do to a server, and sessions that are in the way.

use std::thread::{self, JoinHandle};

use dapter_servers::{Route, Server};

use super::backend::Backend;
use super::end::until;
use super::site::Site;

/// Ends all connections to a database.
pub(crate) fn end_connections(server: &Server, site: &Site) {
    for id in connections(server, site, "true") {
        end_connection(server, site.backend, &id);
    }
}

/// Ends all connections to a database but these, and waits for their ends.
pub(crate) fn end_connections_but(server: &Server, site: &Site, spared: &[String]) {
    until("the connections end", || {
        let ids = connections(server, site, "true");
        let mut others = ids.iter().filter(|id| !spared.contains(id)).peekable();
        let none = others.peek().is_none();
        others.for_each(|id| end_connection(server, site.backend, id));
        none
    });
}

/// The connections to a database of which this is true.
pub(crate) fn connections(server: &Server, site: &Site, condition: &str) -> Vec<String> {
    let name = &site.database;
    let (id, table, of) = if site.backend.is_postgresql() {
        ("pid", "pg_stat_activity", "datname")
    } else {
        ("id", "information_schema.processlist", "db")
    };
    let sql = format!("SELECT {id} FROM {table} WHERE {of} = '{name}' AND {condition};");
    server.query(first_database(site.backend), &sql)
}

fn end_connection(server: &Server, backend: &Backend, id: &str) {
    let end = if backend.is_postgresql() {
        format!("SELECT pg_terminate_backend({id});")
    } else {
        format!("KILL {id};")
    };
    // One that has ended meanwhile is no error here.
    drop(server.try_query(Route::Socket, first_database(backend), &end));
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

    /// The connection of the transaction, once it holds the table.
    pub(crate) fn ids(&self) -> Vec<String> {
        let condition = if self.site.backend.is_postgresql() {
            "query LIKE 'SELECT pg_sleep(600)%'"
        } else {
            "info LIKE 'SELECT SLEEP(600)%'"
        };
        connections(self.server, self.site, condition)
    }

    /// Whether somebody waits for the transaction to end.
    pub(crate) fn blocks(&self) -> bool {
        let condition = if self.site.backend.is_postgresql() {
            "wait_event_type = 'Lock'"
        } else {
            "state LIKE 'Waiting for table metadata lock%'"
        };
        !connections(self.server, self.site, condition).is_empty()
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
            end_connection(self.server, self.site.backend, &id);
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
