//! The steps from a database's URL to an open adapter, and the code that each has in messages.

use std::fmt;

/// A step of finding, checking and loading a plugin. The first that fails ends it, and its code stands in the message.
///
/// The codes are part of the interface: a code never changes its meaning. Up to [`Signature`](Step::Signature) no step
/// runs anything of the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// P01: which file is meant.
    Resolve,
    /// P02: what its headers and tables say, without running any of it.
    Static,
    /// P03: who else can write the file.
    Permissions,
    /// P04: whether it is the file that was installed or locked.
    Hash,
    /// P05: whether its publisher signed it.
    Signature,
    /// P06: how it behaves in another process, the first time.
    Probe,
    /// P07: the system maps the library and resolves its symbols.
    Map,
    /// P08: the header that it exports.
    Header,
    /// P09: the version of the boundary, and the layout of its types.
    Abi,
    /// P10: its own first code.
    Start,
    /// P11: whether the code is what its descriptor says.
    Described,
    /// P12: whether what an adapter says it can do makes sense.
    Capabilities,
    /// P13: an adapter is made.
    Open,
}

impl Step {
    /// All steps, in their order.
    pub const ALL: [Step; 13] = [
        Step::Resolve,
        Step::Static,
        Step::Permissions,
        Step::Hash,
        Step::Signature,
        Step::Probe,
        Step::Map,
        Step::Header,
        Step::Abi,
        Step::Start,
        Step::Described,
        Step::Capabilities,
        Step::Open,
    ];

    /// The code in messages, in JSON and in `docs/plugins.md`: `P01` and so on.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Step::Resolve => "P01",
            Step::Static => "P02",
            Step::Permissions => "P03",
            Step::Hash => "P04",
            Step::Signature => "P05",
            Step::Probe => "P06",
            Step::Map => "P07",
            Step::Header => "P08",
            Step::Abi => "P09",
            Step::Start => "P10",
            Step::Described => "P11",
            Step::Capabilities => "P12",
            Step::Open => "P13",
        }
    }

    /// What the step does, in a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Step::Resolve => "the file is chosen",
            Step::Static => "the file is inspected, nothing of it runs",
            Step::Permissions => "nobody else can write it",
            Step::Hash => "it is the file that was installed or locked",
            Step::Signature => "its publisher signed it",
            Step::Probe => "it is tried in another process",
            Step::Map => "the system loads the library",
            Step::Header => "its header is read",
            Step::Abi => "its interface is compared with this dapter's",
            Step::Start => "it starts",
            Step::Described => "its code is what its descriptor says",
            Step::Capabilities => "what its adapters can do makes sense",
            Step::Open => "the adapter is made",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn the_codes_count_up_in_the_order_of_the_steps() {
        for (index, step) in Step::ALL.into_iter().enumerate() {
            assert_eq!(step.code(), format!("P{:02}", index + 1));
        }
        assert!(Step::ALL.is_sorted());
    }

    #[test]
    fn the_documentation_lists_the_steps() {
        let listed = include_str!("../../../docs/plugins.md").lines();
        let listed: Vec<&str> = listed.filter(|line| line.starts_with("| P")).collect();
        assert_eq!(listed.len(), Step::ALL.len());
        for (row, step) in listed.into_iter().zip(Step::ALL) {
            let beginning = format!("| {step} | {} |", step.title());
            assert!(
                row.starts_with(&beginning),
                "{beginning} is not how this begins: {row}"
            );
        }
    }
}
