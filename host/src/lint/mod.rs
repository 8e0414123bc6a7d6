//! What scripts do to a live system: the adapter's findings at their places in the scripts, and what scripts allow.
//!
//! The host knows no language of a database: rules are the adapter's
//! ([`Capability::Lint`](dapter_plugin_api::Capability::Lint)). Here findings get file and line, `dapter:allow` is
//! applied, and what destroys data is picked out of a plan. Nothing here asks a database.

mod allowed;
mod check;
mod consent;
mod finding;
mod place;

pub use check::{lint_script, lint_text};
pub use consent::Consent;
pub(crate) use consent::destroying;
pub use finding::LintFinding;
