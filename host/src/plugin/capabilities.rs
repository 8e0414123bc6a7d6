//! Whether what an adapter says it can do makes sense (P12).

use dapter_plugin_api::{AdapterInfo, Capability};

/// The capabilities that are nothing without another one.
const NEEDS: [(Capability, Capability); 2] = [
    (Capability::TransactionalDdl, Capability::Transactions),
    (Capability::Trace, Capability::TransactionalDdl),
];

/// An adapter that declares a capability without the one that it is nothing without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it declares the capability `{declared}` and not `{needed}`, without which there is no such thing"
)]
pub struct Contradiction {
    /// What it declares.
    pub declared: Capability,
    /// What that needs.
    pub needed: Capability,
}

/// The first contradiction in what an adapter declares. Capabilities that are not known here are passed over.
#[must_use]
pub fn contradiction(adapter: &AdapterInfo) -> Option<Contradiction> {
    NEEDS
        .into_iter()
        .find(|&(declared, needed)| adapter.has(declared) && !adapter.has(needed))
        .map(|(declared, needed)| Contradiction { declared, needed })
}

#[cfg(test)]
mod tests {
    use super::contradiction;
    use dapter_plugin_api::AdapterInfo;

    #[test]
    fn what_is_nothing_without_another_is_refused() {
        for (capabilities, refused) in [
            ("", false),
            (r#""transactions""#, false),
            (
                r#""transactions","transactional-ddl","trace","of-tomorrow""#,
                false,
            ),
            (r#""transactional-ddl""#, true),
            (r#""transactions","trace""#, true),
        ] {
            let json = format!(
                r##"{{"key":"a","schemes":[],"extension":"sql","comment":"--","execution":"blocking","capabilities":[{capabilities}]}}"##
            );
            let adapter: AdapterInfo = serde_json::from_str(&json).expect("reads");
            assert_eq!(contradiction(&adapter).is_some(), refused, "{capabilities}");
        }
    }
}
