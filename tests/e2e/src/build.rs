//! Builds programs and libraries with cargo while the tests run.

use std::env;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Which compiler builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that built this test.
    Same,
    /// The nightly one, through rustup.
    Nightly,
}

/// Where cargo puts what it builds: the folder that this test was built into.
///
/// # Panics
/// If the test does not lie where cargo puts tests.
#[must_use]
pub fn target_directory() -> PathBuf {
    let executable = env::current_exe().expect("a running test has a file");
    let deps = executable.parent().expect("a file has a folder");
    let target = deps.parent().and_then(Path::parent);
    target.expect("tests lie in target/PROFILE/deps").to_owned()
}

/// The folder of a package below `tests/fixtures`.
#[must_use]
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures")
        .join(name)
}

/// Whether rustup has a nightly toolchain here.
#[must_use]
pub fn has_nightly() -> bool {
    let rustc = Command::new("rustup")
        .args(["run", "nightly", "rustc", "--version"])
        .output();
    rustc.is_ok_and(|output| output.status.success())
}

/// Builds the package in a folder and returns the library it makes, `name` being the library's.
///
/// # Panics
/// If cargo fails, with what it says.
#[must_use]
pub fn build_library(package: &Path, name: &str, toolchain: Toolchain) -> PathBuf {
    let (mut cargo, target) = match toolchain {
        Toolchain::Same => {
            let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
            (Command::new(cargo), target_directory())
        }
        Toolchain::Nightly => {
            let mut rustup = Command::new("rustup");
            rustup.args(["run", "nightly", "cargo"]);
            // What the outer cargo set for its own compiler.
            for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
                rustup.env_remove(variable);
            }
            (rustup, target_directory().join("nightly"))
        }
    };
    cargo
        .args(["build", "--locked", "--manifest-path"])
        .arg(package.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(&target);
    let output = cargo.output().expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{cargo:?} failed:\n{said}");
    target
        .join("debug")
        .join(format!("{DLL_PREFIX}{name}{DLL_SUFFIX}"))
}

/// Builds `dapter` and its plugins and returns the folder that all lie in, beside whatever else was built.
/// They are built once in a process, with the profile that cargo uses unless told otherwise.
///
/// # Panics
/// If cargo fails, with what it says.
#[must_use]
pub fn build_program() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let target = target_directory();
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut cargo = Command::new(cargo);
        cargo
            .args([
                "build",
                "--locked",
                "-p",
                "dapter",
                "-p",
                "dapter-sqlite-plugin",
            ])
            .args(["-p", "dapter-postgres-plugin", "-p", "dapter-mysql-plugin"])
            // With it the dependencies have the features that they have in tests, and are there already.
            .args(["-p", "dapter-e2e"])
            .arg("--manifest-path")
            .arg(workspace.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target);
        let output = cargo.output().expect("cargo starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{cargo:?} failed:\n{said}");
        target.join("debug")
    })
}
