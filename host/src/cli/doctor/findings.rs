//! What was looked at, and what came of it.

use serde::Serialize;
use serde_json::Value;

use super::super::failure_document;
use super::super::output::Failure;
use super::super::paths::from_here;

/// Whether somebody has to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Nobody has.
    Ok,
    /// Somebody should look at it.
    Warning,
    /// Runs fail because of it.
    Problem,
}

impl Outcome {
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// One thing that was looked at. The members are part of the interface.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    /// What was looked at; a name never changes its meaning.
    pub(super) check: &'static str,
    /// The target that it is about.
    pub(super) target: Option<String>,
    pub(super) outcome: Outcome,
    pub(super) message: String,
    /// What to do next.
    pub(super) hint: Option<String>,
}

/// Everything that was looked at, in that order.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn ok(&mut self, check: &'static str, target: Option<&str>, message: String) {
        self.add(check, target, Outcome::Ok, message, None);
    }

    pub(super) fn warn(
        &mut self,
        check: &'static str,
        target: Option<&str>,
        message: String,
        hint: &str,
    ) {
        self.add(
            check,
            target,
            Outcome::Warning,
            message,
            Some(hint.to_owned()),
        );
    }

    pub(super) fn problem(
        &mut self,
        check: &'static str,
        target: Option<&str>,
        message: String,
        hint: &str,
    ) {
        self.add(
            check,
            target,
            Outcome::Problem,
            message,
            Some(hint.to_owned()),
        );
    }

    /// What a command would have failed with: a problem for each that it names.
    pub(super) fn failed(&mut self, check: &'static str, target: Option<&str>, failure: &Failure) {
        let document = failure_document::document(failure);
        let error = &document["error"];
        let mut parts = vec![said(&error["message"])];
        for cause in error["causes"].as_array().into_iter().flatten() {
            parts.push(said(cause));
        }
        let problems = error["problems"].as_array();
        for problem in problems.into_iter().flatten() {
            let place = match (&problem["path"], &problem["line"]) {
                (Value::String(path), Value::Number(line)) => format!("{path}:{line}: "),
                (Value::String(path), _) => format!("{path}: "),
                _ => String::new(),
            };
            let message = from_here(&format!("{place}{}", said(&problem["message"])));
            let hint = problem["hint"].as_str().map(str::to_owned);
            self.add(check, target, Outcome::Problem, message, hint);
        }
        if problems.is_none_or(Vec::is_empty) {
            let hint = error["hint"].as_str().map(from_here);
            let message = from_here(&parts.join(": "));
            self.add(check, target, Outcome::Problem, message, hint);
        }
    }

    /// What to do about the last finding, if it does not say so itself.
    pub(super) fn advise(&mut self, hint: &str) {
        if let Some(last) = self.0.last_mut() {
            last.hint.get_or_insert_with(|| hint.to_owned());
        }
    }

    fn add(
        &mut self,
        check: &'static str,
        target: Option<&str>,
        outcome: Outcome,
        message: String,
        hint: Option<String>,
    ) {
        self.0.push(Finding {
            check,
            target: target.map(str::to_owned),
            outcome,
            message,
            hint,
        });
    }
}

fn said(text: &Value) -> String {
    text.as_str().unwrap_or_default().to_owned()
}
