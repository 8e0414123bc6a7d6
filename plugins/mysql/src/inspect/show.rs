//! What `SHOW CREATE` tells.

use super::catalog::Catalog;
use super::table::must_be_shown;
use crate::answer::ResultSet;
use crate::connection::Connection;
use crate::error::failed;
use crate::fingerprint::NEUTRAL;
use crate::literal;
use crate::session::Session;
use dapter_plugin_api::{Result, Severity};
use std::collections::BTreeMap;

/// So many definitions are asked for in one message.
const AT_ONCE: usize = 200;

/// What can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Table,
    View,
    Sequence,
    Function,
    Procedure,
    Trigger,
    Event,
    Package,
    PackageBody,
}

impl Kind {
    /// By the word that the catalog has for it; anything else that has rows is a table.
    pub(super) fn of(word: &str) -> Kind {
        match word {
            "VIEW" | "SYSTEM VIEW" => Kind::View,
            "SEQUENCE" => Kind::Sequence,
            "FUNCTION" => Kind::Function,
            "PROCEDURE" => Kind::Procedure,
            "PACKAGE" => Kind::Package,
            "PACKAGE BODY" => Kind::PackageBody,
            _ => Kind::Table,
        }
    }

    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Kind::Table => "TABLE",
            Kind::View => "VIEW",
            Kind::Sequence => "SEQUENCE",
            Kind::Function => "FUNCTION",
            Kind::Procedure => "PROCEDURE",
            Kind::Trigger => "TRIGGER",
            Kind::Event => "EVENT",
            Kind::Package => "PACKAGE",
            Kind::PackageBody => "PACKAGE BODY",
        }
    }

    /// In which columns of the answer the SQL mode, the time zone and the definition stand.
    const fn columns(self) -> (Option<usize>, Option<usize>, usize) {
        match self {
            Kind::Table | Kind::View | Kind::Sequence => (None, None, 1),
            Kind::Function
            | Kind::Procedure
            | Kind::Trigger
            | Kind::Package
            | Kind::PackageBody => (Some(1), None, 2),
            Kind::Event => (Some(1), Some(2), 3),
        }
    }
}

/// A definition as the server writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// The statement; empty where the user may not see it.
    pub(super) text: String,
    /// The SQL mode by which it is read.
    pub(super) mode: String,
    /// The time zone of its times.
    pub(super) time_zone: String,
}

/// Definitions by kind and name.
pub(super) type Definitions = BTreeMap<(Kind, String), Shown>;

impl<C: Connection> Session<C> {
    /// Asks for the definitions of all objects that the catalog does not tell all of.
    pub(super) async fn definitions(&mut self, catalog: &Catalog) -> Result<Definitions> {
        let wanted = wanted(catalog);
        let mut definitions = Definitions::new();
        for some in wanted.chunks(AT_ONCE) {
            let mut batch = vec![NEUTRAL.to_owned()];
            batch.extend(some.iter().map(|(kind, name)| {
                let (database, name) = (literal::name(&self.database), literal::name(name));
                format!("SHOW CREATE {} {database}.{name}", kind.keyword())
            }));
            self.neutral = true;
            let answer = self.send(batch).await;
            self.be_as_before().await?;
            let sets = answer.whole().map_err(failed)?;
            for ((kind, name), set) in some.iter().zip(sets.into_iter().skip(1)) {
                let shown = shown(*kind, set);
                if shown.text.is_empty() {
                    let told = format!(
                        "the definition of {} {name} is not shown to this user, and is left empty",
                        kind.keyword().to_lowercase()
                    );
                    self.notices.push(Severity::Warning, told);
                }
                definitions.insert((*kind, name.clone()), shown);
            }
        }
        Ok(definitions)
    }
}

fn wanted(catalog: &Catalog) -> Vec<(Kind, String)> {
    let tables = must_be_shown(catalog);
    let tables = tables.into_iter().map(|name| (Kind::Table, name));
    let others = catalog
        .tables
        .iter()
        .filter_map(|table| match Kind::of(&table.kind) {
            Kind::Table => None,
            kind => Some((kind, table.name.clone())),
        });
    let routines = catalog.routines.iter();
    let routines = routines.map(|(kind, name)| (Kind::of(kind), name.clone()));
    let triggers = catalog.triggers.iter();
    let triggers = triggers.map(|trigger| (Kind::Trigger, trigger.name.clone()));
    let events = catalog.events.iter();
    let events = events.map(|event| (Kind::Event, event.name.clone()));
    tables
        .chain(others)
        .chain(routines)
        .chain(triggers)
        .chain(events)
        .collect()
}

fn shown(kind: Kind, set: ResultSet) -> Shown {
    let row = set.rows.into_iter().next().unwrap_or_default();
    let cell = |at: Option<usize>| {
        let value = at.and_then(|at| row.cells().nth(at)).flatten();
        String::from_utf8_lossy(value.unwrap_or_default()).into_owned()
    };
    let (mode, time_zone, text) = kind.columns();
    Shown {
        text: cell(Some(text)),
        mode: cell(mode),
        time_zone: cell(time_zone),
    }
}
