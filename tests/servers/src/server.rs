//! A server, started here or elsewhere.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::address::Address;
use crate::client::{Route, query};
use crate::disk::Disk;
use crate::life::{Life, Setup};
use crate::missing::Missing;
use crate::product::Product;
use crate::programs::Programs;
use crate::tls::Tls;
use crate::user::User;
use crate::{folder, ports};

/// A server. One that was started here ends with the value, or with the process, however that ends.
#[derive(Debug)]
pub struct Server {
    pub(crate) product: Product,
    pub(crate) programs: Programs,
    pub(crate) address: Address,
    /// `None` of a server that was not started here.
    home: Option<Home>,
}

/// What a server that was started here is made of, in the order in which it goes.
#[derive(Debug)]
struct Home {
    life: Life,
    setup: Setup,
    disk: Option<Disk>,
    /// Kept for its end.
    _folder: TempDir,
}

impl Server {
    /// Whether [`start`](Self::start) has what it needs, and what is missing if not. Nothing is started.
    ///
    /// # Errors
    /// If a program is not there.
    pub fn check(product: Product) -> Result<(), Missing> {
        Programs::of(product).check()
    }

    /// Whether [`start_on_small_disk`](Self::start_on_small_disk) has what it needs, and what is missing if not. Nothing is
    /// started.
    ///
    /// # Errors
    /// If a program is not there, or this process may not mount disks.
    pub fn check_small_disk(product: Product) -> Result<(), Missing> {
        Disk::check()?;
        Self::check(product)
    }

    /// Starts a server that loses nothing when it is killed.
    ///
    /// # Errors
    /// If a program is not there.
    ///
    /// # Panics
    /// If the server does not start, with what it says.
    pub fn start(product: Product) -> Result<Self, Missing> {
        Self::start_with(product, false, None)
    }

    /// Starts a server that waits for no disk: what it was told last may be lost when it is killed.
    ///
    /// # Errors
    /// If a program is not there.
    ///
    /// # Panics
    /// If the server does not start, with what it says.
    pub fn start_fast(product: Product) -> Result<Self, Missing> {
        Self::start_with(product, true, None)
    }

    /// Starts a server as [`start`](Self::start) does, its data on a disk of so many megabytes, which
    /// [`fill_disk`](Self::fill_disk) fills. New servers need about 60 (`PostgreSQL`), 150 (`MariaDB`) and 220 (`MySQL`).
    ///
    /// # Errors
    /// If a program is not there, or this process may not mount disks.
    ///
    /// # Panics
    /// If the server does not start, with what it says.
    pub fn start_on_small_disk(product: Product, megabytes: u32) -> Result<Self, Missing> {
        Self::start_with(product, false, Some(megabytes))
    }

    fn start_with(product: Product, fast: bool, megabytes: Option<u32>) -> Result<Self, Missing> {
        let programs = Programs::of(product);
        programs.check()?;
        let user = User::of_servers();
        let folder = folder::create(user);
        let data = folder.path().join("data");
        let disk = megabytes
            .map(|megabytes| Disk::mount(&data, megabytes, user))
            .transpose()?;
        let setup = Setup {
            product,
            programs: programs.clone(),
            user,
            port: ports::free(),
            fast,
            folder: folder.path().to_owned(),
            data,
            tls: Tls::create(folder.path(), user),
        };
        setup.initialise();
        let address = Address::local(setup.port, &setup.socket(), &setup.tls.authority);
        let life = Life::start(&setup, || answers(product, &programs, &address));
        let home = Some(Home {
            life,
            setup,
            disk,
            _folder: folder,
        });
        Ok(Self {
            product,
            programs,
            address,
            home,
        })
    }

    /// A server that runs already.
    pub(crate) fn at(product: Product, address: Address) -> Result<Self, Missing> {
        let programs = Programs::of(product);
        programs.client()?;
        Ok(Self {
            product,
            programs,
            address,
            home: None,
        })
    }

    /// What it is a server of.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// Where it listens on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port
    }

    /// The file of the certificate authority that vouches for the server, as `localhost` and 127.0.0.1.
    ///
    /// # Panics
    /// If it was not started here.
    #[must_use]
    pub fn authority(&self) -> &Path {
        let authority = self.address.authority.as_deref();
        authority.expect("the server was started here")
    }

    /// Makes an empty database and returns its name, which no other has.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn fresh_database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", process::id());
        // A server that was not started here may have one of an earlier process with this number.
        self.execute(
            self.first_database(),
            &format!("DROP DATABASE IF EXISTS {name};\nCREATE DATABASE {name};"),
        );
        name
    }

    /// The URL of a database, with user, password, host and port.
    #[must_use]
    pub fn url(&self, scheme: &str, database: &str) -> String {
        self.address.url(scheme, None, database)
    }

    /// The URL of a database by way of another port on 127.0.0.1: of a [`Proxy`](crate::Proxy) or a
    /// [`Pooler`](crate::Pooler).
    #[must_use]
    pub fn url_through(&self, port: u16, scheme: &str, database: &str) -> String {
        self.address.url(scheme, Some(port), database)
    }

    /// The URL of a database by way of the unix socket.
    ///
    /// # Panics
    /// If the server was not started here.
    #[must_use]
    pub fn socket_url(&self, scheme: &str, database: &str) -> String {
        let url = self.address.socket_url(self.product, scheme, database);
        url.expect("the server was started here")
    }

    /// Runs statements with the product's own client, each in a transaction of its own.
    ///
    /// # Panics
    /// If one fails.
    pub fn execute(&self, database: &str, sql: &str) {
        // What it answers is not asked for.
        drop(self.query(database, sql));
    }

    /// Runs statements with the product's own client and returns the lines of their results: the values of a row between
    /// `|` (`PostgreSQL`) or tabs.
    ///
    /// # Panics
    /// If one fails.
    #[must_use]
    pub fn query(&self, database: &str, sql: &str) -> Vec<String> {
        let route = match self.address.socket {
            Some(_) => Route::Socket,
            None => Route::Tcp,
        };
        let lines = self.try_query(route, database, sql);
        lines.unwrap_or_else(|said| panic!("{said}\n{sql}"))
    }

    /// Like [`query`](Self::query), on a way of one's choice.
    ///
    /// # Errors
    /// If a statement fails or the server is not reached, with what the client says.
    ///
    /// # Panics
    /// If there is no client.
    pub fn try_query(
        &self,
        route: Route,
        database: &str,
        sql: &str,
    ) -> Result<Vec<String>, String> {
        let client = self.programs.client().expect("it was there");
        query(&client, self.product, &self.address, route, database, sql)
    }

    /// Kills the server with all its processes, as the kernel does when memory runs out.
    ///
    /// # Panics
    /// If it was not started here.
    pub fn kill(&mut self) {
        let home = self.home_mut();
        home.life.kill(&home.setup);
    }

    /// Stops the server in order, without waiting for its clients.
    ///
    /// # Panics
    /// If it was not started here or does not stop.
    pub fn stop(&mut self) {
        let home = self.home_mut();
        home.life.stop(&home.setup);
    }

    /// Starts the server again, with the same data, port and socket; stops it before if it runs.
    ///
    /// # Panics
    /// If it was not started here, or does not start, with what it says.
    pub fn restart(&mut self) {
        self.stop();
        let (product, programs) = (self.product, self.programs.clone());
        let address = self.address.clone();
        let home = self.home_mut();
        home.life = Life::start(&home.setup, || answers(product, &programs, &address));
    }

    /// Whether the server was neither killed nor stopped.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.home.as_ref().is_none_or(|home| home.life.is_running())
    }

    /// Has the server stand still with its connections open, as on a machine that hangs.
    ///
    /// # Panics
    /// If it was not started here or does not run.
    pub fn suspend(&mut self) {
        let home = self.home();
        home.life.signal_all(&home.setup, "STOP");
    }

    /// Has the server go on.
    ///
    /// # Panics
    /// If it was not started here or does not run.
    pub fn resume(&mut self) {
        let home = self.home();
        home.life.signal_all(&home.setup, "CONT");
    }

    /// Fills the disk but for about one and a half megabytes.
    ///
    /// `PostgreSQL` refuses a statement that finds no room, but starts anew, or ends, where its log finds none.
    /// `MariaDB` 10.11 survives it where a short row finds no room. Where a value that does not fit a page finds none, or
    /// the rollback of a long statement, it aborts. [`kill`](Self::kill) and [`restart`](Self::restart)
    /// bring each back: `PostgreSQL` 16 may not stop in order while it recovers.
    ///
    /// # Panics
    /// If the server was not started on a small disk.
    pub fn fill_disk(&self) {
        self.disk().fill();
    }

    /// Gives the room back that [`fill_disk`](Self::fill_disk) has taken.
    ///
    /// # Panics
    /// If it has taken none.
    pub fn free_disk(&self) {
        self.disk().free();
    }

    /// The end of the server's log, for failures that need it.
    ///
    /// # Panics
    /// If it was not started here.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.home().setup.log_tail()
    }

    /// The database that each server has.
    pub(crate) fn first_database(&self) -> &'static str {
        first_database(self.product)
    }

    fn disk(&self) -> &Disk {
        let disk = self.home().disk.as_ref();
        disk.expect("the server was started on a small disk")
    }

    fn home(&self) -> &Home {
        self.home.as_ref().expect("the server was started here")
    }

    fn home_mut(&mut self) -> &mut Home {
        self.home.as_mut().expect("the server was started here")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.life.end(&self.setup);
    }
}

/// Whether a server answers as tests ask it.
fn answers(product: Product, programs: &Programs, address: &Address) -> Result<(), String> {
    let client: PathBuf = programs.client().map_err(|missing| missing.to_string())?;
    let database = first_database(product);
    query(&client, product, address, Route::Tcp, database, "SELECT 1;").map(drop)
}

fn first_database(product: Product) -> &'static str {
    match product {
        Product::Postgresql => "postgres",
        Product::Mariadb | Product::Mysql => "mysql",
    }
}
