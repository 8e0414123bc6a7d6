//! docs/adapter-reference.md lists what the kit tests, and nothing else.

use dapter_conformance::behaviours;
use std::collections::BTreeSet;

const REFERENCE: &str = include_str!("../../../docs/adapter-reference.md");

#[test]
fn every_case_stands_in_the_reference_and_every_case_there_exists() {
    let cases: BTreeSet<String> = behaviours()
        .map(|(area, behaviour)| format!("{area}::{behaviour}"))
        .collect();
    let named: BTreeSet<String> = REFERENCE
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.contains("::"))
        .map(str::to_owned)
        .collect();
    let untold: Vec<_> = cases.difference(&named).collect();
    let unknown: Vec<_> = named.difference(&cases).collect();
    assert!(untold.is_empty(), "not in the reference: {untold:#?}");
    assert!(unknown.is_empty(), "no cases: {unknown:#?}");
}
