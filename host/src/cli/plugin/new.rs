//! `dapter plugin new`: a crate that is a plugin, and passes the conformance kit as it is.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use dapter::api::abi::ABI_VERSION;
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::paths::{absolute, shown};
use super::super::session::Session;

#[derive(Debug, Args)]
pub(crate) struct New {
    /// Name of the crate, of its adapter and of the URL scheme: small letters, digits and single hyphens
    name: String,
    /// Write an asynchronous adapter, on a runtime that the plugin owns
    #[arg(long = "async")]
    asynchronous: bool,
    /// Folder of a checkout's plugin-api to depend on, instead of the published version
    #[arg(long, value_name = "FOLDER")]
    plugin_api: Option<PathBuf>,
}

/// The texts, in which `toy` is the adapter's name.
const SYNC: &str = include_str!("../../../templates/plugin/sync.rs");
const ASYNC: &str = include_str!("../../../templates/plugin/async.rs");
const STORE: &str = include_str!("../../../templates/plugin/store.rs");
const MANIFEST: &str = include_str!("../../../templates/plugin/Cargo.toml.txt");
const SUBJECT: &str = include_str!("../../../templates/plugin/conformance.toml");
const README: &str = include_str!("../../../templates/plugin/README.md");
const WORKFLOW: &str = include_str!("../../../templates/plugin/ci.yml");
const IGNORED: &str = include_str!("../../../templates/plugin/gitignore.txt");

const TOKIO: &str = "tokio = { version = \"1\", features = [\"rt-multi-thread\"] }\n";

/// The longest name: it stands in file names and URLs.
const LONGEST: usize = 40;

/// Names that crates, their types or files cannot have: keywords, built-in crates, what the new crate depends on or takes from it,
/// and what Windows keeps for devices.
const RESERVED: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "async-migration",
    "aux",
    "await",
    "become",
    "box",
    "break",
    "build",
    "com1",
    "com2",
    "com3",
    "com4",
    "con",
    "const",
    "continue",
    "core",
    "crate",
    "dapter-plugin-api",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "lpt1",
    "lpt2",
    "lpt3",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "nul",
    "override",
    "priv",
    "prn",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "sync-migration",
    "test",
    "tokio",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// Names of the adapters that come with dapter.
const OURS: &[&str] = &[
    "mariadb",
    "memory",
    "mysql",
    "postgres",
    "postgresql",
    "sqlite",
    "sqlite3",
];

pub(super) fn run(command: &New, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    check_name(&command.name)?;
    let folder = session.global.directory.clone();
    let folder = folder.unwrap_or_else(|| PathBuf::from(&command.name));
    check_folder(&folder)?;
    let api = Api::find(command)?;
    let files = files(command, &api);
    if !session.global.dry_run {
        for (name, text) in &files {
            write_new(&folder.join(name), text)?;
        }
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let made = match session.global.dry_run {
        true => "would make",
        false => "made",
    };
    let mut text: String = names
        .iter()
        .map(|name| format!("{made} {}\n", shown(&folder.join(name))))
        .collect();
    if output.is_chatty() {
        text.push_str(&api.note());
        text.push_str(&format!(
            "next: cd {} && dapter plugin build --test\n",
            shown(&folder)
        ));
    }
    let document = json!({
        "name": command.name,
        "directory": absolute(&folder),
        "dry_run": session.global.dry_run,
        "asynchronous": command.asynchronous,
        "plugin_api": api.dependency(),
        "files": names,
    });
    output.result(&document, &text)
}

/// Rules for crate names, URL schemes and plugin names together.
fn check_name(name: &str) -> Result<(), Failure> {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let why = if name.len() < 2 || name.len() > LONGEST {
        "is not between 2 and 40 letters long"
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        "does not begin with a small letter"
    } else if !name.chars().all(letter) {
        "has signs that are neither small letters nor digits nor hyphens"
    } else if name.ends_with('-') || name.contains("--") {
        "has a hyphen at its end, or two in a row"
    } else if RESERVED.contains(&name) {
        "is reserved, by Rust, by a file system, or by what the crate depends on"
    } else if OURS.contains(&name) {
        "belongs to an adapter that comes with dapter"
    } else {
        return Ok(());
    };
    Err(
        Failure::usage(format!("the name {} {why}", Value::from(name)))
            .hint("name it after the database, such as oracle or acme-oracle"),
    )
}

/// Nothing is overwritten: the folder is new, or empty.
fn check_folder(folder: &Path) -> Result<(), Failure> {
    let taken = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    };
    match taken {
        false => Ok(()),
        true => Err(
            Failure::refused(format!("{} is there already", shown(folder)))
                .hint("choose another name, or another folder with --directory FOLDER"),
        ),
    }
}

/// Where the one dependency comes from.
enum Api {
    /// From the registry.
    Version(String),
    /// From a checkout: its folder.
    Checkout(PathBuf),
}

impl Api {
    /// What was named; else that of the checkout that this program was built in, if it is there; else the published one.
    fn find(command: &New) -> Result<Self, Failure> {
        if let Some(named) = &command.plugin_api {
            return match is_plugin_api(named) {
                true => Ok(Api::Checkout(canonical(named))),
                false => Err(Failure::usage(format!(
                    "--plugin-api: {} is not the folder of the crate dapter-plugin-api",
                    named.display()
                ))
                .hint("name the folder plugin-api of a checkout of dapter")),
            };
        }
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-api");
        if is_plugin_api(&beside) {
            return Ok(Api::Checkout(canonical(&beside)));
        }
        let (major, minor) = ABI_VERSION;
        Ok(Api::Version(format!("{major}.{minor}")))
    }

    /// What Cargo.toml says of it. Texts of TOML are written as those of JSON.
    fn dependency(&self) -> String {
        match self {
            Api::Version(version) => format!("\"{version}\""),
            Api::Checkout(folder) => {
                format!("{{ path = {} }}", Value::from(folder.to_string_lossy()))
            }
        }
    }

    fn note(&self) -> String {
        match self {
            Api::Version(_) => String::new(),
            Api::Checkout(folder) => format!(
                "dapter-plugin-api is taken from {}: write a version in its place before you publish\n",
                shown(folder)
            ),
        }
    }
}

fn is_plugin_api(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml"));
    manifest.is_ok_and(|text| text.contains("name = \"dapter-plugin-api\""))
}

fn canonical(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| absolute(folder))
}

/// The files of the crate, by their names.
fn files(command: &New, api: &Api) -> Vec<(&'static str, String)> {
    let name = &command.name;
    let mut dependencies = format!("dapter-plugin-api = {}\n", api.dependency());
    if command.asynchronous {
        dependencies.push_str(TOKIO);
    }
    let library = library(name);
    let filled = |text: &str| {
        text.replace(
            "extension: \"toy\"",
            &format!("extension: \"{}\"", extension(name)),
        )
        .replace("Toy", &type_name(name))
        .replace("toy", name)
        .replace("@dependencies@\n", &dependencies)
        .replace("@library@", &library)
    };
    let adapter = match command.asynchronous {
        true => ASYNC,
        false => SYNC,
    };
    vec![
        ("Cargo.toml", filled(MANIFEST)),
        ("src/lib.rs", filled(adapter)),
        ("src/store.rs", filled(STORE)),
        ("conformance.toml", filled(SUBJECT)),
        ("README.md", filled(README)),
        (".github/workflows/ci.yml", filled(WORKFLOW)),
        (".gitignore", IGNORED.to_owned()),
    ]
}

/// Where cargo puts the library.
fn library(name: &str) -> String {
    let (prefix, suffix) = (env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    format!("target/release/{prefix}{}{suffix}", name.replace('-', "_"))
}

/// Of the script files: letters and digits alone.
fn extension(name: &str) -> String {
    name.replace('-', "")
}

/// `acme-oracle` is `AcmeOracle`.
fn type_name(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::File::create_new(path))
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        Failure::refused(format!("cannot write {}: {error}", shown(path)))
            .hint("name a folder that can be written, with --directory FOLDER")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_suit_crates_schemes_and_files() {
        for good in ["redis", "acme-oracle", "db2", "x1"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        let long = "x".repeat(41);
        for bad in [
            "", "x", "Redis", "2x", "a_b", "a b", "a--b", "a-", "-a", "../x", "fn", "nul",
            "sqlite", "é1", "a/b", "toy\n", &long,
        ] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_name_stands_everywhere() {
        let command = New {
            name: "acme-oracle".to_owned(),
            asynchronous: false,
            plugin_api: None,
        };
        let files = files(&command, &Api::Version("1.0".to_owned()));
        for (name, text) in &files {
            assert!(!text.to_lowercase().contains("toy"), "{name}: {text}");
            assert!(
                !text.contains('@') || name.ends_with("yml"),
                "{name}: {text}"
            );
        }
        let code = &files[1].1;
        for part in [
            "pub struct AcmeOracleAdapter;",
            "schemes: &[\"acme-oracle\"]",
            "extension: \"acmeoracle\"",
            "strip_prefix(\"acme-oracle:\")",
        ] {
            assert!(code.contains(part), "{part}: {code}");
        }
        assert!(files[0].1.contains("dapter-plugin-api = \"1.0\"\n"));
    }
}
