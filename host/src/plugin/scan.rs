//! Searches the places, without loading anything.

use super::catalog::{Catalog, Outcome, PluginFile, Searched, Standing};
use super::expected::Expected;
use super::inspect::{Examination, examine};
use super::inspect_error::InspectError;
use super::libraries::Libraries;
use super::place::{Origin, Place, Places};
use super::ready::check_permissions;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::env::consts::DLL_EXTENSION;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

impl Catalog {
    /// Reads what lies in the places. None of it is run.
    ///
    /// In a folder every file directly in it counts whose name ends as the system's dynamic libraries do, and no symbolic
    /// link. Libraries that are no plugin are counted and left out; a file that cannot be read as a library is kept with the reason. A file
    /// that is reached twice counts once. Where several files hold a plugin of the same name, the one in the earlier
    /// place wins, and within one folder the one modified last; the others are kept, marked as shadowed.
    #[must_use]
    pub fn scan(places: &Places) -> Catalog {
        let mut scan = Scan {
            library_path: places.library_path.clone(),
            ..Scan::default()
        };
        for file in &places.files {
            scan.file(file);
        }
        for place in &places.folders {
            scan.folder(place);
        }
        scan.catalog
    }
}

#[derive(Default)]
struct Scan {
    catalog: Catalog,
    /// The files met so far, with links resolved.
    met: HashSet<PathBuf>,
    /// The preferred file of each plugin, by its name.
    preferred: HashMap<String, PathBuf>,
    /// The folders that the system's loader was told of, if that is known.
    library_path: Option<OsString>,
    /// Where it finds libraries; looked up for the first file that can be loaded.
    libraries: OnceCell<Option<Libraries>>,
}

impl Scan {
    fn file(&mut self, given: &Path) {
        let path = fs::canonicalize(given).unwrap_or_else(|_| given.to_owned());
        if !self.met.insert(path.clone()) {
            return;
        }
        let file = self.read(path, Origin::Option);
        let outcome = match file.standing {
            Standing::Broken(InspectError::Missing) => Outcome::Missing,
            _ => count(std::slice::from_ref(&file), 0),
        };
        self.record(Origin::Option, given.to_owned(), outcome);
        self.add(vec![file]);
    }

    fn folder(&mut self, place: &Place) {
        let libraries = match libraries(&place.folder) {
            Ok(libraries) => libraries,
            Err(error) => {
                let outcome = match error.kind() {
                    io::ErrorKind::NotFound => Outcome::Missing,
                    _ => Outcome::Unreadable(error.to_string()),
                };
                self.record(place.origin, place.folder.clone(), outcome);
                return;
            }
        };
        let mut files = Vec::new();
        let mut others = 0;
        for Library { path, is_link } in libraries {
            if !self.met.insert(path.clone()) {
                continue;
            }
            let mut file = self.read(path, place.origin);
            if is_link && file.is_usable() {
                file.standing = Standing::Broken(InspectError::Link);
            }
            if matches!(file.standing, Standing::Broken(InspectError::NotAPlugin)) {
                others += 1;
            } else {
                files.push(file);
            }
        }
        self.record(place.origin, place.folder.clone(), count(&files, others));
        self.add(files);
    }

    fn read(&self, path: PathBuf, origin: Origin) -> PluginFile {
        let examination = examine(&path);
        let checked = examination.checked.clone();
        let checked = checked.and_then(|()| self.check_surroundings(&path, &examination));
        let metadata = examination.metadata;
        PluginFile {
            path,
            origin,
            descriptor: examination.descriptor,
            facts: examination.facts,
            standing: checked.map_or_else(Standing::Broken, |()| Standing::Usable),
            expected: Expected::default(),
            modified: metadata.and_then(|metadata| metadata.modified().ok()),
        }
    }

    /// Checks what does not lie in the file itself.
    fn check_surroundings(
        &self,
        path: &Path,
        examination: &Examination,
    ) -> Result<(), InspectError> {
        let libraries = self.libraries.get_or_init(|| {
            let library_path = self.library_path.as_ref()?;
            Libraries::of_this_process(library_path)
        });
        if let (Some(libraries), Some(facts)) = (libraries, &examination.facts)
            && let Some(library) = libraries.missing(&facts.needs, &examination.search, path)
        {
            return Err(InspectError::MissingLibrary {
                library: library.to_owned(),
            });
        }
        match &examination.metadata {
            Some(metadata) => check_permissions(path, metadata),
            None => Ok(()),
        }
    }

    fn record(&mut self, origin: Origin, path: PathBuf, outcome: Outcome) {
        self.catalog.searched.push(Searched {
            origin,
            path,
            outcome,
        });
    }

    /// Adds the files of one place, and marks those that are shadowed.
    fn add(&mut self, mut files: Vec<PluginFile>) {
        let mut newest_first: Vec<usize> = (0..files.len())
            .filter(|&index| files[index].is_usable())
            .collect();
        newest_first.sort_by_key(|&index| (Reverse(files[index].modified), index));
        for index in newest_first {
            let file = &mut files[index];
            let Some(descriptor) = &file.descriptor else {
                continue;
            };
            match self.preferred.get(&descriptor.name) {
                Some(by) => file.standing = Standing::Shadowed { by: by.clone() },
                None => {
                    self.preferred
                        .insert(descriptor.name.clone(), file.path.clone());
                }
            }
        }
        self.catalog.files.append(&mut files);
    }
}

fn count(files: &[PluginFile], other_libraries: usize) -> Outcome {
    let plugins = files.iter().filter(|file| file.is_usable()).count();
    Outcome::Read {
        plugins,
        broken: files.len() - plugins,
        other_libraries,
    }
}

/// A file of a folder, with links resolved.
struct Library {
    path: PathBuf,
    /// Whether the folder has a link to it.
    is_link: bool,
}

/// The files of a folder that are named like dynamic libraries, sorted by name; links behind them, so that what lies in the
/// folder itself counts as a file.
fn libraries(folder: &Path) -> io::Result<Vec<Library>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = PathBuf::from(entry.file_name());
        if name
            .extension()
            .is_some_and(|extension| extension == DLL_EXTENSION)
        {
            let kind = entry.file_type()?;
            if !kind.is_dir() {
                names.push((kind.is_symlink(), name));
            }
        }
    }
    names.sort();
    // Resolving the folder once, and not each file, is most of what makes the scan of a large folder quick.
    let folder = fs::canonicalize(folder)?;
    let mut libraries = Vec::with_capacity(names.len());
    for (is_link, name) in names {
        let path = folder.join(name);
        let path = if is_link {
            fs::canonicalize(&path).unwrap_or(path)
        } else {
            path
        };
        libraries.push(Library { path, is_link });
    }
    Ok(libraries)
}
