//! The cases, run at one place after another.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use dapter::api::ServerFacts;
use dapter::api::abi::Adapter;
use dapter::plugin::Choice;
use dapter::project::DatabaseUrl;
use dapter_conformance::{
    Case, Databases, FileError, Outcome, Running, Skip, SubjectFile, Surroundings, Tested, cases_in,
};

use super::super::super::isolation::Place;
use super::super::super::output::Failure;
use super::super::super::paths::shown;
use super::super::super::session::Session;
use super::Test;
#[cfg(unix)]
use super::printed::{Printed, Taken};
use super::report::Run;

const JOBS: NonZeroUsize = NonZeroUsize::new(4).expect("four is not zero");
/// Longer than a slow statement runs by itself, so that a canceller that does nothing is found out and no case hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// What the cases are run with, wherever they run.
pub(super) struct Kit<'a> {
    pub(super) command: &'a Test,
    pub(super) session: &'a Session<'a>,
    pub(super) choice: &'a Choice<'a>,
    pub(super) subject: &'a SubjectFile,
    /// Of the subject's file, for messages.
    pub(super) path: &'a Path,
    pub(super) url: Option<&'a DatabaseUrl>,
}

/// The adapter at a place.
struct Opened {
    adapter: Adapter,
    surroundings: Surroundings,
    #[cfg(unix)]
    _taken: Option<Taken>,
}

/// What came of the cases at a place.
pub(super) struct Ran {
    pub(super) run: Run,
    pub(super) server: Option<ServerFacts>,
    /// What a person should know besides.
    pub(super) remark: Option<String>,
}

impl Kit<'_> {
    /// Runs the cases on the adapter at a place. What has failed at a place before is not run: it may end this process.
    pub(super) fn run(&self, place: Place, before: &[Run]) -> Result<Ran, Failure> {
        let limit = self.command.case_timeout.unwrap_or(LIMIT);
        // Where the standard output was taken, it is given back when this is over.
        let opened = self.open(place)?;
        let (adapter, mut surroundings) = (opened.adapter, opened.surroundings);
        if self.subject.has_many_processes() {
            surroundings.elsewhere = self.elsewhere()?;
        }
        let url = self.url.map(DatabaseUrl::expose);
        let databases = Databases::new(adapter, self.subject, url);
        let databases = databases.map_err(|error| self.unfit(&error))?;
        let server = self.first_database(&databases, limit)?;
        let tested = self.tested(surroundings, &databases, before)?;
        let rest = Arc::clone(&databases);
        // Whoever hangs may hold what is to be removed.
        let remark = match within(limit, move || rest.remove_all()) {
            Some(()) => databases.remark().map(|remark| self.shown(&remark)),
            None => Some("not all databases could be removed in time".to_owned()),
        };
        Ok(Ran {
            run: Run { place, tested },
            server,
            remark,
        })
    }

    /// Opens the adapter, so that what it writes to the standard output is kept.
    #[cfg(unix)]
    fn open(&self, place: Place) -> Result<Opened, Failure> {
        let printed = Printed::new()?;
        let (adapter, taken) = match place {
            Place::Alone => (
                self.session.open_printing(self.choice, printed.path())?,
                None,
            ),
            Place::Here => {
                let taken = printed.take()?;
                (self.session.open(self.choice, place)?, Some(taken))
            }
        };
        let surroundings = Surroundings {
            printed: Some(Box::new(move || printed.read())),
            ..Surroundings::default()
        };
        Ok(Opened {
            adapter,
            surroundings,
            _taken: taken,
        })
    }

    /// Opens the adapter. What it writes nobody keeps here.
    #[cfg(not(unix))]
    fn open(&self, place: Place) -> Result<Opened, Failure> {
        Ok(Opened {
            adapter: self.session.open(self.choice, place)?,
            surroundings: Surroundings::default(),
        })
    }

    /// What starts the adapter in another process.
    #[cfg(unix)]
    fn elsewhere(&self) -> Result<Option<dapter_conformance::StartElsewhere>, Failure> {
        super::elsewhere::start(self.choice, self.session).map(Some)
    }

    /// Plugins have no process of their own here.
    #[cfg(not(unix))]
    fn elsewhere(&self) -> Result<Option<dapter_conformance::StartElsewhere>, Failure> {
        Ok(None)
    }

    fn tested(
        &self,
        surroundings: Surroundings,
        databases: &Arc<Databases>,
        before: &[Run],
    ) -> Result<Vec<Tested>, Failure> {
        let subject = self.subject.clone().into_subject(databases);
        let subject = subject.map_err(|error| self.unfit(&error))?;
        let mut cases = cases_in(subject, surroundings);
        if let Some(filter) = &self.command.filter {
            let name = |case: &Case| format!("{}::{}", case.area(), case.behaviour());
            cases.retain(|case| name(case).contains(filter.as_str()));
            if cases.is_empty() {
                let message = format!("--filter: no case has `{filter}` in its name");
                return Err(Failure::usage(message)
                    .hint("names are listed in docs/adapter-reference.md, and with --json"));
            }
        }
        let order: Vec<_> = cases.iter().map(name).collect();
        let has_failed = |case: &Case| before.iter().any(|run| run.has_failed(case));
        let (failed, cases): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(has_failed);
        let after = Arc::clone(databases);
        let running = Running {
            jobs: self.command.jobs.unwrap_or(JOBS),
            limit: self.command.case_timeout.unwrap_or(LIMIT),
            after_each: Arc::new(move || after.remove_mine()),
        };
        let mut tested = running.run(&cases);
        tested.extend(failed.iter().map(not_again));
        tested.sort_by_key(|one| {
            order
                .iter()
                .position(|name| *name == (one.area, one.behaviour))
        });
        Ok(tested)
    }

    /// What the adapter tells of the server behind its first database, if it tells anything.
    fn first_database(
        &self,
        databases: &Arc<Databases>,
        limit: Duration,
    ) -> Result<Option<ServerFacts>, Failure> {
        let here = Arc::clone(databases);
        let tried = within(limit, move || here.try_once());
        let tried = tried.unwrap_or_else(|| Err("it takes longer than a case may take".to_owned()));
        tried.map_err(|why| {
            let why = self.shown(&why);
            Failure::refused(format!("cannot make a database to test on: {why}")).hint(
                "the database of --url must be there, and its user may make others; look at `fresh` and `create`",
            )
        })
    }

    /// What the file says and cannot be filled in.
    fn unfit(&self, error: &FileError) -> Failure {
        Failure::usage(format!("{}: {error}", shown(self.path))).hint(error.hint())
    }

    /// A text without the secrets of the URL.
    fn shown(&self, text: &str) -> String {
        self.url
            .map_or_else(|| text.to_owned(), |url| url.redact(text))
    }
}

fn name(case: &Case) -> (&'static str, &'static str) {
    (case.area(), case.behaviour())
}

fn not_again(case: &Case) -> Tested {
    let reason = "it has failed in a process of its own already";
    Tested {
        area: case.area(),
        behaviour: case.behaviour(),
        outcome: Outcome::Skipped(Skip::Inapplicable(reason.to_owned())),
        took: Duration::ZERO,
    }
}

/// What work answers, if it ends in time; otherwise its thread is left behind.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (send, ended) = channel();
    thread::spawn(move || {
        // Nobody waits any more for what took too long.
        let _ = send.send(work());
    });
    ended.recv_timeout(limit).ok()
}
