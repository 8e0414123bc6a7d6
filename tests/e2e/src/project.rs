//! A project to run `dapter` in, and what is seen there.

use std::cell::RefCell;
use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::build::{build_program, target_directory};
use crate::normal::Normaliser;
use crate::words::words;

/// A folder of its own with a project in it, and an installed `dapter` beside it that finds no plugin but SQLite's. All
/// of it goes away with the value.
#[derive(Debug)]
pub struct Sandbox {
    /// Kept for its end.
    _folder: TempDir,
    root: PathBuf,
    program: PathBuf,
    home: PathBuf,
    normaliser: RefCell<Normaliser>,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// An empty folder.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn new() -> Self {
        // Within the target folder, where files can be linked instead of copied.
        let built = build_program();
        let place = target_directory().join("tmp");
        fs::create_dir_all(&place).expect("the folder can be made");
        let folder = tempfile::tempdir_in(place).expect("a temporary folder");
        let above = folder.path().canonicalize().expect("the folder is there");
        let installed = above.join("installed");
        let program = format!("dapter{EXE_SUFFIX}");
        let plugin = format!("{DLL_PREFIX}dapter_sqlite{DLL_SUFFIX}");
        link(&built.join(&program), &installed.join("bin"));
        link(&built.join(&plugin), &installed.join("lib/dapter/plugins"));
        let root = above.join("project");
        fs::create_dir(&root).expect("the folder can be made");

        let mut normaliser = Normaliser::default();
        normaliser.folder(&root, "[project]");
        normaliser.folder(&above, "");
        normaliser.name(&plugin, "[sqlite plugin]");
        normaliser.name(&format!("{ARCH}-{OS}-gnu"), "[platform]");
        normaliser.name(env!("CARGO_PKG_VERSION"), "[version]");
        Self {
            _folder: folder,
            root,
            program: installed.join("bin").join(program),
            home: above.join("home"),
            normaliser: RefCell::new(normaliser),
        }
    }

    /// From now on transcripts name ids that are made by chance: `aaaaaaaaaaaa`, `bbbbbbbbbbbb`.
    pub fn name_ids(&self) {
        self.normaliser.borrow_mut().name_ids();
    }

    /// A project with a `dapter.toml` whose only target is the SQLite file `app.db`, and no scripts yet.
    ///
    /// # Panics
    /// If a file cannot be written.
    #[must_use]
    pub fn project() -> Self {
        let sandbox = Self::new();
        sandbox.write(
            "dapter.toml",
            "[targets.default]\nurl = \"sqlite:app.db\"\n",
        );
        sandbox.dapter("dapter init --quiet");
        sandbox
    }

    /// From now on transcripts have a name for a text that differs from run to run.
    pub fn name(&self, text: &str, name: &str) {
        self.normaliser.borrow_mut().name(text, name);
    }

    /// A [`project`](Self::project) with scripts: for each an id with what it revises, as in `b->c` or `a`, and the
    /// text of its sections.
    ///
    /// # Panics
    /// If a file cannot be written.
    #[must_use]
    pub fn with_scripts(scripts: &[(&str, &str, &str)]) -> Self {
        let sandbox = Self::project();
        for (edge, upgrade, downgrade) in scripts {
            sandbox.script(edge, upgrade, downgrade);
        }
        sandbox
    }

    /// Writes the script of an id, with what it revises and the branch label it declares as in `b->c`, `b->c@crm` or `a`:
    /// `versions/c.sql`, with the message `Make c`.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn script(&self, edge: &str, upgrade: &str, downgrade: &str) {
        let (edge, label) = edge.split_once('@').unwrap_or((edge, ""));
        let (revises, id) = edge.split_once("->").unwrap_or(("", edge));
        let mut header = String::new();
        for (name, value) in [("revises ", revises), ("branch  ", label)] {
            if !value.is_empty() {
                header.push_str(&format!("-- dapter:{name} {value}\n"));
            }
        }
        let text = format!(
            "-- Make {id}\n-- dapter:revision {id}\n{header}\n\
             -- dapter:upgrade\n{upgrade}\n\n-- dapter:downgrade\n{downgrade}\n"
        );
        self.write(&format!("migrations/versions/{id}.sql"), &text);
    }

    /// A file or folder of the project.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Writes a file that can be run.
    ///
    /// # Panics
    /// If it cannot be written.
    #[cfg(unix)]
    pub fn write_program(&self, path: &str, contents: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(path, contents);
        let all_may = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.path(path), all_may).expect("it is ours");
    }

    /// Writes a file, and the folders it is in.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, path: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(path);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(path, contents).expect("the file can be written");
    }

    /// The text of a file.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("the file can be read")
    }

    /// Replaces a text in a file.
    ///
    /// # Panics
    /// If the file has no such text.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no `{from}`");
        self.write(path, text.replace(from, to));
    }

    /// Removes a file.
    ///
    /// # Panics
    /// If it cannot be removed.
    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("the file can be removed");
    }

    /// The only file in a folder.
    ///
    /// # Panics
    /// If it is not the only one.
    #[must_use]
    pub fn only_file(&self, folder: &str) -> String {
        let entries = fs::read_dir(self.path(folder)).expect("the folder can be read");
        let names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name())
            .map(|name| format!("{folder}/{}", name.to_string_lossy()))
            .collect();
        assert_eq!(names.len(), 1, "{names:?}");
        names.into_iter().next().unwrap_or_default()
    }

    /// Copies a folder of the repository here.
    ///
    /// # Panics
    /// If that fails.
    pub fn copy(&self, from: &str) {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        copy(&workspace.join(from), &self.root);
    }

    /// Runs commands, one a line, and returns what a reader of the terminal sees: each command, what it printed on
    /// standard output, then on standard error, and its exit code if it is not 0. A line is `[NAME=VALUE …] dapter
    /// [WORD…]`, with double quotes around words that have blanks; `cd FOLDER: ` before that runs it in a folder below.
    ///
    /// # Panics
    /// If a command is not one of `dapter`.
    #[must_use]
    pub fn transcript(&self, lines: &str) -> String {
        let mut transcript = String::new();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if !transcript.is_empty() {
                transcript.push('\n');
            }
            let output = self.dapter(line);
            transcript.push_str(&format!("$ {line}\n"));
            transcript.push_str(&String::from_utf8_lossy(&output.stdout));
            transcript.push_str(&String::from_utf8_lossy(&output.stderr));
            match output.status.code() {
                Some(0) => {}
                Some(code) => transcript.push_str(&format!("[exit {code}]\n")),
                None => transcript.push_str("[killed]\n"),
            }
        }
        self.normaliser.borrow_mut().normal(&transcript)
    }

    /// Runs one command, as [`transcript`](Self::transcript) does.
    ///
    /// # Panics
    /// If it is no command of `dapter`.
    pub fn dapter(&self, line: &str) -> Output {
        self.command(line).output().expect("dapter starts")
    }

    /// One command, as [`transcript`](Self::transcript) runs it.
    ///
    /// # Panics
    /// If it is no command of `dapter`.
    #[must_use]
    pub fn command(&self, line: &str) -> Command {
        let (folder, line) = match line
            .strip_prefix("cd ")
            .and_then(|rest| rest.split_once(": "))
        {
            Some((folder, line)) => (self.path(folder), line),
            None => (self.root.clone(), line),
        };
        let words = words(line);
        let mut command = Command::new(&self.program);
        command.current_dir(folder).env_clear();
        // Windows starts no program without it.
        if let Some(root) = std::env::var_os("SYSTEMROOT") {
            command.env("SYSTEMROOT", root);
        }
        command
            .env("HOME", &self.home)
            .env("XDG_DATA_HOME", &self.home);
        let program = words.iter().position(|word| word == "dapter");
        let program = program.unwrap_or_else(|| panic!("no command of dapter: {line}"));
        for setting in &words[..program] {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            command.env(name, value);
        }
        command.args(&words[program + 1..]);
        command
    }
}

/// Puts a file into a folder.
fn link(file: &Path, folder: &Path) {
    fs::create_dir_all(folder).expect("the folder can be made");
    let name = file.file_name().expect("a file has a name");
    fs::hard_link(file, folder.join(name)).expect("the file can be linked");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("the file can be copied")),
        }
    }
}
