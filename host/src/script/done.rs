//! A checksum over the statements of a step that have taken effect.

use std::fmt;

use sha2::{Digest, Sha256};

use super::checksum::Checksum;

/// A running checksum over statements, each in normal form; equal only for the same statements in the same order.
///
/// Written as `statements1-sha256:` and 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Default)]
pub struct DoneChecksum(Sha256);

impl DoneChecksum {
    /// Adds the next statement.
    pub fn add(&mut self, statement: &str) {
        self.0.update(Checksum::of(statement).bytes());
    }
}

impl fmt::Display for DoneChecksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("statements1-sha256:")?;
        for byte in self.0.clone().finalize() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(statements: &[&str]) -> String {
        let mut checksum = DoneChecksum::default();
        statements
            .iter()
            .for_each(|statement| checksum.add(statement));
        checksum.to_string()
    }

    #[test]
    fn statements_count_with_their_order_and_limits_but_not_their_line_ends() {
        assert_eq!(of(&["a\r\nb", "c"]), of(&["a\nb  ", "c"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
        assert_ne!(of(&["ab"]), of(&["a", "b"]));
    }
}
