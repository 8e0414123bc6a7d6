//! What a terminal shows while many databases are worked on: a line for each that runs, and how far all are.

use std::io::{IsTerminal, stderr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dapter::{Event, Observer};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::super::output::Output;
use super::super::progress::{remark, running};

/// How often the running time is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// The lines at the foot of a terminal; elsewhere none.
pub(super) struct Screen {
    output: Output,
    /// How wide the longest name is, in characters.
    width: usize,
    shown: Option<Shown>,
}

struct Shown {
    lines: MultiProgress,
    total: ProgressBar,
}

impl Screen {
    pub(super) fn new(output: Output, count: usize, width: usize) -> Self {
        let shown = (output.shows_progress() && stderr().is_terminal()).then(|| {
            let lines = MultiProgress::new();
            let total = lines.add(ProgressBar::new(count as u64));
            style(&total, "[{bar:30}] {pos} of {len}{msg}, {elapsed}");
            total.enable_steady_tick(TICK);
            Shown { lines, total }
        });
        Self {
            output,
            width,
            shown,
        }
    }

    /// Prints above the lines.
    pub(super) fn above<R>(&self, print: impl FnOnce() -> R) -> R {
        match &self.shown {
            Some(shown) => shown.lines.suspend(print),
            None => print(),
        }
    }

    /// Shows how many are done, and how many of these failed.
    pub(super) fn count(&self, done: usize, failed: usize) {
        if let Some(shown) = &self.shown {
            shown.total.set_position(done as u64);
            if failed > 0 {
                shown.total.set_message(format!(" ({failed} failed)"));
            }
        }
    }

    /// The line of a target that somebody works on now; it goes when the value does.
    pub(super) fn line(self: &Arc<Self>, name: &str) -> Line {
        let bar = self.shown.as_ref().map(|shown| {
            let bar = ProgressBar::new_spinner();
            let bar = shown.lines.insert_before(&shown.total, bar);
            style(&bar, "{spinner} {prefix} {wide_msg}");
            bar.set_prefix(format!("{name:width$}", width = self.width));
            bar.enable_steady_tick(TICK);
            bar
        });
        Line {
            screen: Arc::clone(self),
            name: name.to_owned(),
            bar,
            steps: Mutex::new(String::new()),
            last_note: Mutex::new(None),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(shown) = &self.shown {
            shown.total.finish_and_clear();
        }
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
}

/// Shows what happens to one target.
pub(super) struct Line {
    screen: Arc<Screen>,
    name: String,
    bar: Option<ProgressBar>,
    /// Which step runs of how many.
    steps: Mutex<String>,
    last_note: Mutex<Option<String>>,
}

impl Line {
    /// Says something to people, with the target's name, unless it was just said.
    fn note(&self, text: String) {
        let mut last = self
            .last_note
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if last.as_ref() != Some(&text) {
            let note = format!("{}: {text}", self.name);
            self.screen.above(|| self.screen.output.note(&note));
            *last = Some(text);
        }
    }
}

impl Observer for Line {
    fn event(&self, event: &Event<'_>) {
        self.screen.output.log(&self.name, event);
        if self.screen.output.logs_json() {
            return;
        }
        if let Some(text) = remark(event) {
            self.note(text);
        }
        if let Event::TriedAgain { step, error } = event {
            self.note(format!("{} is tried again: {error}", step.revision));
        }
        let Some(bar) = &self.bar else { return };
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        if let Event::StepStarted { number, total, .. } = event {
            *steps = format!("{number}/{total}");
        }
        if let Some(text) = running(event) {
            bar.set_message(format!("{steps} {text}"));
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let (Some(bar), Some(shown)) = (&self.bar, &self.screen.shown) {
            bar.finish_and_clear();
            shown.lines.remove(bar);
        }
    }
}
