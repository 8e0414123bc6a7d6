//! Real database servers for tests: each test process starts its own, on a data folder of its own, and they end with it.
//!
//! - [`Server::shared`] is the one for most tests: started at first use, fast, without durability.
//! - [`Server::start`] is durable, and for one test alone: it can be killed, stopped, suspended and started again.
//! - [`Server::start_on_small_disk`] has a disk that can be filled.
//! - [`Proxy`] is a network before a server that can break, [`Pooler`] a `PgBouncer`.
//!
//! What a machine lacks is [`Missing`], and tests report themselves as ignored then, unless [`Product::is_required`] says no. The
//! programs are looked for where Debian puts them, or in the folder that an environment variable names
//! (`DAPTER_TEST_POSTGRESQL_BIN`, `DAPTER_TEST_MARIADB_BIN`, `DAPTER_TEST_MYSQL_BIN`). A server that runs already can be
//! the shared one (`DAPTER_TEST_POSTGRESQL_URL`, `DAPTER_TEST_MARIADB_URL`, `DAPTER_TEST_MYSQL_URL`).
//!
//! Servers refuse to run as root: where the tests do, servers run as `nobody`.

mod address;
mod client;
mod disk;
mod dump;
mod folder;
mod life;
mod missing;
mod mysql;
mod pooler;
mod ports;
mod postgresql;
mod process;
mod product;
mod programs;
mod proxy;
mod server;
mod shared;
mod tls;
mod user;

pub use address::{PASSWORD, USER};
pub use client::Route;
pub use missing::Missing;
pub use pooler::Pooler;
pub use product::Product;
pub use proxy::{Proxy, Reach};
pub use server::Server;
