//! One promise of the contract, and how it is tested.

use crate::bench::Bench;
use dapter_plugin_api::{AdapterInfo, Capability};
use libtest_mimic::{Failed, Trial};
use std::fmt;
use std::sync::Arc;

/// How a case ends.
pub(crate) type Verdict = Result<(), Failed>;

/// A promise as the module of its area lists it.
pub(crate) struct Promise {
    pub(crate) behaviour: &'static str,
    pub(crate) gate: Gate,
    pub(crate) test: fn(&Bench) -> Verdict,
}

/// For which adapters a promise holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Gate {
    All,
    Declared(Capability),
    Undeclared(Capability),
}

impl Gate {
    pub(crate) fn admits(self, info: &AdapterInfo) -> bool {
        match self {
            Gate::All => true,
            Gate::Declared(capability) => info.has(capability),
            Gate::Undeclared(capability) => !info.has(capability),
        }
    }
}

/// Lists functions as promises that hold for the adapters of one gate, each under its own name.
macro_rules! promises {
    ($gate:expr => $($test:ident),+ $(,)?) => {
        &[$($crate::case::Promise { behaviour: stringify!($test), gate: $gate, test: $test }),+]
    };
}
pub(crate) use promises;

/// One case of the suite: a promise, and the adapter that it is tested on.
pub struct Case {
    pub(crate) area: &'static str,
    pub(crate) behaviour: &'static str,
    pub(crate) test: fn(&Bench) -> Verdict,
    pub(crate) bench: Arc<Bench>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name()).finish()
    }
}

impl Case {
    /// The part of the contract that it belongs to: `history`, `transactions`, …
    pub fn area(&self) -> &'static str {
        self.area
    }

    /// What is promised, as one word.
    pub fn behaviour(&self) -> &'static str {
        self.behaviour
    }

    /// Its full name, `conformance::<adapter>::<area>::<behaviour>`.
    pub fn name(&self) -> String {
        format!(
            "conformance::{}::{}::{}",
            self.bench.info().key,
            self.area,
            self.behaviour
        )
    }

    /// Tests the promise, on databases of its own.
    ///
    /// # Errors
    /// How the promise was broken.
    pub fn test(&self) -> Result<(), Failed> {
        (self.test)(&self.bench)
    }

    /// The case for a test harness.
    pub fn into_trial(self) -> Trial {
        Trial::test(self.name(), move || self.test())
    }
}
