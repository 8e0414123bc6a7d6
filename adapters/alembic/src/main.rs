//! `dapter-alembic`: keeps dapter's wrappers beside the revisions of an Alembic project.

use dapter_alembic::project::Project;
use dapter_plugin_api::{AdapterError, Result};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: dapter-alembic sync URL [FOLDER]
       dapter-alembic create [--autogenerate] URL MESSAGE [FOLDER]

sync    writes a script of dapter's for each revision into FOLDER/versions (migrations)
create  has Alembic make a revision, then syncs
URL     alembic:path/to/alembic.ini?python=.venv/bin/python
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let autogenerate = arguments
        .iter()
        .any(|argument| argument == "--autogenerate");
    let words = arguments.iter().map(String::as_str);
    let words: Vec<&str> = words.filter(|word| *word != "--autogenerate").collect();
    let (url, message, folder) = match words[..] {
        ["sync", url] if !autogenerate => (url, None, "migrations"),
        ["sync", url, folder] if !autogenerate => (url, None, folder),
        ["create", url, message] => (url, Some(message), "migrations"),
        ["create", url, message, folder] => (url, Some(message), folder),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match work(url, message, autogenerate, Path::new(folder)) {
        Ok(written) => {
            for path in written {
                println!("{}", path.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

fn work(
    url: &str,
    message: Option<&str>,
    autogenerate: bool,
    folder: &Path,
) -> Result<Vec<PathBuf>> {
    let mut made = match message {
        Some(message) => Project::open(url, Path::new(""))?.create(message, autogenerate)?,
        None => Vec::new(),
    };
    // Anew, since Alembic reads the revisions once.
    made.extend(Project::open(url, Path::new(""))?.sync(folder)?);
    Ok(made)
}

fn tell(error: &AdapterError) {
    eprintln!("error: {error}");
    for cause in &error.chain {
        eprintln!("  note: {cause}");
    }
    if let Some(hint) = &error.hint {
        eprintln!("  help: {hint}");
    }
}
