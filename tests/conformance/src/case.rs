//! One promise of the contract, and how it is tested.

use crate::bench::Bench;
use crate::outcome::{Ended, Failure, Outcome, Skip};
use dapter_plugin_api::{AdapterInfo, Capability};
use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How a case ends.
pub(crate) type Verdict = Result<(), Ended>;

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

/// When a case runs among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Alone, before the others: it looks at the whole process.
    First,
    /// Beside others.
    Together,
    /// Alone, behind the others: it looks at what all of them have left.
    Last,
}

/// One case of the suite: a promise, and the adapter that it is tested on.
#[derive(Clone)]
pub struct Case {
    pub(crate) area: &'static str,
    pub(crate) behaviour: &'static str,
    pub(crate) turn: Turn,
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

    /// When it runs among the others.
    pub fn turn(&self) -> Turn {
        self.turn
    }

    /// Tests the promise, on databases of its own. A panic is a failure.
    pub fn test(&self) -> Outcome {
        // The bench holds nothing that a panic could leave half changed.
        let ended = catch_unwind(AssertUnwindSafe(|| (self.test)(&self.bench)));
        ended.map_or_else(
            |panic| {
                Outcome::Failed(Failure {
                    message: format!("it panicked: {}", said(&*panic)),
                    expected: None,
                    found: None,
                })
            },
            Outcome::from,
        )
    }

    /// Tests it where the subject is known to be complete.
    ///
    /// # Errors
    /// How the promise was broken, or which part of the subject is not there.
    pub fn demand(&self) -> Result<(), String> {
        match self.test() {
            Outcome::Failed(failure) => Err(failure.to_string()),
            Outcome::Skipped(skip @ Skip::Unsupplied(_)) => Err(skip.to_string()),
            Outcome::Passed | Outcome::Skipped(Skip::Inapplicable(_)) => Ok(()),
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it did not say why")
}
