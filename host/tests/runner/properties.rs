//! Whatever the graph, wherever one goes: the database holds what a model of it says.

use std::collections::BTreeSet;

use dapter::plan::{Direction, Plan};
use dapter::project::TransactionMode;
use dapter::{MigrationError, Migrator, Report};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::{Database, Project, memory};

/// The parents of each revision, by number; all of them smaller.
type Parents = Vec<BTreeSet<usize>>;

#[derive(Debug, Clone, Copy)]
enum Operation {
    Upgrade,
    Downgrade,
    Stamp,
}

/// What a database should hold.
#[derive(Debug, Default)]
struct Model {
    applied: BTreeSet<usize>,
    /// The revisions whose values are there: a stamp runs nothing.
    present: BTreeSet<usize>,
}

fn name(number: usize) -> String {
    format!("n{number}")
}

fn names(numbers: &BTreeSet<usize>) -> Vec<String> {
    numbers.iter().copied().map(name).collect()
}

fn project(parents: &Parents) -> Project {
    let project = Project::new();
    for (number, parents) in parents.iter().enumerate() {
        let revises = match parents.is_empty() {
            true => String::new(),
            false => format!("revises {}", names(parents).join(", ")),
        };
        let name = name(number);
        let put = (0..=number % 3).map(|value| format!("put {name}.{value} {number}"));
        let del = (0..=number % 3).map(|value| format!("del {name}.{value}"));
        let (put, del): (Vec<String>, Vec<String>) = (put.collect(), del.collect());
        let borrow = |lines: &[String]| lines.join("\n");
        project.script(&name, &revises, &[&borrow(&put)], &[&borrow(&del)]);
    }
    project
}

/// A revision and all below it.
fn below(parents: &Parents, from: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut found = from.clone();
    for number in (0..parents.len()).rev() {
        if found.contains(&number) {
            found.extend(&parents[number]);
        }
    }
    found
}

/// All above a revision.
fn above(parents: &Parents, from: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::from([from]);
    for (number, parents) in parents.iter().enumerate() {
        if !found.is_disjoint(parents) {
            found.insert(number);
        }
    }
    found.remove(&from);
    found
}

impl Model {
    fn upgrade(&mut self, parents: &Parents, to: usize) {
        let needed = below(parents, &BTreeSet::from([to]));
        self.present.extend(needed.difference(&self.applied));
        self.applied.extend(needed);
    }

    fn downgrade(&mut self, parents: &Parents, to: usize) {
        for number in above(parents, to) {
            if self.applied.remove(&number) {
                self.present.remove(&number);
            }
        }
    }

    fn stamp(&mut self, parents: &Parents, to: usize) {
        let related = below(parents, &BTreeSet::from([to]))
            .union(&above(parents, to))
            .copied()
            .collect();
        let is_head = |number: &usize| above(parents, *number).is_disjoint(&self.applied);
        let heads: BTreeSet<usize> = self.applied.iter().copied().filter(is_head).collect();
        let unrelated = heads.difference(&related).copied().collect();
        self.applied = below(parents, &unrelated);
        self.applied.extend(below(parents, &BTreeSet::from([to])));
    }

    fn assert_holds(&self, database: &Database) -> Result<(), TestCaseError> {
        let content = database.content();
        let rows: BTreeSet<String> = content
            .rows
            .iter()
            .map(|row| row.revision.clone())
            .collect();
        prop_assert_eq!(rows, names(&self.applied).into_iter().collect());
        let present = self
            .present
            .iter()
            .flat_map(|number| (0..=number % 3).map(move |value| format!("n{number}.{value}")));
        prop_assert_eq!(
            content.values.into_keys().collect::<BTreeSet<_>>(),
            present.collect()
        );
        prop_assert_eq!(database.history().lock, None);
        Ok(())
    }
}

/// The report of a run must say what its plan said.
fn run(
    migrator: &Migrator,
    direction: Direction,
    to: &str,
) -> Result<(Plan, Report), MigrationError> {
    let plan = migrator.plan(direction, to)?;
    let report = match direction {
        Direction::Upgrade => migrator.upgrade(to),
        Direction::Downgrade => migrator.downgrade(to),
    };
    Ok((plan, report.expect("what can be planned can be run")))
}

fn assert_as_planned(plan: &Plan, report: &Report) -> Result<(), TestCaseError> {
    let planned: Vec<_> = plan
        .steps
        .iter()
        .map(|step| (&step.revision, step.statements.len()))
        .collect();
    let reported: Vec<_> = report
        .steps
        .iter()
        .map(|step| (&step.revision, step.statements))
        .collect();
    prop_assert_eq!(planned, reported);
    Ok(())
}

fn graphs() -> impl Strategy<Value = Parents> {
    let parents = |number: usize| prop::collection::btree_set(0..number.max(1), 0..=2.min(number));
    (1..7_usize).prop_flat_map(move |size| (0..size).map(parents).collect::<Vec<_>>())
}

fn operations() -> impl Strategy<Value = Vec<(Operation, Index)>> {
    let operation = select(vec![
        Operation::Upgrade,
        Operation::Upgrade,
        Operation::Downgrade,
        Operation::Stamp,
    ]);
    prop::collection::vec((operation, any::<Index>()), 1..10)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_database_holds_what_its_model_says(
        parents in graphs(),
        operations in operations(),
        mode in select(TransactionMode::ALL.to_vec()),
    ) {
        let (database, project) = (Database::new(), project(&parents));
        let migrator = database.migrator_in(mode, &memory(), &project);
        let mut model = Model::default();
        for (operation, index) in operations {
            let number = index.index(parents.len());
            let to = name(number);
            match operation {
                Operation::Upgrade => {
                    let (plan, report) = run(&migrator, Direction::Upgrade, &to).expect("any revision can be reached");
                    assert_as_planned(&plan, &report)?;
                    model.upgrade(&parents, number);
                }
                Operation::Downgrade if model.applied.contains(&number) => {
                    let (plan, report) = run(&migrator, Direction::Downgrade, &to).expect("it is applied");
                    assert_as_planned(&plan, &report)?;
                    model.downgrade(&parents, number);
                }
                Operation::Downgrade => prop_assert!(migrator.downgrade(&to).is_err(), "it is not applied"),
                Operation::Stamp => {
                    migrator.stamp(to.as_str()).expect("any revision can be recorded");
                    model.stamp(&parents, number);
                }
            }
            model.assert_holds(&database)?;
        }
        migrator.downgrade("base").expect("all can be undone");
        prop_assert_eq!(database.applied(), "");
    }
}
