//! Whether scripts do what they say: what one database is built of against another, and what came of trying every
//! revision both ways.

mod difference;
mod verified;

pub use difference::{Change, Difference, differences};
pub use verified::{Outcome, Verified};
