//! Runs a command on many databases and tells what comes of each.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use dapter::api::abi::Adapter;
use dapter::project::Target;
use dapter::{Interrupt, Scripts};
use serde_json::{Value, json};

use super::super::arguments::{Command, Rollout};
use super::super::consent::unasked;
use super::super::exit_code::Exit;
use super::super::output::{Failure, Output};
use super::super::progress::on_ctrl_c;
use super::super::session::Session;
use super::super::{
    current, diagnostics, failure_document, history, migrate, repair, stamp, status,
};
use super::crew::{Crew, Member, News};
use super::pattern;
use super::screen::Screen;
use super::tally::Tally;
use super::work::{Done, Style};

/// How many databases are worked on at once unless somebody says otherwise: a server has other clients too.
const JOBS: usize = 4;

/// Runs a command on the targets of these names.
pub(in crate::cli) fn run(
    command: &Command,
    names: &[String],
    session: &Session<'_>,
    output: Output,
) -> Result<Exit, Failure> {
    let (work, many, rollout) = match command {
        Command::Upgrade(upgrade) => {
            upgrade.run.backup.check_many()?;
            let work = migrate::upgrade_each(upgrade, session);
            (work, upgrade.rollout.many, Some(&upgrade.rollout))
        }
        Command::Downgrade(downgrade) => {
            downgrade.run.backup.check_many()?;
            let work = migrate::downgrade_each(downgrade, session);
            (work, downgrade.rollout.many, Some(&downgrade.rollout))
        }
        Command::Current(many) => (current::each(), *many, None),
        Command::Status(status) => (status::each(status.drift.clone()), status.many, None),
        Command::History(history) => (history::each(history)?, history.many, None),
        Command::Stamp(stamp) => (stamp::each(stamp, session), stamp.many, None),
        Command::Repair(repair) => (repair::each(repair, session), repair.many, None),
        // `chosen` names targets for no other.
        _ => return Err(Failure::usage("this command works on one database")),
    };
    let canaries = canaries(rollout, names)?;
    let interrupt = Interrupt::new();
    let members = gather(command, names, session, &interrupt)?;
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default();
    let screen = Arc::new(Screen::new(output, members.len(), width));
    if work.style.changes()
        && let Err(error) = on_ctrl_c(interrupt.clone())
    {
        output.note(&format!("Ctrl-C will end the program at once: {error}"));
    }
    let open_apart = |target: &Target| session.adapter_apart(target);
    let mut crew = Crew::new(&members, &work, &interrupt, &screen, &open_apart);
    crew.jobs = many.jobs.map_or(JOBS, NonZeroUsize::get);
    crew.max_failures = rollout.and_then(|rollout| Some(rollout.max_failures?.get()));
    let reporter = Reporter::new(&crew, session, output, width);
    reporter.run(canaries)
}

/// The numbers of the targets to begin with.
fn canaries(rollout: Option<&Rollout>, names: &[String]) -> Result<Vec<usize>, Failure> {
    let patterns = rollout.map_or(&[][..], |rollout| &rollout.canary);
    for pattern in patterns {
        if !names.iter().any(|name| pattern::means(pattern, name)) {
            let message = format!("--canary: `{pattern}` is none of the targets");
            return Err(Failure::usage(message).hint("name one of those that are to be migrated"));
        }
    }
    let is_one = |name: &str| patterns.iter().any(|pattern| pattern::means(pattern, name));
    Ok((0..names.len())
        .filter(|&number| is_one(&names[number]))
        .collect())
}

/// What works on each target. What they share, adapters and scripts, is loaded once; a mistake in it, or in the settings of
/// one, is found before anything is done anywhere.
fn gather(
    command: &Command,
    names: &[String],
    session: &Session<'_>,
    interrupt: &Interrupt,
) -> Result<Vec<Member>, Failure> {
    let mut adapters: HashMap<String, Adapter> = HashMap::new();
    let mut scripts: HashMap<(PathBuf, String), Arc<Scripts>> = HashMap::new();
    let mut members = Vec::with_capacity(names.len());
    for name in names {
        let target = session.target_named(name, |overrides| match command {
            Command::Upgrade(upgrade) => upgrade.run.lay_over(overrides),
            Command::Downgrade(downgrade) => downgrade.run.lay_over(overrides),
            Command::Stamp(stamp) => stamp.lock.lay_over(overrides),
            Command::Repair(repair) => repair.lock.lay_over(overrides),
            _ => {}
        })?;
        let scheme = target.url.value.scheme();
        let adapter = match adapters.get(scheme) {
            Some(adapter) => adapter.clone(),
            None => {
                let adapter = session.adapter(&target)?;
                adapters.insert(scheme.to_owned(), adapter.clone());
                adapter
            }
        };
        let place = (
            target.directory.value.clone(),
            adapter.info().extension.clone(),
        );
        let migrator = session.migrator_with(adapter, &target);
        let read = match scripts.get(&place) {
            Some(read) => Arc::clone(read),
            None => {
                let read = Arc::new(migrator.scripts()?);
                scripts.insert(place, Arc::clone(&read));
                read
            }
        };
        let migrator = unasked(migrator, &target)
            .with_scripts(read)
            .with_interrupt(interrupt.clone());
        members.push(Member { target, migrator });
    }
    Ok(members)
}

/// Tells what happens, and counts.
struct Reporter<'a> {
    crew: &'a Crew<'a>,
    session: &'a Session<'a>,
    output: Output,
    width: usize,
    started: Instant,
    tally: Tally,
    /// Which have begun.
    begun: Vec<bool>,
    /// The number of the next to be told, where the order is that of the targets, and those that are done before their turn.
    next: usize,
    early: BTreeMap<usize, Result<Done, Failure>>,
}

impl<'a> Reporter<'a> {
    fn new(crew: &'a Crew<'a>, session: &'a Session<'a>, output: Output, width: usize) -> Self {
        Self {
            crew,
            session,
            output,
            width,
            started: Instant::now(),
            tally: Tally::default(),
            begun: vec![false; crew.members.len()],
            next: 0,
            early: BTreeMap::new(),
        }
    }

    fn run(mut self, canaries: Vec<usize>) -> Result<Exit, Failure> {
        let crew = self.crew;
        let others = (0..crew.members.len()).filter(|number| !canaries.contains(number));
        let others: Vec<usize> = others.collect();
        let mut printed = Ok(());
        crew.work_on(canaries, |news| self.told(news, &mut printed))?;
        let canary_failed = crew.failures() > 0;
        if !canary_failed {
            crew.work_on(others, |news| self.told(news, &mut printed))?;
        }
        printed?;
        let why = self.why_stopped(canary_failed);
        self.finish(why.as_deref())
    }

    /// Why nothing more was begun, if that was so.
    fn why_stopped(&self, canary_failed: bool) -> Option<String> {
        if self.crew.interrupt.is_interrupted() {
            return Some("it was interrupted".to_owned());
        }
        if canary_failed {
            return Some("the canary failed".to_owned());
        }
        let failures = self.crew.failures();
        self.crew.has_had_enough().then(|| match failures {
            1 => "1 has failed".to_owned(),
            several => format!("{several} have failed"),
        })
    }

    /// Tells one thing that happened. What cannot be printed stops nobody half-way; it is reported in the end.
    fn told(&mut self, news: News, printed: &mut Result<(), Failure>) {
        let told = match news {
            News::Started(number) => {
                self.begun[number] = true;
                self.begins(number)
            }
            News::Ended(number, result) if self.crew.work.style.changes() => {
                self.ended(number, result)
            }
            News::Ended(number, result) => {
                self.early.insert(number, result);
                self.those_whose_turn_it_is()
            }
        };
        if printed.is_ok() {
            *printed = told;
        }
    }

    fn begins(&self, number: usize) -> Result<(), Failure> {
        match self.output.is_json() && self.crew.work.style.changes() {
            true => self
                .output
                .event(&self.event("started", number, json!({})), &""),
            false => Ok(()),
        }
    }

    fn those_whose_turn_it_is(&mut self) -> Result<(), Failure> {
        let mut told = Ok(());
        while let Some(result) = self.early.remove(&self.next) {
            told = told.and(self.ended(self.next, result));
            self.next += 1;
        }
        told
    }

    fn ended(&mut self, number: usize, result: Result<Done, Failure>) -> Result<(), Failure> {
        let name = &self.crew.members[number].target.name;
        let told = match result {
            Ok(done) => {
                match done.changed {
                    true => self.tally.changed += 1,
                    false => self.tally.unchanged += 1,
                }
                let event = self.event("finished", number, done.document);
                let text = beside(name, self.width, &done.lines);
                // A line of progress, or the result that was asked for.
                let text = match self.crew.work.style {
                    Style::Changing(_) if !self.output.is_chatty() => String::new(),
                    _ => text,
                };
                self.crew.screen.above(|| self.output.event(&event, &text))
            }
            Err(failure) => {
                let failure = self.session.with_scripts(failure);
                self.tally.failed.push((name.clone(), failure.exit()));
                self.failed(number, &failure)
            }
        };
        let (ended, failed) = (self.tally.ended(), self.tally.failed.len());
        self.crew.screen.count(ended, failed);
        told
    }

    fn failed(&self, number: usize, failure: &Failure) -> Result<(), Failure> {
        if self.output.is_json() {
            let document = failure_document::document(failure);
            if self.output.logs_json() {
                let name = &self.crew.members[number].target.name;
                self.output.complain(name, failure, "");
            }
            return self
                .output
                .event(&self.event("failed", number, document), &"");
        }
        let name = &self.crew.members[number].target.name;
        let report = diagnostics::report(failure);
        let text = format!("{name:width$}  failed\n{report}", width = self.width);
        let complain = || self.output.complain(name, failure, &text);
        self.crew.screen.above(complain);
        Ok(())
    }

    /// A document with what every event has.
    fn event(&self, event: &str, number: usize, mut document: Value) -> Value {
        let target: &Target = &self.crew.members[number].target;
        document["event"] = json!(event);
        document["target"] = json!(target.name);
        document["database"] = json!(target.url.value.to_string());
        document
    }

    fn finish(mut self, why: Option<&str>) -> Result<Exit, Failure> {
        let names = self.crew.members.iter().zip(&self.begun);
        let names = names.filter(|(_, begun)| !**begun);
        self.tally.not_started = names
            .map(|(member, _)| member.target.name.clone())
            .collect();
        let style = self.crew.work.style;
        let duration = self.started.elapsed();
        let exit = self.tally.exit(style);
        let worth_telling = style != Style::Reading || exit != Exit::Done;
        let text = match self.output.is_chatty() && worth_telling {
            true => self.tally.text(style, duration, why),
            false => String::new(),
        };
        let document = self.tally.document(style, duration);
        self.crew
            .screen
            .above(|| self.output.event(&document, &text))?;
        Ok(exit)
    }
}

/// Lines beside a name, all from the same column on.
fn beside(name: &str, width: usize, lines: &[String]) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let name = match index {
            0 => name,
            _ => "",
        };
        text.push_str(format!("{name:width$}  {line}").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn lines_stand_beside_their_name() {
        let lines = ["one", "", "two"].map(str::to_owned);
        assert_eq!(beside("a", 3, &lines), "a    one\n\n     two\n");
    }
}
