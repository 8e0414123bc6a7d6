//! What a script knows of itself while it is read: what it has made, and what its transaction holds.

use dapter_plugin_api::sql::{OwnNames, bare_name};
use std::collections::BTreeSet;

/// What the statements before this one have made and locked. Names are bare.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// What the script has made, views too.
    pub(super) own: OwnNames,
    /// Constraints that the open transaction has added without looking at the rows.
    not_valid: BTreeSet<String>,
    /// Tables of which the script has checked the rows.
    validated: BTreeSet<String>,
    /// Tables that the open transaction keeps everybody from, in order, as they are written.
    locked: Vec<String>,
}

impl Held {
    pub(super) fn add_not_valid(&mut self, constraint: &str) {
        self.not_valid.insert(bare_name(constraint));
    }

    /// Whether the open transaction has added the constraint.
    pub(super) fn has_added(&self, constraint: &str) -> bool {
        self.not_valid.contains(&bare_name(constraint))
    }

    pub(super) fn validate(&mut self, table: &str) {
        self.validated.insert(bare_name(table));
    }

    pub(super) fn is_validated(&self, table: &str) -> bool {
        self.validated.contains(&bare_name(table))
    }

    /// Notes that everybody is kept from a table to the end of the transaction, and returns another for which that is so.
    pub(super) fn lock(&mut self, table: &str) -> Option<String> {
        let bare = bare_name(table);
        let other = self.locked.iter().find(|other| bare_name(other) != bare);
        let other = other.cloned();
        if !self.locked.iter().any(|known| bare_name(known) == bare) {
            self.locked.push(table.to_owned());
        }
        // The first of several says enough.
        other.filter(|_| self.locked.len() == 2)
    }

    /// A table that everybody is kept from.
    pub(super) fn locked(&self) -> Option<&str> {
        self.locked.first().map(String::as_str)
    }

    /// The transaction has ended: its locks are gone.
    pub(super) fn end_transaction(&mut self) {
        self.locked.clear();
        self.not_valid.clear();
    }
}
