//! Puts a directory of migrations into the program that is compiled: for build scripts.
//!
//! ```no_run
//! // in `main` of build.rs
//! dapter_embed::embed_migrations("migrations");
//! ```
//!
//! The program takes them with `dapter::embed_migrations!("migrations")` and gives them to a `Migrator` in the place of a
//! folder. The scripts are checked as every command of dapter does: each by itself, and the graph that all make together.
//! Whatever is wrong is an error of the build, all of it at once, with file and line.
//!
//! cargo runs the build script again, and compiles the program anew, when a script is changed, removed or added: it is told
//! to watch the folder and not only the files that are in it today.
#![deny(missing_docs)]

mod check;
mod code;

use std::path::{Path, PathBuf};
use std::{env, fs};

pub use check::Mistakes;
pub use code::Embedding;

/// Embeds a directory with scripts in SQL, by its path relative to the package.
pub fn embed_migrations(directory: &str) {
    embed_scripts(directory, "sql");
}

/// Embeds a directory whose scripts have this extension (without the dot): that of the adapter that runs them.
///
/// Prints what cargo is to be told. Mistakes are printed as errors, which fail the build.
#[allow(
    clippy::print_stdout,
    reason = "what a build script prints is what it tells cargo"
)]
pub fn embed_scripts(directory: &str, extension: &str) {
    let written = surroundings().and_then(|(package, output)| {
        let path = package.join(directory);
        for watched in [path.join("versions"), path.join("repeatable"), path.clone()] {
            println!("cargo::rerun-if-changed={}", watched.display());
        }
        let embedding = Embedding::check(&path, directory, extension)?;
        write(&output, directory, &embedding)
    });
    if let Err(Mistakes(lines)) = written {
        for line in lines {
            println!("cargo::error={line}");
        }
    }
}

/// The folder of the package, and the one for what a build script writes.
fn surroundings() -> Result<(PathBuf, PathBuf), Mistakes> {
    let folder = |name: &str| {
        let value = env::var_os(name).map(PathBuf::from);
        value
            .ok_or_else(|| Mistakes::one(format!("{name} is not set: call this in a build script")))
    };
    Ok((folder("CARGO_MANIFEST_DIR")?, folder("OUT_DIR")?))
}

fn write(output: &Path, directory: &str, embedding: &Embedding) -> Result<(), Mistakes> {
    let file = output.join("dapter_embed").join(format!("{directory}.rs"));
    let folder = file.parent().unwrap_or(output);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&file, embedding.to_string()));
    written.map_err(|error| Mistakes::one(format!("cannot write {}: {error}", file.display())))
}
