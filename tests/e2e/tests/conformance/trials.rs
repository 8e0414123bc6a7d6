//! The cases of a subject as trials of a test program.

use dapter_conformance::{Subject, Turn, cases};
use dapter_servers::{Product, Server};
use libtest_mimic::Trial;

/// The cases, each with a word before its name for how the adapter came into the program.
pub(crate) fn named(how: &str, subject: Subject) -> impl Iterator<Item = Trial> + use<> {
    let how = how.to_owned();
    let together = cases(subject)
        .into_iter()
        .filter(|case| case.turn() == Turn::Together);
    together.map(move |case| {
        Trial::test(
            format!("{how}::{}", case.name()),
            move || Ok(case.demand()?),
        )
    })
}

/// The cases of an adapter that needs a server: ignored where there is none, unless one is required.
pub(crate) fn on_server(
    product: Product,
    how: &str,
    subject: Subject,
) -> impl Iterator<Item = Trial> + use<> {
    let ignored = Server::check_shared(product).is_err() && !product.is_required();
    named(how, subject).map(move |trial| trial.with_ignored_flag(ignored))
}
