//! Searches the places, without loading anything.

use super::admit::Admission;
use super::bundled::Bundle;
use super::catalog::{Catalog, Outcome, PluginFile, Searched, Standing};
use super::demands::{Demands, Strictness};
use super::expected::{Expected, Sha256};
use super::inspect::{Examination, examine};
use super::inspect_error::InspectError;
use super::libraries::Libraries;
use super::place::{Origin, Place, Places};
use super::ready::check_permissions;
use super::refusal::Refusal;
use super::shadow::{self, Ranked};
use super::store::{self, StoredPlugin};
use super::trust::Trust;
use dapter_plugin_api::abi::descriptor::target;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::env::consts::DLL_EXTENSION;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

impl Catalog {
    /// Reads what lies in the places, where nobody wants anything of it: [`scan_for`](Self::scan_for).
    #[must_use]
    pub fn scan(places: &Places) -> Catalog {
        Self::scan_for(places, &Demands::default())
    }

    /// Reads what lies in the places. None of it is run.
    ///
    /// In a folder every file directly in it counts whose name ends as the system's dynamic libraries do, and no symbolic
    /// link; in the user's data folder what was installed there besides, in all its versions. Libraries that are no plugin
    /// are counted and left out; a file that cannot be read as a library is kept with the reason, and so is one that the project or the
    /// user does not want. A file that is reached twice counts once. Where several files hold the same plugin, one is
    /// preferred: a file given with `--plugin`, then what the lock file has, then the one in the earlier place, and within
    /// one folder the highest version, or the one modified last; the others are kept, marked as shadowed.
    #[must_use]
    pub fn scan_for(places: &Places, demands: &Demands) -> Catalog {
        let mut scan = Scan {
            demands,
            files: Vec::new(),
            searched: Vec::new(),
            met: HashSet::new(),
            library_path: places.library_path.clone(),
            verified: places.verified.clone(),
            libraries: OnceCell::new(),
        };
        for file in &places.files {
            scan.file(file);
        }
        for place in &places.folders {
            scan.folder(place);
        }
        shadow::mark(&mut scan.files);
        let assigned = demands.requirements.iter().flat_map(|(id, requirement)| {
            let schemes = requirement.schemes.iter().cloned();
            schemes.map(move |scheme| (scheme, id.clone()))
        });
        Catalog {
            files: scan.files.into_iter().map(|ranked| ranked.file).collect(),
            searched: scan.searched,
            assigned: assigned.collect(),
        }
    }
}

struct Scan<'a> {
    demands: &'a Demands,
    files: Vec<Ranked>,
    searched: Vec<Searched>,
    /// The files met so far, with links resolved.
    met: HashSet<PathBuf>,
    /// The folders that the system's loader was told of, if that is known.
    library_path: Option<OsString>,
    /// Where it is remembered which files were found to be what is expected of them.
    verified: Option<PathBuf>,
    /// Where it finds libraries; looked up for the first file that can be loaded.
    libraries: OnceCell<Option<Libraries>>,
}

impl Scan<'_> {
    fn file(&mut self, given: &Path) {
        let path = fs::canonicalize(given).unwrap_or_else(|_| given.to_owned());
        if !self.met.insert(path.clone()) {
            return;
        }
        let file = self.loose(path, Origin::Option, None);
        let outcome = match file.file.standing {
            Standing::Broken(InspectError::Missing) => Outcome::Missing,
            _ => count(std::slice::from_ref(&file), 0),
        };
        self.record(Origin::Option, given.to_owned(), outcome);
        self.files.push(file);
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
        let bundle = match is_program_folder(place.origin) {
            true => Bundle::of(&place.folder),
            false => None,
        };
        let mut files = Vec::new();
        let mut others = 0;
        for Library { path, is_link } in libraries {
            if !self.met.insert(path.clone()) {
                continue;
            }
            let mut file = self.loose(path, place.origin, bundle.as_ref());
            if is_link && file.file.is_usable() {
                file.file.standing = Standing::Broken(InspectError::Link);
            }
            if matches!(
                file.file.standing,
                Standing::Broken(InspectError::NotAPlugin)
            ) {
                others += 1;
            } else {
                files.push(file);
            }
        }
        if place.origin == Origin::UserData {
            let stored = store::stored(&place.folder, &target());
            files.extend(stored.into_iter().map(|plugin| self.installed(plugin)));
        }
        self.record(place.origin, place.folder.clone(), count(&files, others));
        self.files.append(&mut files);
    }

    fn record(&mut self, origin: Origin, path: PathBuf, outcome: Outcome) {
        self.searched.push(Searched {
            origin,
            path,
            outcome,
        });
    }

    /// A file that nobody keeps books about, but for the list of what came with dapter.
    fn loose(&self, path: PathBuf, origin: Origin, bundle: Option<&Bundle>) -> Ranked {
        let mut expected = Expected::default();
        let trust = match (origin, bundle) {
            (Origin::Option, _) => Trust::Development,
            (_, Some(bundle)) => match bundle.hash(&path) {
                Some(hash) => {
                    expected.sha256 = Some(hash);
                    expected.by = Some(bundle.path.clone());
                    Trust::Bundled
                }
                None => Trust::Unsigned,
            },
            _ if is_program_folder(origin) => Trust::Development,
            _ => Trust::Unsigned,
        };
        let mut file = self.read(path, origin, trust);
        file.expected = expected;
        let belongs = is_program_folder(origin) && file.trust != Trust::Unsigned;
        if self.demands.strictness == Strictness::Locked && !belongs && file.is_usable() {
            match self.locked_hash(&file.path) {
                Some(expected) => {
                    file.expected = expected;
                    file.trust = Trust::Locked;
                }
                None => file.standing = Standing::Refused(Refusal::NotLocked),
            }
        }
        self.ranked(file, false)
    }

    /// What the lock file expects of a file, if it has one of these very bytes for this system.
    fn locked_hash(&self, path: &Path) -> Option<Expected> {
        let lock = self.demands.lock.as_ref()?;
        // A file that cannot be read is not in the lock file.
        let sha256 = Sha256::of(&fs::read(path).ok()?);
        lock.file.by_hash(&target(), sha256)?;
        Some(Expected {
            sha256: Some(sha256),
            by: Some(lock.path.clone()),
            ..Expected::default()
        })
    }

    fn installed(&self, plugin: StoredPlugin) -> Ranked {
        let admission = match &plugin.receipt {
            Ok(receipt) => Admission::of(
                receipt,
                &plugin.receipt_path,
                plugin.signature,
                self.demands,
            ),
            Err(error) => Admission::without_receipt(error.clone()),
        };
        let mut file = self.read(plugin.file, Origin::UserData, admission.trust);
        file.expected = admission.expected;
        file.installed = plugin.receipt.ok();
        if let (true, Err(refusal)) = (file.is_usable(), admission.admitted) {
            file.standing = Standing::Refused(refusal);
        }
        self.ranked(file, admission.is_locked)
    }

    fn read(&self, path: PathBuf, origin: Origin, trust: Trust) -> PluginFile {
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
            installed: None,
            trust,
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

    fn ranked(&self, mut file: PluginFile, is_locked: bool) -> Ranked {
        file.expected.remembered_in.clone_from(&self.verified);
        Ranked {
            file,
            place: self.searched.len(),
            is_locked,
        }
    }
}

/// Whether the folder belongs to the program: dapter's own plugins lie in it.
fn is_program_folder(origin: Origin) -> bool {
    matches!(origin, Origin::BesideExecutable | Origin::Installation)
}

fn count(files: &[Ranked], other_libraries: usize) -> Outcome {
    let is_broken = |file: &&Ranked| matches!(file.file.standing, Standing::Broken(_));
    let broken = files.iter().filter(is_broken).count();
    Outcome::Read {
        plugins: files.len() - broken,
        broken,
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
