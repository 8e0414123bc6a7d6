//! `dapter plugin build`: an author's crate, built, looked at without running it, and put where it is published from.

use std::env;
use std::env::consts::{DLL_EXTENSION, DLL_SUFFIX};
use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use dapter::MigrationError;
use dapter::api::Descriptor;
use dapter::plugin::{PluginError, Sha256, inspect};
use dapter_conformance::SubjectFile;
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::paths::{absolute, shown};
use super::super::programs;
use super::super::session::Session;
use super::probe::check_capabilities;
use super::sign::sign_file;
use super::test::{self, Test};

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// Folder that the artifact is put into [default: dist in the crate's folder]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Profile of cargo to build with [default: release]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Run the conformance kit on the artifact, and put its report beside it
    #[arg(long)]
    test: bool,
    /// Sign the artifact with this secret key, under --id
    #[arg(long, value_name = "KEY", requires = "id")]
    sign: Option<PathBuf>,
    /// The plugin's id, for the signature: PUBLISHER/NAME
    #[arg(long, value_name = "ID", requires = "sign")]
    id: Option<String>,
}

/// What is published.
struct Artifact {
    path: PathBuf,
    sha256: String,
    signature: Option<PathBuf>,
    descriptor: Descriptor,
}

pub(super) fn run(command: &Build, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let package = session.global.directory.clone();
    let package = package.unwrap_or_else(|| PathBuf::from("."));
    let built = build(&package, command, *output)?;
    let out = command.out.clone().unwrap_or_else(|| package.join("dist"));
    let mut artifact = place(&built, &out)?;
    if let Some(key) = &command.sign {
        let signed = sign_file(&artifact.path, key, command.id.as_deref())?;
        artifact.signature = Some(signed.beside);
    }
    let report = match command.test {
        true => Some(test(&artifact, &package, session)?),
        false => None,
    };
    output.result(
        &document(&artifact, report.as_ref()),
        &text(&artifact, report.as_ref()),
    )?;
    match report {
        Some(report) if report.failed > 0 => Err(Failure::Found),
        _ => Ok(()),
    }
}

/// Builds the crate and tells where the library is.
fn build(package: &Path, command: &Build, output: Output) -> Result<PathBuf, Failure> {
    let manifest = package.join("Cargo.toml");
    if !manifest.is_file() {
        let message = format!("there is no {}", shown(&absolute(&manifest)));
        return Err(Failure::refused(message).hint(
            "run this in the folder of the plugin's crate, or name it with --directory FOLDER",
        ));
    }
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo
        .args(["build", "--message-format", "json-render-diagnostics"])
        .args(["--profile", command.profile.as_deref().unwrap_or("release")])
        .arg("--manifest-path")
        .arg(&manifest)
        .stderr(Stdio::inherit());
    if !output.is_chatty() {
        cargo.arg("--quiet");
    }
    let ran = programs::run(
        &mut cargo,
        "install Rust, from https://rustup.rs, or set CARGO",
    )?;
    if !ran.status.success() {
        return Err(
            Failure::refused("cargo could not build the crate").hint("what cargo says is above")
        );
    }
    let manifest = fs::canonicalize(&manifest).unwrap_or(manifest);
    let lines = String::from_utf8_lossy(&ran.output);
    lines
        .lines()
        .find_map(|line| library(line, &manifest))
        .ok_or_else(|| {
            Failure::refused("the crate makes no dynamic library")
                .hint("write crate-type = [\"cdylib\"] below [lib] in its Cargo.toml")
        })
}

/// The library that a message of cargo tells of, if it is that of the package
/// (<https://doc.rust-lang.org/cargo/reference/external-tools.html>, artifact messages).
fn library(line: &str, manifest: &Path) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let of_package = message["manifest_path"].as_str().is_some_and(|path| {
        let path = Path::new(path);
        path == manifest || fs::canonicalize(path).is_ok_and(|path| path == manifest)
    });
    let kinds = message["target"]["crate_types"].as_array()?;
    if !of_package || !kinds.iter().any(|kind| kind == "cdylib") {
        return None;
    }
    let files = message["filenames"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str);
    files.map(PathBuf::from).find(|path| {
        path.extension()
            .is_some_and(|extension| extension == DLL_EXTENSION)
    })
}

/// Looks at the library without running it, and copies it under a name that says what it is.
fn place(built: &Path, out: &Path) -> Result<Artifact, Failure> {
    let descriptor = inspect(built)
        .map_err(|problem| {
            MigrationError::from(PluginError::Refused {
                path: built.to_owned(),
                problem,
            })
        })?
        .descriptor;
    check_capabilities(&descriptor, built)?;
    let name = format!(
        "{}-{}-{}{DLL_SUFFIX}",
        descriptor.name, descriptor.version, descriptor.target
    );
    let path = out.join(name);
    let copied = fs::create_dir_all(out)
        .and_then(|()| fs::copy(built, &path))
        .and_then(|_| fs::read(&path));
    let bytes = copied.map_err(|error| {
        Failure::refused(format!("cannot write {}: {error}", shown(&absolute(&path))))
            .hint("name a folder that can be written, with --out FOLDER")
    })?;
    Ok(Artifact {
        sha256: Sha256::of(&bytes).to_string(),
        signature: None,
        path,
        descriptor,
    })
}

/// What the kit found.
struct Tested {
    report: PathBuf,
    passed: usize,
    failed: usize,
    skipped: usize,
}

fn test(artifact: &Artifact, package: &Path, session: &Session<'_>) -> Result<Tested, Failure> {
    let subject = package.join(SubjectFile::NAME);
    let command = Test {
        file: artifact.path.clone(),
        adapter: None,
        subject: subject.is_file().then_some(subject),
        filter: None,
        report: None,
        jobs: None,
        case_timeout: None,
    };
    let found = test::examine(&command, session)?;
    let path = artifact.path.with_added_extension("conformance.json");
    test::write(&path, &found)?;
    Ok(Tested {
        report: path,
        passed: found.passed(),
        failed: found.failed(),
        skipped: found.skipped(),
    })
}

fn document(artifact: &Artifact, tested: Option<&Tested>) -> Value {
    let Artifact {
        path,
        sha256,
        signature,
        descriptor,
    } = artifact;
    let conformance = tested.map(|tested| {
        json!({
            "report": absolute(&tested.report),
            "passed": tested.passed,
            "failed": tested.failed,
            "skipped": tested.skipped,
        })
    });
    json!({
        "artifact": absolute(path),
        "sha256": sha256,
        "signature": signature.as_deref().map(absolute),
        "plugin": descriptor.name,
        "version": descriptor.version,
        "abi": descriptor.abi,
        "built_for": descriptor.target,
        "conformance": conformance,
    })
}

fn text(artifact: &Artifact, tested: Option<&Tested>) -> String {
    let Artifact {
        path,
        sha256,
        signature,
        descriptor,
    } = artifact;
    let (name, version) = (&descriptor.name, &descriptor.version);
    let mut text = format!(
        "plugin       {name} {version}, for {}, abi {}\nartifact     {}\nsha256       {sha256}\n",
        descriptor.target,
        descriptor.abi,
        shown(&absolute(path)),
    );
    if let Some(signature) = signature {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "signature    {}", shown(&absolute(signature)));
    }
    if let Some(tested) = tested {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "conformance  {} passed, {} failed, {} skipped: {}",
            tested.passed,
            tested.failed,
            tested.skipped,
            shown(&absolute(&tested.report)),
        );
    }
    text
}
