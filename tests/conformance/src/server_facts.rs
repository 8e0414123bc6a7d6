//! The capability `server-facts`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use dapter_plugin_api::{Capability, ErrorKind};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::ServerFacts) =>
        the_server_has_a_name_and_a_version,
        whoever_may_write_is_not_told_otherwise,
    ),
    promises!(Gate::Undeclared(Capability::ServerFacts) => undeclared_it_is_unsupported),
];

fn the_server_has_a_name_and_a_version(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    let mut client = database.connect()?;
    let facts = client.server_facts()?;
    holds(!facts.product.is_empty(), "the server has no name")?;
    holds(!facts.version.is_empty(), "the server has no version")
}

fn whoever_may_write_is_not_told_otherwise(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    same("what forbids it", &client.server_facts()?.read_only, &None)?;
    client.execute(bench.put())?;
    Ok(())
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let mut client = bench.empty()?.connect()?;
    refused(client.server_facts(), ErrorKind::Unsupported).map(drop)
}
