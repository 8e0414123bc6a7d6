//! The dapter adapters for MySQL 8.0 and later and MariaDB 10.6 and later.
//!
//! A program links this library and calls `Adapter::linked_async`; the plugin, a dynamic library for hosts that
//! load it, is the package `dapter-mysql-plugin`.
//!
//! Two adapters for the same databases and scripts: `mysql` blocks, `mysql-async` holds no thread. Which server answers is
//! found out when it does.
//!
//! # URL
//!
//! `mysql://USER:PASSWORD@HOST:PORT/DATABASE`, or `mariadb://…`; with `mysql+async://` or `mariadb+async://` it is the
//! asynchronous adapter. SQLAlchemy's `mysql+pymysql`, `mysql+aiomysql` and `mysql+asyncmy` are understood too. The
//! history is kept in the database of the URL, whatever database scripts choose with `USE`.
//!
//! What the URL leaves out comes from the environment: `USER`, `MYSQL_PWD`, `MYSQL_HOST`, `MYSQL_TCP_PORT`,
//! `MYSQL_UNIX_PORT`. A URL without host and port means the socket in `MYSQL_UNIX_PORT`, or `/run/mysqld/mysqld.sock` if it
//! is there, and else `localhost`. A host that is named is reached by TCP, `localhost` too.
//!
//! These options go behind a `?` in the URL, or into the options of the configuration:
//!
//! | option | values | default |
//! |---|---|---|
//! | `socket`, `unix_socket` | the path of a socket, instead of host and port | |
//! | `ssl_mode` | `DISABLED`, `PREFERRED`, `REQUIRED`, `VERIFY_CA`, `VERIFY_IDENTITY`, as in MySQL's own clients | `PREFERRED`; `VERIFY_IDENTITY` with `ssl_ca` |
//! | `ssl_ca` | the file of the authorities to trust | the public ones |
//! | `ssl_cert`, `ssl_key` | the client's certificate and key | |
//! | `connect_timeout` | seconds | 10 |
//! | `sql_mode` | the session's SQL mode | the server's |
//! | `charset` | `utf8mb4` | `utf8mb4` |
//! | `lock` | `native`: by `GET_LOCK`; `row`: the host keeps a row, for proxies that share connections among sessions | `native` |
//!
//! The blocking adapter trusts the public authorities beside those of `ssl_ca`, so it refuses `VERIFY_CA`, which would say
//! nothing then. Compression and `LOAD DATA LOCAL` are not supported.
//!
//! # Scripts
//!
//! They are split as the `mysql` client does, and bodies of routines need no `DELIMITER`. Where quotes end depends on the
//! SQL mode: the splitter follows the option `sql_mode` and the `SET sql_mode` of the script. It cannot ask the server, so
//! one whose own mode has `ANSI_QUOTES` or `NO_BACKSLASH_ESCAPES` is warned of: write its mode into the URL.
//!
//! # What it keeps in the database
//!
//! Three InnoDB tables: `dapter_revision` (one row per applied revision), `dapter_log` (append-only) and `dapter_lock`.
//!
//! # Transactions
//!
//! Statements that change structure commit by themselves here, so every statement is recorded by itself, and none is lost
//! or run twice if everything ends in its middle:
//!
//! - Statements that write rows commit together with their record. (Tables of engines without transactions excepted.)
//! - A statement that commits by itself is announced first, with what its objects look like. Who finds the announcement
//!   later looks at them again: unchanged, the statement runs; changed, it counts as done. The few that leave no trace
//!   (`EXCHANGE PARTITION`, tables that exchange names, `REVOKE`, roles) are left to a person.
//! - `CALL`, `EXECUTE` and MariaDB's blocks are one with their record unless they commit; then nobody can tell how far
//!   they came.
//! - A script may have transactions of its own, which its records join.
//!
//! What a script sets for its session (`SET`, `USE`, `PREPARE`) is set again for a session that goes on with it, with a
//! warning where the value was computed. Temporary tables are not made again. `LOCK TABLES` ends with the statement,
//! because each record begins a transaction.
//!
//! # The lock
//!
//! `GET_LOCK`, by a name of the database. It ends with its connection, unless the server still executes a statement of it:
//! then with that, and rightly. Who holds it is written into `dapter_lock` for others to read.
#![deny(missing_docs)]
#![allow(
    private_bounds,
    reason = "sessions are generic over their connections, which are made here alone"
)]

mod adapter;
mod answer;
mod assignment;
mod asynchronous;
mod backup;
mod blocking;
mod cancel;
mod change;
mod connect;
mod connection;
mod dialect;
mod error;
mod fingerprint;
mod foreign;
mod form;
mod history;
mod inspect;
mod lint;
mod literal;
mod lock;
mod mode;
mod object;
mod offline;
mod recorded;
mod render;
mod rows;
mod scratch;
mod script;
mod server;
mod server_facts;
mod session;
mod settings;
mod tables;
mod tls;
mod transaction;
mod url;
mod words;

pub use adapter::{MysqlAdapter, MysqlAsyncAdapter};
pub use asynchronous::Asynchronous;
pub use blocking::Blocking;
pub use session::Session;
