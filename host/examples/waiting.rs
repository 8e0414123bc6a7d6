//! Migrates a database and waits for it: no runtime, no threads.
//!
//! ```text
//! cargo build && cargo run --example waiting -- sqlite:shop.db examples/bookshop/migrations/sqlite
//! ```
#![allow(clippy::print_stdout, reason = "a program")]

use std::error::Error;

use dapter::plugin::{Catalog, Given, standard_places};
use dapter::project::DatabaseUrl;
use dapter::{Event, MigrationSettings, Migrator};

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

    let migrator = Migrator::new(adapter, MigrationSettings::new(url, directory)).with_observer(
        |event: &Event<'_>| {
            if let Event::StepFinished { step, duration, .. } = event {
                println!("{} {} in {duration:.1?}", step.revision, step.message);
            }
        },
    );

    let report = migrator.upgrade("head")?;
    println!("{} revisions applied", report.steps.len());
    for current in migrator.current_revision()? {
        println!("now at {} {}", current.revision, current.message);
    }
    Ok(())
}
