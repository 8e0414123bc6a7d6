//! Every adapter of the project passes the suite: linked into this program, and loaded from its file, those for servers by
//! `dapter plugin test`.

mod conformance {
    pub(crate) mod memory;
    pub(crate) mod mysql;
    pub(crate) mod postgresql;
    pub(crate) mod program;
    pub(crate) mod sqlite;
    pub(crate) mod toy;
    pub(crate) mod trials;
}

use std::process::ExitCode;

use conformance::trials::{named, on_server};
use conformance::{memory, mysql, postgresql, program, sqlite, toy};
use dapter::plugin::{Catalog, ChildProgram, Limits, Places, load};
use dapter_e2e::{Toolchain, build_library, fixture, program_file};
use dapter_mysql::MysqlAdapter;
use dapter_plugin_api::AsyncMigrationAdapter;
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_postgres::PostgresAdapter;
use dapter_servers::Product;
use dapter_sqlite::SqliteAdapter;
use libtest_mimic::Arguments;
use tempfile::TempDir;

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sqlite = block_on(Adapter::linked_sync::<SqliteAdapter>()).expect("the adapter");
    let mut trials = Vec::new();
    trials.extend(named("linked", sqlite::subject(sqlite, &folder)));
    trials.extend(named(
        "loaded",
        sqlite::subject(built_beside("sqlite"), &folder),
    ));
    trials.extend(named("loaded", toy::subject(loaded_toy(), &folder)));
    trials.extend(named(
        "loaded",
        memory::subject(built_beside("async-memory")),
    ));
    for (scheme, place) in [
        ("postgresql", "in-process"),
        ("postgresql+async", "process"),
    ] {
        let product = Product::Postgresql;
        trials.push(program::trial(product, "postgres", scheme, place));
    }
    #[cfg(unix)]
    {
        let sqlite = sqlite::subject(isolated("sqlite"), &folder);
        trials.extend(named("isolated", sqlite));
        let memory = memory::subject(isolated("async-memory"));
        trials.extend(named("isolated", memory));
    }
    let postgres = postgresql::subject(linked::<PostgresAdapter>());
    trials.extend(on_server(Product::Postgresql, "linked", postgres));
    for (scheme, place) in [("mysql", "process"), ("mysql+async", "in-process")] {
        for product in [Product::Mariadb, Product::Mysql] {
            trials.push(program::trial(product, "mysql", scheme, place));
        }
    }
    trials.extend(mysql::trials("linked", linked::<MysqlAdapter>));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn linked<A: AsyncMigrationAdapter>() -> Adapter {
    block_on(Adapter::linked_async::<A>()).expect("the adapter")
}

/// An adapter of a plugin that cargo has built beside this test, found and loaded as a host does it.
fn built_beside(key: &str) -> Adapter {
    let executable = std::env::current_exe().expect("a running test has a file");
    let catalog = Catalog::scan(&Places::standard(&executable, None));
    let choice = catalog.choose_by_key(key).expect("cargo has built it");
    choice.open().expect("it loads")
}

/// The same, in a process of its own.
#[cfg(unix)]
fn isolated(key: &str) -> Adapter {
    let executable = std::env::current_exe().expect("a running test has a file");
    let catalog = Catalog::scan(&Places::standard(&executable, None));
    let choice = catalog.choose_by_key(key).expect("cargo has built it");
    let program = ChildProgram {
        program: program_file(),
        arguments: vec!["plugin-process".into()],
    };
    let opened = choice.open_isolated(program, Limits::default());
    opened.expect("its process serves")
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
