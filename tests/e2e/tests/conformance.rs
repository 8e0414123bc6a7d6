//! Every adapter of the project passes the suite: linked into this program, and loaded from its file.

mod conformance {
    pub(crate) mod memory;
    pub(crate) mod postgresql;
    pub(crate) mod sqlite;
    pub(crate) mod toy;
}

use std::process::ExitCode;

use conformance::{memory, postgresql, sqlite, toy};
use dapter::plugin::{Catalog, Places, load};
use dapter_conformance::{Subject, cases};
use dapter_e2e::{Toolchain, build_library, fixture};
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_postgres::{AsyncPostgresAdapter, PostgresAdapter};
use dapter_servers::{Product, Server};
use libtest_mimic::{Arguments, Trial};
use tempfile::TempDir;

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let linked =
        block_on(Adapter::linked_sync::<dapter_sqlite::SqliteAdapter>()).expect("the adapter");
    let mut trials = Vec::new();
    trials.extend(named("linked", sqlite::subject(linked, &folder)));
    trials.extend(named(
        "loaded",
        sqlite::subject(built_beside("sqlite"), &folder),
    ));
    trials.extend(named("loaded", toy::subject(loaded_toy(), &folder)));
    trials.extend(named(
        "loaded",
        memory::subject(built_beside("async-memory")),
    ));
    let linked = [
        block_on(Adapter::linked_async::<PostgresAdapter>()).expect("the adapter"),
        block_on(Adapter::linked_async::<AsyncPostgresAdapter>()).expect("the adapter"),
    ];
    let loaded = ["postgresql", "postgresql-async"].map(built_beside);
    for (how, adapters) in [("linked", linked), ("loaded", loaded)] {
        for adapter in adapters {
            let subject = postgresql::subject(adapter);
            trials.extend(on_server(Product::Postgresql, how, subject));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn named(how: &'static str, subject: Subject) -> impl Iterator<Item = Trial> {
    cases(subject)
        .into_iter()
        .map(move |case| Trial::test(format!("{how}::{}", case.name()), move || case.test()))
}

/// The cases of an adapter that needs a server: ignored where there is none, unless one is required.
fn on_server(product: Product, how: &'static str, subject: Subject) -> impl Iterator<Item = Trial> {
    let ignored = Server::check_shared(product).is_err() && !product.is_required();
    named(how, subject).map(move |trial| trial.with_ignored_flag(ignored))
}

/// An adapter of a plugin that cargo has built beside this test, found and loaded as a host does it.
fn built_beside(key: &str) -> Adapter {
    let executable = std::env::current_exe().expect("a running test has a file");
    let catalog = Catalog::scan(&Places::standard(&executable, None));
    let choice = catalog.choose_by_key(key).expect("cargo has built it");
    choice.open().expect("it loads")
}

/// The toy adapter: a crate outside the workspace, as a third party writes one.
fn loaded_toy() -> Adapter {
    let file = build_library(&fixture("toy"), "dapter_toy", Toolchain::Same);
    let info = dapter::plugin::inspect(&file).expect("a plugin").descriptor;
    let plugin = load(&file).expect("it loads");
    let adapter = info.adapters.into_iter().next().expect("one adapter");
    block_on(plugin.adapter(adapter)).expect("the adapter is made")
}

/// A name that no other database of this run has.
pub(crate) fn unique(
    folder: &TempDir,
    extension: &str,
) -> impl Fn() -> String + Send + Sync + 'static {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let folder = folder.path().to_owned();
    let extension = extension.to_owned();
    move || {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{number}.{extension}"));
        path.to_str()
            .expect("temporary folders have plain names")
            .to_owned()
    }
}
