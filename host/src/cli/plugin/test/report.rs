//! What the kit found, for programs.

use std::time::Duration;

use super::super::super::isolation::Place;
use dapter::api::ServerFacts;
use dapter::plugin::{Choice, Sha256};
use dapter::project::DatabaseUrl;
use dapter_conformance::{KIT_VERSION, Outcome, Tested};
use serde_json::{Value, json};

/// What was tested.
pub(super) struct Facts {
    pub(super) file: String,
    pub(super) sha256: String,
    pub(super) plugin: String,
    pub(super) version: String,
    pub(super) abi: String,
    pub(super) target: String,
    pub(super) adapter: String,
    /// Where the adapter ran: `in-process` or `process`.
    pub(super) isolation: &'static str,
    pub(super) server: Option<ServerFacts>,
}

impl Facts {
    pub(super) fn of(choice: &Choice<'_>, place: Place, bytes: &[u8]) -> Self {
        let name = choice.file.path.file_name();
        Facts {
            file: name.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            sha256: Sha256::of(bytes).to_string(),
            plugin: choice.plugin.name.clone(),
            version: choice.plugin.version.clone(),
            abi: choice.plugin.abi.clone(),
            target: choice.plugin.target.clone(),
            adapter: choice.adapter.key.clone(),
            isolation: place.name(),
            server: None,
        }
    }
}

/// What came of all cases.
pub(crate) struct Report {
    pub(super) facts: Facts,
    pub(super) filter: Option<String>,
    pub(super) tested: Vec<Tested>,
    pub(super) took: Duration,
    /// What a person should know besides.
    pub(super) remark: Option<String>,
    /// Whose secrets are taken out of every text.
    pub(super) url: Option<DatabaseUrl>,
}

impl Report {
    fn count(&self, wanted: impl Fn(&Outcome) -> bool) -> usize {
        self.tested
            .iter()
            .filter(|tested| wanted(&tested.outcome))
            .count()
    }

    pub(crate) fn passed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Passed))
    }

    /// How many promises are broken.
    pub(crate) fn failed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed(_)))
    }

    pub(crate) fn skipped(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Skipped(_)))
    }

    /// A text of the adapter, without the secrets of the URL.
    pub(super) fn shown(&self, text: &str) -> String {
        match &self.url {
            Some(url) => url.redact(text),
            None => text.to_owned(),
        }
    }

    /// The report as JSON. It is bound to the file by its hash; times and places of this machine are no part of it.
    pub(super) fn document(&self) -> Value {
        let facts = &self.facts;
        let server = facts
            .server
            .as_ref()
            .map(|server| json!({"product": server.product, "version": server.version}));
        let cases: Vec<Value> = self.tested.iter().map(|tested| self.case(tested)).collect();
        json!({
            "kit": KIT_VERSION,
            "file": facts.file,
            "sha256": facts.sha256,
            "plugin": facts.plugin,
            "version": facts.version,
            "abi": facts.abi,
            "built_for": facts.target,
            "adapter": facts.adapter,
            "isolation": facts.isolation,
            "server": server,
            "filter": self.filter,
            "passed": self.passed(),
            "failed": self.failed(),
            "skipped": self.skipped(),
            "duration_ms": milliseconds(self.took),
            "cases": cases,
        })
    }

    fn case(&self, tested: &Tested) -> Value {
        let (outcome, failure, reason) = match &tested.outcome {
            Outcome::Passed => ("passed", None, None),
            Outcome::Skipped(skip) => ("skipped", None, Some(skip.to_string())),
            Outcome::Failed(failure) => ("failed", Some(failure), Some(failure.message.clone())),
        };
        let shown = |text: Option<&String>| text.map(|text| self.shown(text));
        json!({
            "area": tested.area,
            "behaviour": tested.behaviour,
            "outcome": outcome,
            "reason": shown(reason.as_ref()),
            "expected": shown(failure.and_then(|failure| failure.expected.as_ref())),
            "found": shown(failure.and_then(|failure| failure.found.as_ref())),
            "duration_ms": milliseconds(tested.took),
        })
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
