//! The capability `create-database`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{presentable, refused, same};
use dapter_plugin_api::{Capability, ErrorKind, History};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::CreateDatabase) =>
        a_missing_database_is_made,
        a_database_that_is_there_is_left_alone,
    ),
    promises!(Gate::Undeclared(Capability::CreateDatabase) => undeclared_it_is_unsupported),
];

fn a_missing_database_is_made(bench: &Bench) -> Verdict {
    let options = bench.absent()?;
    let refusal = refused(
        bench.connect(&options).map(|_| ()),
        ErrorKind::DatabaseMissing,
    )?;
    presentable(&refusal)?;
    same(
        "whether it was made",
        &bench.create_database(&options)?,
        &true,
    )?;
    same(
        "the history of the new database",
        &bench.connect(&options)?.read_history()?,
        &History::default(),
    )?;
    same(
        "whether it was made again",
        &bench.create_database(&options)?,
        &false,
    )
}

fn a_database_that_is_there_is_left_alone(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let before = database.history()?;
    same(
        "whether it was made",
        &bench.create_database(&database.options)?,
        &false,
    )?;
    same("its history", &database.history()?, &before)
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let options = bench.empty()?.options;
    refused(bench.create_database(&options), ErrorKind::Unsupported).map(drop)
}
