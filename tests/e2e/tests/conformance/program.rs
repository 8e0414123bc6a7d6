//! The suite through the program: `dapter plugin test` on the files of the plugins, as their authors run it.

use dapter_e2e::{build_program, program_in};
use dapter_servers::{Product, Server};
use libtest_mimic::{Failed, Trial};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::Path;

/// The adapter for a scheme passes on a server, which is ignored where there is none, unless one is required.
pub(crate) fn trial(
    product: Product,
    plugin: &'static str,
    scheme: &'static str,
    place: &'static str,
) -> Trial {
    let ignored = Server::check_shared(product).is_err() && !product.is_required();
    let name = format!("program::{product}::{scheme}::{place}");
    Trial::test(name, move || passes(product, plugin, scheme, place)).with_ignored_flag(ignored)
}

fn passes(product: Product, plugin: &str, scheme: &str, place: &str) -> Result<(), Failed> {
    let server = Server::shared(product).expect("it was looked for");
    let database = match product {
        Product::Postgresql => "postgres",
        Product::Mariadb | Product::Mysql => "mysql",
    };
    let file = build_program().join(format!("{DLL_PREFIX}dapter_{plugin}{DLL_SUFFIX}"));
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let folder = tempfile::tempdir()?;
    let mut command = program_in(folder.path());
    command
        .args(["plugin", "test", "--isolation", place])
        .arg(file)
        .args(["--url", &server.url(scheme, database), "--subject"])
        .arg(crates.join(plugin).join("plugin/conformance.toml"));
    let output = command.output()?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let (report, errors) = (&output.stdout, &output.stderr);
            let [report, errors] = [report, errors].map(|text| String::from_utf8_lossy(text));
            Err(format!("{report}\n{errors}").into())
        }
    }
}
