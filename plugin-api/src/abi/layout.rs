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

#[cfg(test)]
mod tests {
    use super::super::raw::PortBox;
    use super::*;
    use abi_stable::std_types::{RResult, RVec};
    use abi_stable::type_layout::TLData;

    /// The boundary as ABI 1.0 has it, on a machine of 64 bits.
    const FROZEN: &str = include_str!("layout-1.0.txt");

    /// The size of a type in bytes, if every version has the same.
    fn extent(layout: &TypeLayout) -> String {
        match layout.is_prefix_kind() {
            true => format!("grows, by {}", layout.alignment()),
            false => format!("{} bytes by {}", layout.size(), layout.alignment()),
        }
    }

    /// Every field that has to do with the boundary: in which type it is, its own type, size and alignment.
    fn picture(layout: &'static TypeLayout, lines: &mut Vec<String>) {
        let owner = layout.full_type().to_string();
        let head = format!("{owner}: {}", extent(layout));
        if lines.contains(&head) {
            return;
        }
        lines.push(head);
        let mut fields: Vec<_> = match layout.data() {
            TLData::PrefixType(prefix) => {
                let count = prefix.first_suffix_field;
                lines.push(format!("{owner}: {count} fields that every version has"));
                prefix.fields.iter().collect()
            }
            _ => layout.get_fields().into_iter().flatten().collect(),
        };
        fields.extend(layout.phantom_fields());
        for field in &fields {
            let (name, of_type) = (field.name(), field.full_type());
            let extent = extent(field.layout());
            lines.push(format!("{owner}.{name}: {of_type}, {extent}"));
            for function in field.function_range() {
                let function = function.to_string().replace('\n', " ");
                lines.push(format!("{owner}.{}: {}", field.name(), function.trim_end()));
            }
        }
        for field in fields {
            picture(field.layout(), lines);
        }
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn what_plugins_in_the_field_were_compiled_against_is_still_there() {
        let mut lines = Vec::new();
        picture(<PluginModule_Ref as StableAbi>::LAYOUT, &mut lines);
        // Functions name what they take and give, and no more of it.
        picture(<PortBox as StableAbi>::LAYOUT, &mut lines);
        picture(
            <RResult<PortBox, RVec<u8>> as StableAbi>::LAYOUT,
            &mut lines,
        );
        let gone: Vec<&str> = FROZEN
            .lines()
            .filter(|frozen| !lines.iter().any(|line| line == frozen))
            .collect();
        assert!(
            gone.is_empty(),
            "plugins of ABI 1.0 would break; of the boundary these are gone or changed:\n{}\nit is now:\n{}",
            gone.join("\n"),
            lines.join("\n")
        );
    }
}
