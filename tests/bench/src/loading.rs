//! What it takes to load a plugin with all checks, by a user who has loaded it before, beyond what the system takes to load the library.
//!
//! A process loads a library once, so each load has a process of its own: one loads the plugin as dapter does, the other
//! does nothing and has the system load the library when it starts (`LD_PRELOAD`).

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs};

use dapter::plugin::{Catalog, Expected, Origin, Place, Places, Sha256, load_expected};

use crate::process::median;
use crate::table::Table;
use crate::{Programs, Result};

const ROUNDS: usize = 101;
const PLUGINS: usize = 200;

pub(crate) fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    eprintln!("loads of plugins …");
    let catalog = Catalog::scan(&Places::standard(&programs.dapter, None));
    let remembered = programs.dapter.with_file_name("bench-verified");
    for key in ["sqlite", "postgresql", "mysql"] {
        let file = &catalog.choose_by_key(key)?.file.path;
        let hash = Sha256::of(&fs::read(file)?).to_string();
        let mut checked = Command::new(&programs.this);
        checked.arg("load").arg(file).arg(hash).arg(&remembered);
        let mut bare = Command::new(&programs.this);
        bare.arg("nothing").env("LD_PRELOAD", file);
        let mut more = Vec::new();
        for _ in 0..ROUNDS {
            more.push(milliseconds(&mut checked)? - milliseconds(&mut bare)?);
        }
        let size = fs::metadata(file)?.len() as f64 / 1e6;
        let what = format!("a load of {key} ({size:.1} MB) with all checks, beyond a bare one");
        table.at_most(what, median(more), 5.0, "ms");
    }
    fs::remove_dir_all(remembered)?;
    Ok(())
}

/// Finding the plugins in a folder of 200, none of which is loaded.
pub(crate) fn measure_discovery(programs: &Programs, table: &mut Table) -> Result<()> {
    eprintln!("plugins in a folder …");
    let catalog = Catalog::scan(&Places::standard(&programs.dapter, None));
    let file = &catalog.choose_by_key("sqlite")?.file.path;
    let folder = programs.dapter.with_file_name("bench-plugins");
    fs::create_dir_all(&folder)?;
    // Of a copy: a link to the file changes it, as far as a load that remembers it can tell.
    let named = |number| folder.join(format!("{number}.{}", env::consts::DLL_EXTENSION));
    fs::copy(file, named(0))?;
    for number in 1..PLUGINS {
        if !named(number).exists() {
            fs::hard_link(named(0), named(number))?;
        }
    }
    let places = Places {
        folders: vec![Place {
            origin: Origin::Configuration,
            folder: folder.clone(),
        }],
        ..Places::default()
    };
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let found = Catalog::scan(&places).files().len();
        taken.push(started.elapsed().as_secs_f64() * 1e3);
        if found != PLUGINS {
            return Err(format!("{found} plugins were found").into());
        }
    }
    fs::remove_dir_all(folder)?;
    let what = format!("{PLUGINS} plugins are found");
    table.at_most(what, median(taken), 10.0, "ms");
    Ok(())
}

fn milliseconds(command: &mut Command) -> Result<f64> {
    let started = Instant::now();
    let status = command.stdout(Stdio::null()).status()?;
    let taken = started.elapsed().as_secs_f64() * 1e3;
    match status.success() {
        true => Ok(taken),
        false => Err(format!("{command:?} failed").into()),
    }
}

/// Loads a plugin as dapter does, and nothing more.
pub(crate) fn load(file: &str, sha256: &str, remembered_in: &str) -> Result<()> {
    let expected = Expected {
        sha256: Some(sha256.parse()?),
        remembered_in: Some(remembered_in.into()),
        ..Expected::default()
    };
    load_expected(&env::current_dir()?.join(Path::new(file)), &expected)?;
    Ok(())
}
