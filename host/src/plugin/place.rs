//! The places where plugins are looked for, in order.

use super::PluginError;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// Who named a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A file given with `--plugin`.
    Option,
    /// A folder in `DAPTER_PLUGIN_PATH`.
    PathVariable,
    /// A folder named in `dapter.toml`.
    Configuration,
    /// `dapter/plugins` in the user's data folder.
    UserData,
    /// The folder that the program lies in.
    BesideExecutable,
    /// `../lib/dapter/plugins`, seen from the folder that the program lies in.
    Installation,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Option => "--plugin",
            Origin::PathVariable => "DAPTER_PLUGIN_PATH",
            Origin::Configuration => "dapter.toml",
            Origin::UserData => "the user's data folder",
            Origin::BesideExecutable => "beside the executable",
            Origin::Installation => "../lib/dapter/plugins",
        })
    }
}

/// A folder that plugins are looked for in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Who named it.
    pub origin: Origin,
    /// The folder, absolute; it need not exist.
    pub folder: PathBuf,
}

/// Where plugins are looked for: an earlier place wins over a later one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Files named one by one; they win over whatever lies in a folder.
    pub files: Vec<PathBuf>,
    /// Folders, of which only the files directly in them count.
    pub folders: Vec<Place>,
    /// The value of `LD_LIBRARY_PATH`, empty if there is none: as [`Given::library_path`].
    pub library_path: Option<OsString>,
    /// Where it is remembered which files were found to be what is expected of them: as [`Given::verified`].
    pub verified: Option<PathBuf>,
}

impl Places {
    /// The places that need nothing but the path of the running program and, where there is one, the user's data folder:
    /// what a program that embeds dapter starts from.
    #[must_use]
    pub fn standard(executable: &Path, user_data: Option<&Path>) -> Places {
        let mut folders = Vec::new();
        push_standard(&mut folders, user_data, Some(executable));
        Places {
            folders,
            ..Places::default()
        }
    }
}

/// What a program knows from its command line, its environment and its configuration.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The files given with `--plugin`.
    pub files: Vec<PathBuf>,
    /// The value of `DAPTER_PLUGIN_PATH`: folders separated as in `PATH`.
    pub path_variable: Option<OsString>,
    /// The folders named in `dapter.toml`, made absolute by whoever read it.
    pub configured: Vec<PathBuf>,
    /// The user's data folder: `~/.local/share`, say.
    pub user_data: Option<PathBuf>,
    /// The running program, as [`std::env::current_exe`] tells it.
    pub executable: Option<PathBuf>,
    /// The value of `LD_LIBRARY_PATH`, empty if there is none. Who tells it learns of a plugin that needs a library which is
    /// nowhere before it is loaded; otherwise the system's loader says so.
    pub library_path: Option<OsString>,
    /// A folder of the user's own, which need not exist, to remember in which files were found to be what is expected of
    /// them. Without it, every load reads the whole file: see [`Expected::remembered_in`](super::Expected::remembered_in).
    pub verified: Option<PathBuf>,
}

/// The places in their standard order: files, `DAPTER_PLUGIN_PATH`, `dapter.toml`, the user's data folder, the folder
/// beside the executable, and `../lib/dapter/plugins` seen from there.
///
/// Reads neither the disk nor the environment. Empty parts of `DAPTER_PLUGIN_PATH` are left out.
///
/// # Errors
/// [`PluginError::RelativeFolder`] for a folder of `DAPTER_PLUGIN_PATH` or of `dapter.toml` that is not absolute: which
/// library is loaded must not depend on the working directory.
pub fn standard_places(given: &Given) -> Result<Places, PluginError> {
    let mut folders = Vec::new();
    if let Some(variable) = &given.path_variable {
        for folder in std::env::split_paths(variable).filter(|part| !part.as_os_str().is_empty()) {
            folders.push(named(Origin::PathVariable, folder)?);
        }
    }
    for folder in &given.configured {
        folders.push(named(Origin::Configuration, folder.clone())?);
    }
    push_standard(
        &mut folders,
        given.user_data.as_deref(),
        given.executable.as_deref(),
    );
    Ok(Places {
        files: given.files.clone(),
        folders,
        library_path: given.library_path.clone(),
        verified: given.verified.clone(),
    })
}

fn push_standard(folders: &mut Vec<Place>, user_data: Option<&Path>, executable: Option<&Path>) {
    if let Some(data) = user_data {
        folders.push(Place {
            origin: Origin::UserData,
            folder: data.join("dapter").join("plugins"),
        });
    }
    if let Some(beside) = executable.and_then(Path::parent) {
        folders.push(Place {
            origin: Origin::BesideExecutable,
            folder: beside.to_owned(),
        });
        if let Some(prefix) = beside.parent() {
            folders.push(Place {
                origin: Origin::Installation,
                folder: prefix.join("lib").join("dapter").join("plugins"),
            });
        }
    }
}

fn named(origin: Origin, folder: PathBuf) -> Result<Place, PluginError> {
    if folder.is_absolute() {
        return Ok(Place { origin, folder });
    }
    Err(PluginError::RelativeFolder { origin, folder })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn order(places: &Places) -> Vec<(Origin, &str)> {
        places
            .folders
            .iter()
            .map(|place| (place.origin, place.folder.to_str().expect("text")))
            .collect()
    }

    #[test]
    fn the_places_come_in_their_order() {
        let places = standard_places(&Given {
            files: vec!["x.so".into()],
            path_variable: Some("/one::/two".into()),
            configured: vec!["/project/plugins".into()],
            user_data: Some("/home/u/.local/share".into()),
            executable: Some("/opt/dapter/bin/dapter".into()),
            ..Given::default()
        })
        .expect("absolute");
        assert_eq!(places.files, [PathBuf::from("x.so")]);
        assert_eq!(
            order(&places),
            [
                (Origin::PathVariable, "/one"),
                (Origin::PathVariable, "/two"),
                (Origin::Configuration, "/project/plugins"),
                (Origin::UserData, "/home/u/.local/share/dapter/plugins"),
                (Origin::BesideExecutable, "/opt/dapter/bin"),
                (Origin::Installation, "/opt/dapter/lib/dapter/plugins"),
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_no_place() {
        assert_eq!(
            standard_places(&Given::default()).expect("nothing"),
            Places::default()
        );
        let at_the_root = Given {
            executable: Some("/dapter".into()),
            ..Given::default()
        };
        assert_eq!(
            order(&standard_places(&at_the_root).expect("absolute")),
            [(Origin::BesideExecutable, "/")]
        );
    }

    #[test]
    fn a_relative_folder_is_refused() {
        let by_variable = Given {
            path_variable: Some("/one:plugins".into()),
            ..Given::default()
        };
        let by_file = Given {
            configured: vec!["plugins".into()],
            ..Given::default()
        };
        for (given, origin) in [
            (by_variable, "DAPTER_PLUGIN_PATH"),
            (by_file, "dapter.toml"),
        ] {
            let error = standard_places(&given).expect_err("relative");
            assert_eq!(
                error.to_string(),
                format!("the plugin folder `plugins` in {origin} is not absolute")
            );
            assert_eq!(error.hint(), "write the folder's whole path, from the root");
        }
    }
}
