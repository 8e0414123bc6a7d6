//! Makes the hooks of a run ready before it changes anything.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::core::Core;
use super::planning;
use crate::error::MigrationError;
use crate::execute::{
    Event, HookAct, HookCommands, Locked, PreparedHook, PreparedHooks, RunFailure, facts_of_failure,
};
use crate::lint::{LintFinding, lint_text};
use crate::plan::PlannedStatement;
use crate::project::{HookAction, HookActions, HookPoint, Origin};
use crate::script::ScriptError;

type Result<T> = std::result::Result<T, MigrationError>;

/// How much of the statements of a hook a message shows, in characters.
const SHOWN: usize = 60;

/// What is done before and after the steps of a run, and who runs its commands.
#[derive(Clone)]
pub(super) struct Hooks {
    pub(super) actions: HookActions,
    pub(super) commands: Arc<dyn HookCommands>,
}

impl Core {
    /// The hooks with their files read and their statements split.
    pub(super) async fn prepared_hooks(&self) -> Result<PreparedHooks> {
        let Some(Hooks { actions, commands }) = &self.hooks else {
            return Ok(PreparedHooks::default());
        };
        let mut prepared = PreparedHooks {
            commands: Some(Arc::clone(commands)),
            ..PreparedHooks::default()
        };
        for (point, actions) in actions {
            let mut hooks = Vec::new();
            for action in actions {
                hooks.push(self.prepared_hook(action).await?);
            }
            prepared.hooks.insert(*point, hooks);
        }
        Ok(prepared)
    }

    async fn prepared_hook(&self, action: &HookAction) -> Result<PreparedHook> {
        Ok(match action {
            HookAction::Command(words) => PreparedHook {
                what: words.join(" "),
                act: HookAct::Command(words.clone()),
            },
            HookAction::Sql(text) => PreparedHook {
                what: beginning(&text.value),
                act: HookAct::Statements(
                    self.hook_statements(Path::new("dapter.toml"), &text.value)
                        .await?,
                ),
            },
            HookAction::File(path) => {
                let text = self.hook_file(path).await?;
                PreparedHook {
                    what: path.display().to_string(),
                    act: HookAct::Statements(self.hook_statements(path, &text).await?),
                }
            }
        })
    }

    async fn hook_file(&self, path: &Path) -> Result<String> {
        let file = path.to_owned();
        let text = self.blocking(move || fs::read_to_string(file)).await;
        let text = text.map_err(|source| ScriptError::Io {
            action: "read the hook",
            path: path.to_owned(),
            source,
        });
        Ok(text?)
    }

    /// What the statements of hooks do to a live system. Those that stand in `dapter.toml` are found where they begin.
    pub(super) async fn lint_hooks(&self) -> Result<Vec<LintFinding>> {
        let options = self.settings.connect_options();
        let mut actions: Vec<(HookPoint, &HookAction)> = Vec::new();
        for (point, of_point) in self.hooks.iter().flat_map(|hooks| &hooks.actions) {
            actions.extend(of_point.iter().map(|action| (*point, action)));
        }
        let mut findings = Vec::new();
        for (point, action) in actions {
            let (found, place) = match action {
                HookAction::Command(_) => continue,
                HookAction::File(path) => {
                    let text = self.hook_file(path).await?;
                    (lint_text(path, &text, &self.adapter, &options).await?, None)
                }
                HookAction::Sql(text) => {
                    let path = Path::new("dapter.toml");
                    let found = lint_text(path, &text.value, &self.adapter, &options).await?;
                    (found, Some(&text.origin))
                }
            };
            findings.extend(found.into_iter().map(|finding| LintFinding {
                message: format!("{} (hook {point})", finding.message),
                direction: point.direction(),
                ..match place {
                    Some(origin) => at(finding, origin),
                    None => finding,
                }
            }));
        }
        Ok(findings)
    }

    async fn hook_statements(&self, path: &Path, text: &str) -> Result<Vec<PlannedStatement>> {
        let options = self.settings.connect_options();
        let text = Arc::new(text.to_owned());
        planning::text_statements(path, &text, &self.adapter, &options).await
    }

    /// Runs the hooks of a run that failed; what fails of them is told, and changes nothing about the failure.
    pub(super) async fn hook_failure(
        &self,
        hooks: &PreparedHooks,
        locked: &mut Locked,
        failure: &RunFailure,
    ) {
        let error = format!("{failure}: {}", failure.error.message);
        let facts = facts_of_failure(
            failure.direction,
            failure.revision.as_ref(),
            failure.path.as_ref(),
            error,
        );
        let context = self.context();
        let failures = hooks
            .run_on_failure(&facts, locked.session(), &context)
            .await;
        for (what, error) in failures {
            let error = self.redacted(error);
            self.observer.event(&Event::HookFailed {
                what: &what,
                error: &error,
            });
        }
    }
}

/// A finding at the place where its text was said.
fn at(finding: LintFinding, origin: &Origin) -> LintFinding {
    match origin {
        Origin::File {
            path, line, column, ..
        } => LintFinding {
            path: path.clone(),
            line: *line,
            column: *column,
            ..finding
        },
        _ => finding,
    }
}

fn beginning(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line.to_owned(),
    }
}
