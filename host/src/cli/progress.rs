//! What a run prints while it runs.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dapter::api::{LockRow, Severity};
use dapter::plan::{Direction, Plan, Step, StepTransaction};
use dapter::{Event, Interrupt, Observer};
use indicatif::{ProgressBar, ProgressStyle};

use super::exit_code::Exit;
use super::output::Output;
use super::paths::shown;
use super::time::took;

/// How often the running time is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// Prints a line a step, and on a terminal a line that shows what is running and for how long.
pub(super) struct Progress {
    output: Output,
    target: String,
    interrupt: Interrupt,
    bar: Mutex<Option<ProgressBar>>,
    armed: AtomicBool,
    last_note: Mutex<Option<String>>,
}

impl Progress {
    pub(super) fn new(output: Output, target: &str, interrupt: Interrupt) -> Self {
        Self {
            output,
            target: target.to_owned(),
            interrupt,
            bar: Mutex::new(None),
            armed: AtomicBool::new(false),
            last_note: Mutex::new(None),
        }
    }

    /// From now on Ctrl-C ends the run in a clean state; the second one ends the program at once. Before this there is
    /// nothing to clean up.
    fn arm(&self) {
        if self.armed.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Err(error) = on_ctrl_c(self.interrupt.clone()) {
            self.note(&format!("Ctrl-C will end the program at once: {error}"));
        }
    }

    fn line(&self, line: &str) {
        if !self.output.shows_progress() {
            return;
        }
        // A reader that has gone away must not stop a run half-way.
        self.suspended(|| drop(writeln!(anstream::stdout(), "{line}")));
    }

    fn note(&self, line: &str) {
        self.suspended(|| self.output.note(line));
    }

    /// A note that is not repeated as long as it stays the same.
    fn note_once(&self, line: String) {
        let mut last = self
            .last_note
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if last.as_ref() != Some(&line) {
            self.note(&line);
            *last = Some(line);
        }
    }

    fn suspended(&self, print: impl FnOnce()) {
        match &*self
            .bar
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn planned(&self, plan: &Plan) {
        if !self.output.shows_progress() || !stderr().is_terminal() {
            return;
        }
        let bar = ProgressBar::new(plan.steps.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        *self
            .bar
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(bar);
    }

    fn show(&self, message: String) {
        if let Some(bar) = &*self
            .bar
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            bar.set_message(message);
        }
    }

    fn finished(&self, step: &Step, number: usize, total: usize, duration: Duration) {
        let verb = match (step.transaction, step.direction) {
            // It lasts once the run is done, or not at all.
            (StepTransaction::Shared, _) => "ran    ",
            (_, Direction::Upgrade) => "applied",
            (_, Direction::Downgrade) => "undid  ",
        };
        self.line(&format!(
            "{verb} {} {} ({})",
            step.revision,
            step.message,
            took(duration)
        ));
        let mut bar = self
            .bar
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(shown) = &*bar {
            shown.inc(1);
            if number == total {
                shown.finish_and_clear();
                *bar = None;
            }
        }
    }
}

/// From now on Ctrl-C interrupts, and the second one ends the program at once.
#[allow(
    clippy::exit,
    reason = "who asks twice wants the process gone, whatever its threads do"
)]
pub(super) fn on_ctrl_c(interrupt: Interrupt) -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(move || {
        if interrupt.is_interrupted() {
            // Who asks twice does not want to wait; the next run cleans up.
            std::process::exit(Exit::PartlyDone as i32);
        }
        interrupt.interrupt();
    })
}

/// What people are told of an event, if it is one that they should know of.
pub(super) fn remark(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Waiting { holder, timeout } if !timeout.is_zero() => {
            let holder = holder_text(*holder);
            Some(format!("waiting up to {} for {holder} …", took(*timeout)))
        }
        Event::LockRow { reason } => Some(format!("{reason}: keeping a lock row instead")),
        Event::TookOver { holder } => {
            let holder = holder_text(Some(holder));
            Some(format!("took over the lock of {holder}, which is gone"))
        }
        Event::Adopted { table, revisions } => {
            let s = if *revisions == 1 { "" } else { "s" };
            Some(format!("took over {revisions} revision{s} from {table}"))
        }
        Event::BackedUp(made) => Some(format!("backed up to {}", shown(&made.path))),
        Event::HookFailed { what, error } => Some(format!(
            "warning: the hook on_failure failed: {what}: {error}"
        )),
        Event::Notice(notice) if notice.severity != Severity::Debug => {
            Some(format!("note: {}", notice.message))
        }
        _ => None,
    }
}

/// What runs now, if the event says so.
pub(super) fn running(event: &Event<'_>) -> Option<String> {
    match event {
        Event::StepStarted { step, .. } => Some(format!("{} {}", step.revision, step.message)),
        Event::Statement { step, number, .. } if step.statements.len() > 1 => Some(format!(
            "{} {}, statement {number} of {}",
            step.revision,
            step.message,
            step.statements.len()
        )),
        _ => None,
    }
}

/// Who holds a lock.
pub(super) fn holder_text(holder: Option<&LockRow>) -> String {
    match holder {
        Some(row) if row.user.is_empty() => {
            format!("process {} on {} (since {})", row.pid, row.host, row.since)
        }
        Some(row) => format!(
            "{}, process {} on {} (since {})",
            row.user, row.pid, row.host, row.since
        ),
        None => "somebody else".to_owned(),
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        self.output.log(&self.target, event);
        if let Some(text) = remark(event)
            && !self.output.logs_json()
        {
            self.note(&text);
        }
        if let Some(text) = running(event) {
            self.show(text);
        }
        match event {
            Event::Locking => self.arm(),
            Event::Planned(plan) => self.planned(plan),
            Event::TriedAgain { step, error } if !self.output.logs_json() => {
                self.note_once(format!("{} is tried again: {error}", step.revision));
            }
            Event::StepFinished {
                step,
                number,
                total,
                duration,
            } => self.finished(step, *number, *total, *duration),
            _ => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self
            .bar
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
        {
            bar.finish_and_clear();
        }
    }
}
