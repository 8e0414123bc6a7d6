//! Everything that is checked of a plugin's file before any of it runs, step by step.

use super::capabilities::contradiction;
use super::catalog::{PluginFile, Standing};
use super::expected::Expected;
use super::inspect_error::REPORT;
use super::load_error::{LoadError, LoadProblem};
use super::opened::Opened;
use super::ready::Ready;
use super::step::Step;
use super::trust::Trust;

/// The steps that run nothing of a plugin.
const STEPS: [Step; 6] = [
    Step::Resolve,
    Step::Static,
    Step::Permissions,
    Step::Hash,
    Step::Signature,
    Step::Capabilities,
];

/// A step, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedStep {
    /// The step.
    pub step: Step,
    /// What came of it.
    pub outcome: StepOutcome,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepOutcome {
    /// It is well.
    Passed,
    /// There was nothing to check, or a step before has failed.
    Skipped {
        /// Why.
        why: String,
    },
    /// It is not.
    Failed {
        /// What is wrong.
        message: String,
        /// What to do about it.
        hint: String,
    },
}

impl PluginFile {
    /// Checks everything that can be checked without running any of it (P01 to P05, and P12 of its descriptor), down to the
    /// last byte.
    #[must_use]
    pub fn check(&self) -> Vec<CheckedStep> {
        let failure = self.first_failure();
        STEPS
            .into_iter()
            .map(|step| CheckedStep {
                step,
                outcome: self.outcome(step, failure.as_ref()),
            })
            .collect()
    }

    fn outcome(&self, step: Step, failure: Option<&Failure>) -> StepOutcome {
        if let Some(failure) = failure
            && failure.step <= step
        {
            return match failure.step == step {
                true => StepOutcome::Failed {
                    message: failure.message.clone(),
                    hint: failure.hint.clone(),
                },
                false => StepOutcome::Skipped {
                    why: "a step before has failed".to_owned(),
                },
            };
        }
        let why = match step {
            Step::Hash if self.expected.sha256.is_none() => "nobody has said what its hash is",
            Step::Signature if self.expected.signature.is_none() => {
                "it has no signature of a key that is trusted"
            }
            _ => return StepOutcome::Passed,
        };
        StepOutcome::Skipped {
            why: why.to_owned(),
        }
    }

    fn first_failure(&self) -> Option<Failure> {
        match &self.standing {
            Standing::Broken(problem) => Some(Failure {
                step: problem.step(),
                message: problem.to_string(),
                hint: problem.hint(),
            }),
            Standing::Refused(refusal) => Some(Failure {
                step: refusal.step(),
                message: refusal.to_string(),
                hint: refusal.hint(),
            }),
            Standing::Usable | Standing::Shadowed { .. } => {
                self.not_ready().or_else(|| self.contradiction())
            }
        }
    }

    fn not_ready(&self) -> Option<Failure> {
        // Whatever is remembered of it: who asks wants it read.
        let expected = Expected {
            remembered_in: None,
            ..self.expected.clone()
        };
        let problem = Ready::of(&self.path, &expected).err()?;
        let (step, message) = (problem.step(), problem.to_string());
        let error = LoadError {
            path: self.path.clone(),
            problem,
        };
        Some(Failure {
            step,
            message,
            hint: error.hint(),
        })
    }

    /// The first adapter whose capabilities contradict themselves.
    fn contradiction(&self) -> Option<Failure> {
        let mut adapters = self.descriptor.iter().flat_map(|plugin| &plugin.adapters);
        let (key, found) = adapters.find_map(|one| Some((&one.key, contradiction(one)?)))?;
        Some(Failure {
            step: Step::Capabilities,
            message: format!("of the adapter `{key}`: {found}"),
            hint: REPORT.to_owned(),
        })
    }

    /// How far it is trusted, now that all of it is read: one that is not what it should be is modified.
    #[must_use]
    pub fn confirmed_trust(&self) -> Trust {
        if self.expected.is_nothing() || matches!(self.trust, Trust::Revoked { .. }) {
            return self.trust.clone();
        }
        let checked = Opened::open(&self.path)
            .map_err(LoadProblem::from)
            .and_then(|opened| self.expected.check(&opened.file));
        match checked {
            Err(LoadProblem::Changed { .. } | LoadProblem::Signature(_)) => Trust::Modified,
            // One that cannot be read is not modified, and says itself what is wrong.
            _ => self.trust.clone(),
        }
    }
}

struct Failure {
    step: Step,
    message: String,
    hint: String,
}
