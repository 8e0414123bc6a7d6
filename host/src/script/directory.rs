//! The directory of the scripts: the only place that reads and writes them.

use std::borrow::Borrow;
use std::ffi::OsString;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::revision::{Revision, RevisionId};

use super::body::ScriptBody;
use super::error::ScriptError;
use super::file_name::{PORTABLE_EXTENSION, file_name, is_portable};
use super::folder::Folder;
use super::in_parts::in_parts;
use super::parse::{parse, parse_bytes, parse_owned};
use super::parsed::Script;
use super::repeatable;
use super::revising::revising;
use super::source::EmbeddedScripts;
use super::template::{self, NewScript, ScriptFormat, render};

mod listed;
#[cfg(test)]
mod tests;
mod unlisted;
mod write_new;

pub(crate) use listed::Listed;
pub use unlisted::Orphan;
pub(crate) use unlisted::Unlisted;
use write_new::{replace, write_new};

/// A directory with the template `script.<extension>`, the scripts of revisions in `versions/`, and those that run again
/// whenever their text changes in `repeatable/`.
///
/// Both folders may be missing, since version control keeps no empty folder: then there is no script yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptDirectory {
    path: PathBuf,
    versions: PathBuf,
    repeatable: PathBuf,
    template: PathBuf,
    extension: String,
    /// What stands for the folder, if the scripts are part of the program.
    embedded: Option<EmbeddedScripts>,
}

/// What [`ScriptDirectory::init`] found and made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initialized {
    /// The directory, ready for use.
    pub directory: ScriptDirectory,
    /// What was made, in order.
    pub created: Vec<PathBuf>,
    /// What was there with another text, and was written anew: a script that the tool of an adapter has changed.
    pub rewritten: Vec<PathBuf>,
    /// What was there already and was left as it is.
    pub existing: Vec<PathBuf>,
    /// Scripts that were removed, since the tool of an adapter has their revisions no more and no database needs them.
    pub removed: Vec<PathBuf>,
    /// Scripts whose revisions the tool has no more, and that were left.
    pub orphans: Vec<Orphan>,
}

/// A script that was loaded, with its text if that was to be kept.
#[derive(Debug)]
pub(crate) struct LoadedScript {
    pub(crate) script: Arc<Script>,
    pub(crate) text: Option<Arc<String>>,
}

impl LoadedScript {
    /// The script with its text, if that was kept.
    pub(crate) fn body(&self) -> Option<ScriptBody> {
        let text = self.text.as_ref()?;
        Some(ScriptBody::new(Arc::clone(&self.script), Arc::clone(text)))
    }
}

impl From<Arc<Script>> for LoadedScript {
    fn from(script: Arc<Script>) -> Self {
        Self { script, text: None }
    }
}

impl AsRef<Script> for LoadedScript {
    fn as_ref(&self) -> &Script {
        &self.script
    }
}

impl ScriptDirectory {
    /// The directory at `path`, for scripts with an adapter's extension (without the dot).
    ///
    /// # Errors
    ///
    /// [`ScriptError::NotInitialized`] if neither `versions/` nor the template is there, [`ScriptError::Extension`].
    pub fn open(path: &Path, extension: &str) -> Result<Self, ScriptError> {
        let directory = Self::at(path, extension)?;
        if directory.versions.is_dir() || directory.template.is_file() {
            return Ok(directory);
        }
        Err(ScriptError::NotInitialized {
            path: directory.path,
        })
    }

    /// A directory that is part of the program, for scripts with an adapter's extension. It can only be read.
    ///
    /// # Errors
    ///
    /// [`ScriptError::OtherExtension`], [`ScriptError::Extension`].
    pub(super) fn embedded(scripts: EmbeddedScripts, extension: &str) -> Result<Self, ScriptError> {
        if !scripts.extension().eq_ignore_ascii_case(extension) {
            return Err(ScriptError::OtherExtension {
                embedded: scripts.extension().to_owned(),
                wanted: extension.to_owned(),
            });
        }
        Ok(Self {
            embedded: Some(scripts),
            ..Self::at(scripts.directory(), extension)?
        })
    }

    /// Makes the directory, `versions/` and the template file, whichever of them is missing.
    ///
    /// Nothing is overwritten or removed. Whether something is in the way is found out before anything is made.
    ///
    /// # Errors
    ///
    /// [`ScriptError::InTheWay`] for a file where a directory should be, the reverse, or a template with another text;
    /// [`ScriptError::Extension`], [`ScriptError::Io`].
    pub fn init(path: &Path, extension: &str, template: &str) -> Result<Initialized, ScriptError> {
        let planned = Self::plan_init(path, extension, template)?;
        for path in &planned.created {
            match *path == planned.directory.template {
                true => write_new(path, template)?,
                false => fs::create_dir_all(path).map_err(io_error("make", path))?,
            }
        }
        Ok(planned)
    }

    /// What [`init`](Self::init) would make, without making it.
    ///
    /// # Errors
    ///
    /// As there, without those of writing.
    pub fn plan_init(
        path: &Path,
        extension: &str,
        template: &str,
    ) -> Result<Initialized, ScriptError> {
        let directory = Self::at(path, extension)?;
        let folders = [directory.path.clone(), directory.versions.clone()];
        let mut created = Vec::new();
        let mut existing = Vec::new();
        for folder in folders {
            if folder_exists(&folder)? {
                existing.push(folder);
            } else {
                created.push(folder);
            }
        }
        match template_exists(&directory.template, template)? {
            true => existing.push(directory.template.clone()),
            false => created.push(directory.template.clone()),
        }
        Ok(Initialized {
            directory,
            created,
            rewritten: Vec::new(),
            existing,
            removed: Vec::new(),
            orphans: Vec::new(),
        })
    }

    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that the scripts are in.
    #[must_use]
    pub fn versions(&self) -> &Path {
        &self.versions
    }

    /// The template that [`create`](Self::create) fills in.
    #[must_use]
    pub fn template(&self) -> &Path {
        &self.template
    }

    /// Every script, in the order of the file names, those of `versions/` first.
    ///
    /// Scripts are the files of `versions/` and `repeatable/` with the adapter's extension that are not hidden; folders in it are not
    /// looked into. The text of one script at most is in memory at a time; of hundreds of scripts, one for each processor.
    ///
    /// # Errors
    ///
    /// Every problem of every script, and whatever could not be read.
    pub fn load(&self) -> Result<Vec<Arc<Script>>, Diagnostics> {
        match self.load_what_can_be(0) {
            (loaded, problems) if problems.is_empty() => {
                Ok(loaded.into_iter().map(|loaded| loaded.script).collect())
            }
            (_, problems) => Err(Diagnostics(problems)),
        }
    }

    /// Every script that is right, and every problem of the others. Of the texts, as many are kept as have so many bytes
    /// together, for each processor.
    pub(crate) fn load_what_can_be(&self, keep: usize) -> (Vec<LoadedScript>, Vec<Diagnostic>) {
        let mut scripts = Vec::new();
        let mut problems = Vec::new();
        for folder in [&self.versions, &self.repeatable] {
            let names = match self.names(folder) {
                Ok(names) => names,
                Err(error) => {
                    problems.push(of_file(folder, &error));
                    continue;
                }
            };
            scripts.reserve(names.len());
            for (read, found) in in_parts(&names, |names| self.load_part(folder, names, keep)) {
                scripts.extend(read);
                problems.extend(found);
            }
        }
        (scripts, problems)
    }

    fn load_part(
        &self,
        folder: &Path,
        names: &[OsString],
        mut keep: usize,
    ) -> (Vec<LoadedScript>, Vec<Diagnostic>) {
        let repeatable = folder == self.repeatable;
        let mut scripts = Vec::with_capacity(names.len());
        let mut problems = Vec::new();
        let mut buffer = Vec::new();
        let opened = Folder::open(folder);
        for (index, name) in names.iter().enumerate() {
            if index % SCRIPTS_IN_ROOM == 0 {
                make_room();
            }
            let path = folder.join(name);
            let read = match self.in_program(&path) {
                Some(read) => read,
                None => opened
                    .file(name)
                    .and_then(|file| read_into(file, &mut buffer)),
            };
            match read {
                Ok(bytes) => match parse_bytes(&path, bytes) {
                    Ok(script) if script.is_repeatable() != repeatable => {
                        problems.push(misplaced(&script));
                    }
                    Ok(script) => {
                        let kept = Some(bytes).filter(|bytes| bytes.len() <= keep);
                        keep -= kept.map_or(0, <[u8]>::len);
                        let text = kept.and_then(|bytes| str::from_utf8(bytes).ok());
                        let text = text.map(|text| Arc::new(text.to_owned()));
                        scripts.push(LoadedScript {
                            script: Arc::new(script),
                            text,
                        });
                    }
                    Err(Diagnostics(found)) => problems.extend(found),
                },
                Err(error) => problems.push(of_file(&path, &error)),
            }
        }
        (scripts, problems)
    }

    /// Reads the text of a script that was loaded, to run it.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Changed`] if its checksum is no longer the one it was loaded with, [`ScriptError::Io`].
    pub fn read_body(&self, script: &Script) -> Result<ScriptBody, ScriptError> {
        let path = &script.path;
        let bytes = match self.in_program(path) {
            Some(bytes) => bytes.map(<[u8]>::to_vec),
            None => fs::read(path),
        };
        let bytes = bytes.map_err(io_error("read", path))?;
        // Line ends may have changed and the checksum not; so the ranges are those of the text as it is now.
        parse_owned(path, bytes)
            .ok()
            .filter(|body| body.script().checksum == script.checksum)
            .ok_or_else(|| ScriptError::Changed { path: path.clone() })
    }

    /// Reads the texts of scripts that were loaded, in their order.
    ///
    /// # Errors
    ///
    /// Those of [`read_body`](Self::read_body), for the first script that has one.
    pub fn read_bodies<S: Borrow<Script> + Sync>(
        &self,
        scripts: &[S],
    ) -> Result<Vec<ScriptBody>, ScriptError> {
        let read = |part: &[S]| -> Result<Vec<ScriptBody>, ScriptError> {
            let scripts = part.iter().map(Borrow::borrow);
            scripts.map(|script| self.read_body(script)).collect()
        };
        let parts: Vec<_> = in_parts(scripts, read)
            .into_iter()
            .collect::<Result<_, _>>()?;
        Ok(parts.into_iter().flatten().collect())
    }

    /// Writes a new script, made from the template, and returns its path.
    ///
    /// The file appears whole or not at all, and never in place of another.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Embedded`]; [`ScriptError::RevisionExists`]; [`ScriptError::NoTemplate`]; [`ScriptError::Invalid`] for problems of the template or of the scripts there are
    /// (as long as one cannot be read, its id is not known); [`ScriptError::Created`], [`ScriptError::InTheWay`],
    /// [`ScriptError::Io`].
    pub fn create(&self, script: &NewScript) -> Result<PathBuf, ScriptError> {
        let (path, text) = self.preview(script)?;
        let id = &script.revision.id;
        let same_id = |loaded: &Arc<Script>| loaded.revision.id == *id;
        if let Some(there) = self.load()?.into_iter().find(same_id) {
            return Err(ScriptError::RevisionExists {
                id: id.clone(),
                path: there.path.clone(),
            });
        }
        fs::create_dir_all(&self.versions).map_err(io_error("make", &self.versions))?;
        write_new(&path, &text)?;
        Ok(path)
    }

    /// Puts a script in the place of one that was loaded, under the name that its message gives it.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Changed`] if the old one's checksum is no longer the one it was loaded with, [`ScriptError::InTheWay`],
    /// [`ScriptError::Io`].
    pub(crate) fn put_in_place(
        &self,
        old: &Script,
        new: &ScriptBody,
    ) -> Result<PathBuf, ScriptError> {
        self.check_writable()?;
        self.read_body(old)?;
        let Revision { id, message, .. } = new.script().revision.as_ref();
        let created = old.created.as_deref().unwrap_or_default();
        let extension = match new.script().is_portable() {
            true => PORTABLE_EXTENSION,
            false => &self.extension,
        };
        let name = file_name(created, id.as_str(), message, extension);
        let path = name.map_or_else(|| old.path.clone(), |name| self.versions.join(name));
        if path == old.path {
            replace(&path, new.text())?;
        } else {
            write_new(&path, new.text())?;
            self.remove(old)?;
        }
        Ok(path)
    }

    /// Removes a script that was loaded.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Changed`] if its checksum is no longer the one it was loaded with, [`ScriptError::Io`].
    pub(crate) fn remove(&self, script: &Script) -> Result<(), ScriptError> {
        self.check_writable()?;
        self.read_body(script)?;
        fs::remove_file(&script.path).map_err(io_error("remove", &script.path))
    }

    /// Writes the text of a script that was made elsewhere, to a path in this directory.
    ///
    /// # Errors
    ///
    /// [`ScriptError::InTheWay`], [`ScriptError::Io`].
    pub(crate) fn write(&self, path: &Path, text: &str) -> Result<(), ScriptError> {
        self.check_writable()?;
        fs::create_dir_all(&self.versions).map_err(io_error("make", &self.versions))?;
        write_new(path, text)
    }

    /// Lets a script that was loaded revise other parents, and returns it as it is then. Nothing else in it changes.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Embedded`]; [`ScriptError::Changed`] if its checksum is no longer the one it was loaded with,
    /// [`ScriptError::Io`].
    pub fn revise(&self, script: &Script, parents: &[RevisionId]) -> Result<Script, ScriptError> {
        self.check_writable()?;
        let body = self.read_body(script)?;
        let text = revising(body.text(), &body.script().lines, parents);
        let revised = parse(&script.path, &text)?;
        replace(&script.path, &text)?;
        Ok(revised)
    }

    /// The path and the text that [`create`](Self::create) would write.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Embedded`]; [`ScriptError::NoTemplate`]; [`ScriptError::Invalid`] for problems of the template;
    /// [`ScriptError::Created`],
    /// [`ScriptError::Io`].
    pub fn preview(&self, script: &NewScript) -> Result<(PathBuf, String), ScriptError> {
        self.check_writable()?;
        let id = &script.revision.id;
        let message = &script.revision.message;
        let extension = match script.format {
            ScriptFormat::Adapter => &self.extension,
            ScriptFormat::Portable => PORTABLE_EXTENSION,
        };
        let name = file_name(&script.created, id.as_str(), message, extension);
        let name = name.ok_or_else(|| ScriptError::Created {
            created: script.created.clone(),
        })?;
        let path = self.path.join(format!("script.{extension}"));
        let template = match read_template(&path) {
            Err(ScriptError::NoTemplate { .. }) if script.format == ScriptFormat::Portable => {
                template::PORTABLE.to_owned()
            }
            template => template?,
        };
        let text = render(&path, &template, script)?;
        Ok((self.versions.join(name), text))
    }

    /// Writes a new repeatable script, which appears whole or not at all and never in place of another; returns its path.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Invalid`] for a name or a message that cannot be read back, [`ScriptError::InTheWay`],
    /// [`ScriptError::Io`].
    pub fn create_repeatable(&self, name: &str, message: &str) -> Result<PathBuf, ScriptError> {
        self.check_writable()?;
        let (path, text) = self.preview_repeatable(name, message)?;
        fs::create_dir_all(&self.repeatable).map_err(io_error("make", &self.repeatable))?;
        write_new(&path, &text)?;
        Ok(path)
    }

    /// The path and the text that [`create_repeatable`](Self::create_repeatable) would write.
    ///
    /// # Errors
    ///
    /// As there, without those of writing.
    pub fn preview_repeatable(
        &self,
        name: &str,
        message: &str,
    ) -> Result<(PathBuf, String), ScriptError> {
        let path = self.repeatable.join(format!("{name}.{}", self.extension));
        let template = fs::read_to_string(&self.template).unwrap_or_default();
        let text = repeatable::text(name, message, repeatable::marker(&template));
        parse(&path, &text)?;
        Ok((path, text))
    }

    fn at(path: &Path, extension: &str) -> Result<Self, ScriptError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if extension.is_empty()
            || !extension.chars().all(is_plain)
            || extension.eq_ignore_ascii_case(PORTABLE_EXTENSION)
        {
            return Err(ScriptError::Extension {
                extension: extension.to_owned(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            versions: path.join("versions"),
            repeatable: path.join("repeatable"),
            template: path.join(format!("script.{extension}")),
            extension: extension.to_owned(),
            embedded: None,
        })
    }

    fn check_writable(&self) -> Result<(), ScriptError> {
        match self.embedded {
            None => Ok(()),
            Some(_) => Err(ScriptError::Embedded {
                path: self.path.clone(),
            }),
        }
    }

    /// What the program holds of a script; `None` if the scripts are in a folder.
    fn in_program(&self, path: &Path) -> Option<io::Result<&'static [u8]>> {
        let content = self.embedded?.content(path);
        Some(content.ok_or_else(|| io::ErrorKind::NotFound.into()))
    }

    /// The names of the scripts of a folder, sorted; those of portable scripts are among them.
    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        if let Some(scripts) = &self.embedded {
            return Ok(scripts.names(folder).map(OsString::from).collect());
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let path = Path::new(&name);
            let is_script = !name.as_encoded_bytes().starts_with(b".")
                && (has_extension(path, &self.extension) || is_portable(path));
            if !is_script {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_file() || kind.is_symlink() {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// How many scripts need about the room that [`make_room`] makes.
const SCRIPTS_IN_ROOM: usize = 64;

/// Has the allocator take memory from the system for many scripts at once, by asking for it and giving it back.
///
/// On threads other than the first, glibc takes a page at a time, each with a call that other threads wait for.
fn make_room() {
    // From 128 KiB on it would be given back to the system.
    const ROOM: usize = 120 * 1024;
    drop(black_box(Vec::<u8>::with_capacity(ROOM)));
}

fn read_template(path: &Path) -> Result<String, ScriptError> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ScriptError::NoTemplate {
            path: path.to_owned(),
        },
        _ => io_error("read", path)(error),
    })
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// Reads a file into a buffer that outlives it, and returns what was read.
///
/// The size is not asked for: for small files that would be a large part of the work.
fn read_into(mut file: File, buffer: &mut Vec<u8>) -> io::Result<&[u8]> {
    const STEP: usize = 64 * 1024;
    let mut length = 0;
    loop {
        if buffer.len() == length {
            buffer.resize(length.saturating_mul(2).max(STEP), 0);
        }
        match file.read(&mut buffer[length..]) {
            Ok(0) => return Ok(&buffer[..length]),
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn folder_exists(path: &Path) -> Result<bool, ScriptError> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(true),
        Ok(_) => Err(ScriptError::InTheWay {
            path: path.to_owned(),
            reason: "it is no directory",
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_error("look at", path)(error)),
    }
}

fn template_exists(path: &Path, template: &str) -> Result<bool, ScriptError> {
    match fs::read(path) {
        Ok(found) if found == template.as_bytes() => Ok(true),
        Ok(_) => Err(ScriptError::InTheWay {
            path: path.to_owned(),
            reason: "it is a template with another text",
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(_) if path.is_dir() => Err(ScriptError::InTheWay {
            path: path.to_owned(),
            reason: "it is a directory",
        }),
        Err(error) => Err(io_error("read", path)(error)),
    }
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ScriptError {
    let path = path.to_owned();
    move |source| ScriptError::Io {
        action,
        path,
        source,
    }
}

fn of_file(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic {
        path: path.to_owned(),
        line: None,
        message: format!("cannot be read: {error}"),
        hint: None,
    }
}

fn misplaced(script: &Script) -> Diagnostic {
    let (message, folder) = match script.is_repeatable() {
        true => ("a repeatable script among the revisions", "repeatable"),
        false => ("a revision among the repeatable scripts", "versions"),
    };
    Diagnostic {
        path: script.path.clone(),
        line: Some(script.lines.revision),
        message: message.to_owned(),
        hint: Some(format!(
            "move the file to the folder `{folder}` beside this one"
        )),
    }
}
