//! The databases of a run: how they are named, made and removed.

use std::collections::BTreeMap;
use std::fmt;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::file_error::FileError;
use crate::placeholders::{HINT, Placeholders};
use crate::subject_file::SubjectFile;
use dapter_plugin_api::abi::{Adapter, Session, block_on};
use dapter_plugin_api::{AdapterError, Capability, ConnectOptions, ServerFacts};
use tempfile::TempDir;

/// How many attempts at removing a database: a session that has just ended may still be in it.
const ATTEMPTS: usize = 20;

/// What makes new databases, and removes them behind the case that they were made for.
///
/// What it tells may have the password of the URL in it, where the adapter's errors have.
pub struct Databases {
    pub(crate) adapter: Adapter,
    placeholders: Placeholders,
    options: BTreeMap<String, String>,
    fresh: String,
    absent: Option<String>,
    create: Vec<String>,
    drop: Vec<String>,
    next: AtomicU64,
    /// The numbers of those that are to be removed, and on which threads they were made.
    made: Mutex<Vec<(ThreadId, u64)>>,
    /// Why some could not be removed.
    left: Mutex<Vec<String>>,
    /// The session at the URL, once there is one. One database is made at a time: where they are copies of a template, two
    /// copies at once may be in each other's way.
    making: Mutex<Option<Session>>,
    /// Kept for its end.
    _folder: TempDir,
}

impl Databases {
    /// What the file says, for an adapter and the server behind a URL. Nothing is made yet.
    ///
    /// # Errors
    /// What the file says and cannot be filled in, for want of a URL, say.
    pub fn new(
        adapter: Adapter,
        file: &SubjectFile,
        url: Option<&str>,
    ) -> Result<Arc<Self>, FileError> {
        let folder = tempfile::Builder::new().prefix("dapter-kit-").tempdir();
        let folder = folder.map_err(|error| {
            FileError::new(
                format!("cannot make a temporary folder: {error}"),
                "set TMPDIR to a folder that can be written",
            )
        })?;
        let schemes = &adapter.info().schemes;
        let of_url = url.and_then(|url| url.split_once(':'));
        let of_url = of_url
            .map(|(scheme, _)| scheme)
            .filter(|scheme| schemes.iter().any(|known| known == scheme));
        let scheme = of_url.or(schemes.first().map(String::as_str));
        let on_server = ["{url}", "{server}"]
            .iter()
            .any(|word| file.fresh.contains(word));
        let databases = Databases {
            placeholders: Placeholders {
                folder: folder.path().to_owned(),
                run: run_word(),
                scheme: scheme.unwrap_or_default().to_owned(),
                url: url.map(str::to_owned),
            },
            options: file.options.clone(),
            fresh: file.fresh.clone(),
            absent: file
                .absent
                .clone()
                .or_else(|| on_server.then(|| file.fresh.clone())),
            create: file.create.clone(),
            drop: file.drop.clone(),
            next: AtomicU64::new(1),
            made: Mutex::default(),
            left: Mutex::default(),
            making: Mutex::default(),
            _folder: folder,
            adapter,
        };
        databases.check()?;
        Ok(Arc::new(databases))
    }

    /// Every text can be filled in: what is wrong is told before the first case, and once.
    fn check(&self) -> Result<(), FileError> {
        let texts = [&self.fresh].into_iter().chain(&self.absent);
        for text in texts.chain(&self.create).chain(&self.drop) {
            let filled = self.placeholders.fill(text, 0);
            filled.map_err(|why| FileError::new(why, HINT))?;
        }
        if !self.create.is_empty() || !self.drop.is_empty() {
            let hint = "`create` and `drop` run at --url: name a database that is there";
            self.beside().map_err(|why| FileError::new(why, hint))?;
        }
        Ok(())
    }

    /// Where to connect, for a text of the file that stands for no database of a case.
    pub(crate) fn options(&self, text: &str) -> Result<ConnectOptions, FileError> {
        self.filled(text, 0)
            .map_err(|why| FileError::new(why, HINT))
    }

    fn filled(&self, text: &str, number: u64) -> Result<ConnectOptions, String> {
        Ok(ConnectOptions {
            base_directory: self.placeholders.folder.clone(),
            options: self.options.clone(),
            ..ConnectOptions::new(self.placeholders.fill(text, number)?)
        })
    }

    /// The database that was typed, beside which others are made.
    fn beside(&self) -> Result<ConnectOptions, String> {
        self.filled("{url}", 0)
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// From now on a database is there, or may be: it is removed behind the case.
    fn remember(&self, number: u64) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.push((thread::current().id(), number));
    }

    /// A new, empty database.
    pub(crate) fn fresh(&self) -> Result<ConnectOptions, String> {
        let number = self.number();
        let options = self.filled(&self.fresh, number)?;
        if !self.create.is_empty() {
            self.run(&self.create, number)?;
        } else if self.adapter.info().has(Capability::CreateDatabase) {
            let _one_at_a_time = self.making.lock().unwrap_or_else(PoisonError::into_inner);
            let made = block_on(self.adapter.create_database(&options));
            made.map_err(|error| error.to_string())?;
        }
        self.remember(number);
        Ok(options)
    }

    /// Makes a database, tells what a session in it tells of the server, and removes it again: where it cannot be made, every
    /// case would fail. What else goes wrong, cases say.
    ///
    /// # Errors
    /// Why none can be made.
    pub fn try_once(&self) -> Result<Option<ServerFacts>, String> {
        let options = self.fresh()?;
        let facts = match self.adapter.info().has(Capability::ServerFacts) {
            true => block_on(self.adapter.connect(&options))
                .and_then(|mut session| block_on(session.server_facts()))
                .ok(),
            false => None,
        };
        self.remove_mine();
        Ok(facts)
    }

    /// Whether [`absent`](Self::absent) can name a database.
    pub(crate) fn names_absent(&self) -> bool {
        self.absent.is_some()
    }

    /// Where a database could be that is not there yet.
    pub(crate) fn absent(&self) -> Result<ConnectOptions, String> {
        let text = self.absent.as_deref().unwrap_or_default();
        let number = self.number();
        self.remember(number);
        self.filled(text, number)
    }

    /// Runs statements where databases are made and removed.
    fn run(&self, statements: &[String], number: u64) -> Result<(), String> {
        let told = |error: AdapterError| error.to_string();
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out, so that one that has failed is not used again.
        let mut session = match making.take() {
            Some(session) => session,
            None => block_on(self.adapter.connect(&self.beside()?)).map_err(told)?,
        };
        for statement in statements {
            let statement = self.placeholders.fill(statement, number)?;
            block_on(session.execute(&statement)).map_err(told)?;
        }
        *making = Some(session);
        Ok(())
    }

    /// Removes what was made on this thread, whose case has ended.
    pub fn remove_mine(&self) {
        let me = thread::current().id();
        self.remove(|thread| thread == me);
    }

    /// Removes what is left.
    pub fn remove_all(&self) {
        self.remove(|_| true);
    }

    fn remove(&self, wanted: impl Fn(ThreadId) -> bool) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<(ThreadId, u64)> =
            made.extract_if(.., |(thread, _)| wanted(*thread)).collect();
        drop(made);
        if self.drop.is_empty() {
            return;
        }
        for (_, number) in gone {
            let mut attempts = 0..ATTEMPTS;
            let failed = loop {
                match (self.run(&self.drop, number), attempts.next()) {
                    (Ok(()), _) => break None,
                    (Err(_), Some(_)) => thread::yield_now(),
                    (Err(error), None) => break Some(error),
                }
            };
            if let Some(error) = failed {
                let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
                left.push(error);
            }
        }
    }

    /// What a person should know of what is left over.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let first = left.first()?;
        let (count, run) = (left.len(), &self.placeholders.run);
        Some(format!(
            "`drop` failed for {count} databases of this run, which is {run}: {first}"
        ))
    }
}

impl fmt::Debug for Databases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Databases")
            .field("run", &self.placeholders.run)
            .finish_non_exhaustive()
    }
}

/// A word that no other run has, on this server or another.
fn run_word() -> String {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let before = RUNS.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = now.map_or(0, |since| since.as_secs());
    format!("{:x}_{seconds:x}_{before:x}", process::id())
}
