//! What the kit found, for programs.

use std::time::Duration;

use super::super::super::isolation::Place;
use dapter::api::ServerFacts;
use dapter::plugin::{Choice, Sha256};
use dapter::project::DatabaseUrl;
use dapter_conformance::{Case, KIT_VERSION, Outcome, Tested};
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
    pub(super) server: Option<ServerFacts>,
}

impl Facts {
    pub(super) fn of(choice: &Choice<'_>, bytes: &[u8]) -> Self {
        let name = choice.file.path.file_name();
        Facts {
            file: name.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            sha256: Sha256::of(bytes).to_string(),
            plugin: choice.plugin.name.clone(),
            version: choice.plugin.version.clone(),
            abi: choice.plugin.abi.clone(),
            target: choice.plugin.target.clone(),
            adapter: choice.adapter.key.clone(),
            server: None,
        }
    }
}

/// What came of all cases at one place.
pub(super) struct Run {
    pub(super) place: Place,
    pub(super) tested: Vec<Tested>,
}

impl Run {
    /// Whether a case has failed here.
    pub(super) fn has_failed(&self, case: &Case) -> bool {
        self.tested.iter().any(|tested| {
            let same = (tested.area, tested.behaviour) == (case.area(), case.behaviour());
            same && matches!(tested.outcome, Outcome::Failed(_))
        })
    }
}

/// What came of all cases.
pub(crate) struct Report {
    pub(super) facts: Facts,
    pub(super) filter: Option<String>,
    /// One for each place, in their order.
    pub(super) runs: Vec<Run>,
    pub(super) took: Duration,
    /// What a person should know besides.
    pub(super) remark: Option<String>,
    /// Whose secrets are taken out of every text.
    pub(super) url: Option<DatabaseUrl>,
}

impl Report {
    fn count(&self, wanted: impl Fn(&Outcome) -> bool) -> usize {
        self.runs
            .iter()
            .flat_map(|run| &run.tested)
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
        let isolation = match &self.runs[..] {
            [run] => run.place.name(),
            _ => "both",
        };
        let cases = self.runs.iter().flat_map(|run| {
            let tested = run.tested.iter();
            tested.map(|tested| self.case(run.place, tested))
        });
        let cases: Vec<Value> = cases.collect();
        json!({
            "kit": KIT_VERSION,
            "file": facts.file,
            "sha256": facts.sha256,
            "plugin": facts.plugin,
            "version": facts.version,
            "abi": facts.abi,
            "built_for": facts.target,
            "adapter": facts.adapter,
            "isolation": isolation,
            "server": server,
            "filter": self.filter,
            "passed": self.passed(),
            "failed": self.failed(),
            "skipped": self.skipped(),
            "duration_ms": milliseconds(self.took),
            "cases": cases,
        })
    }

    fn case(&self, place: Place, tested: &Tested) -> Value {
        let (outcome, failure, reason) = match &tested.outcome {
            Outcome::Passed => ("passed", None, None),
            Outcome::Skipped(skip) => ("skipped", None, Some(skip.to_string())),
            Outcome::Failed(failure) => ("failed", Some(failure), Some(failure.message.clone())),
        };
        let shown = |text: Option<&String>| text.map(|text| self.shown(text));
        json!({
            "area": tested.area,
            "behaviour": tested.behaviour,
            "isolation": place.name(),
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
