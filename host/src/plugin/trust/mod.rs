//! Trust: whose plugins are taken, and how far a file is trusted.
//!
//! [`TrustFile`] says whom the user trusts. What that means for a file is its [`Trust`].

mod file;
mod standing;

pub use file::{KeyStanding, Pinned, Revoked, Source, TRUST_FILE_NAME, TrustFile};
pub use standing::Trust;
