//! The server that the tests of a process share.

use std::env;
use std::sync::OnceLock;

use crate::address::Address;
use crate::missing::Missing;
use crate::product::Product;
use crate::server::Server;

impl Server {
    /// The server that all tests of this process share, each with a database of its own: the one that the environment
    /// names, or else one that is started at the first call, as [`start_fast`](Self::start_fast) does. It ends with the
    /// process; its folder goes when the next test process starts a server.
    ///
    /// # Errors
    /// If a program is not there.
    ///
    /// # Panics
    /// If the server does not start, with what it says, or the environment names it by something that is no URL.
    pub fn shared(product: Product) -> Result<&'static Self, Missing> {
        type Shared = OnceLock<Result<Server, Missing>>;
        static SERVERS: [Shared; 3] = [const { OnceLock::new() }; 3];
        let server = SERVERS[product as usize].get_or_init(|| open(product));
        server.as_ref().map_err(Clone::clone)
    }

    /// Whether [`shared`](Self::shared) has what it needs, and what is missing if not. Nothing is started.
    ///
    /// # Errors
    /// If a program is not there.
    pub fn check_shared(product: Product) -> Result<(), Missing> {
        match env::var_os(product.url_variable()) {
            Some(_) => Ok(()),
            None => Self::check(product),
        }
    }
}

fn open(product: Product) -> Result<Server, Missing> {
    let variable = product.url_variable();
    let Ok(url) = env::var(variable) else {
        return Server::start_fast(product);
    };
    // The URL itself holds a password.
    let address = Address::parse(&url, product)
        .unwrap_or_else(|| panic!("{variable} is no URL with user and host"));
    Server::at(product, address)
}
