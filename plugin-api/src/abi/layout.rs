//! Whether the types of a plugin's boundary are those of this side, whichever of the two is older.

use super::raw::PluginModule_Ref;
use abi_stable::StableAbi;
use abi_stable::abi_stability::abi_checking::{
    AbiInstability, AbiInstabilityErrors, CheckingGlobals, check_layout_compatibility_with_globals,
};
use abi_stable::type_layout::{TLFieldOrFunction, TypeLayout};

/// Compares the boundary's types with those of a plugin, whichever of the two is older.
pub(super) fn check_layout(theirs: &'static TypeLayout) -> Result<(), String> {
    let ours = <PluginModule_Ref as StableAbi>::LAYOUT;
    let check = |interface, implementation| {
        check_layout_compatibility_with_globals(interface, implementation, &CheckingGlobals::new())
    };
    let Err(newer) = check(ours, theirs) else {
        return Ok(());
    };
    let Err(older) = check(theirs, ours) else {
        return Ok(());
    };
    // What is allowed in one direction is reported by the other alone; the rest is what stands in the way.
    let (newer, older) = (differences(&newer), differences(&older));
    let places: Vec<&str> = older.iter().map(|(place, _)| place.as_str()).collect();
    let common = newer
        .iter()
        .filter(|(place, _)| places.contains(&place.as_str()));
    let lines: Vec<String> = common
        .map(|(place, what)| format!("`{place}`: {what}"))
        .collect();
    Err(summary(lines))
}

/// The first differences in one line, of the hundreds that there can be.
fn summary(mut lines: Vec<String>) -> String {
    let more = lines.len().saturating_sub(3);
    lines.truncate(3);
    let mut line = lines.join("; ");
    if more > 0 {
        line.push_str(&format!("; and {more} more"));
    }
    line
}

/// Where two layouts differ and how, each once.
fn differences(errors: &AbiInstabilityErrors) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for error in &errors.errors {
        let place: Vec<&str> = error
            .stack_trace
            .iter()
            .filter_map(|step| match &step.expected {
                TLFieldOrFunction::Field(field) => Some(field.name()),
                TLFieldOrFunction::Function(_) => None,
            })
            .collect();
        let place = place.join(".");
        for difference in &error.errs {
            let difference = (place.clone(), describe(difference));
            if !found.contains(&difference) {
                found.push(difference);
            }
        }
    }
    found
}

fn describe(difference: &AbiInstability) -> String {
    match difference {
        AbiInstability::UnexpectedField(e) => format!(
            "expected `{}`, found `{}`",
            e.expected.name(),
            e.found.name()
        ),
        AbiInstability::FieldCountMismatch(e) => {
            format!("expected {} fields, found {}", e.expected, e.found)
        }
        AbiInstability::Size(e) => format!("expected {} bytes, found {}", e.expected, e.found),
        AbiInstability::Name(e) => format!("expected type {}, found {}", e.expected, e.found),
        other => {
            let text = format!("{other:?}");
            text.split(['(', ' ', '{'])
                .next()
                .unwrap_or_default()
                .to_owned()
        }
    }
}
