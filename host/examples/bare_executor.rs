//! Migrates a database on an executor of fifteen lines: the library needs no particular one.
//!
//! ```text
//! cargo build && cargo run --example bare_executor -- sqlite:shop.db examples/bookshop/migrations/sqlite
//! ```
#![allow(clippy::print_stdout, reason = "a program")]

use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use dapter::plugin::{Catalog, Given, standard_places};
use dapter::project::DatabaseUrl;
use dapter::{AsyncMigrator, MigrationSettings};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(directory)) = (arguments.next(), arguments.next()) else {
        return Err("give a URL and the folder of the scripts".into());
    };
    let url = DatabaseUrl::parse(&url)?;

    // Cargo puts examples into a folder below the one with the plugins.
    let executable = std::env::current_exe()?;
    let places = standard_places(&Given {
        configured: executable
            .ancestors()
            .nth(2)
            .map(Into::into)
            .into_iter()
            .collect(),
        ..Given::default()
    })?;
    let adapter = Catalog::scan(&places).choose(url.scheme())?.open()?;

    let migrator = AsyncMigrator::new(adapter, MigrationSettings::new(url, directory));
    let report = run(migrator.upgrade("head"))?;
    println!("{} revisions applied", report.steps.len());
    Ok(())
}
