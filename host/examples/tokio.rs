//! Migrates several databases at once under tokio, one of them with a time limit.
//!
//! ```text
//! cargo build && cargo run --example tokio -- examples/bookshop/migrations/sqlite sqlite:a.db sqlite:b.db sqlite:c.db
//! ```
#![allow(clippy::print_stdout, reason = "a program")]

use std::error::Error;
use std::time::Duration;

use dapter::plugin::{Catalog, Given, standard_places};
use dapter::project::DatabaseUrl;
use dapter::{AsyncMigrator, MigrationSettings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments
        .next()
        .ok_or("give the folder of the scripts, and URLs")?;

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
    let catalog = Catalog::scan(&places);

    let mut runs = Vec::new();
    for url in arguments {
        let url = DatabaseUrl::parse(&url)?;
        let adapter = catalog.choose(url.scheme())?.open()?;
        let migrator = AsyncMigrator::new(
            adapter,
            MigrationSettings::new(url.clone(), directory.as_str()),
        );
        // Dropping the future at the limit cancels the run: the step is rolled back and the lock given back.
        let limited = async move {
            tokio::time::timeout(Duration::from_secs(60), migrator.upgrade("head")).await
        };
        runs.push((url, tokio::spawn(limited)));
    }
    for (url, run) in runs {
        let report = run.await???;
        println!("{url}: {} revisions applied", report.steps.len());
    }
    Ok(())
}
