//! From a byte offset to line and column.

/// Counts lines and columns while it moves forward through a text, so all positions of a text
/// together cost one pass.
#[derive(Debug, Clone)]
pub struct Position<'t> {
    text: &'t str,
    offset: usize,
    line: u32,
    column: u32,
}

impl<'t> Position<'t> {
    /// At the beginning of a text.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            // A byte order mark takes no column.
            offset: if text.starts_with('\u{feff}') { 3 } else { 0 },
            line: 1,
            column: 1,
        }
    }

    /// Line and column of `offset`, both from 1 on, the column in characters. `offset` must not lie
    /// before that of an earlier call.
    pub fn advance(&mut self, offset: usize) -> (u32, u32) {
        let passed = self.text.as_bytes().get(self.offset..offset);
        let passed = passed.unwrap_or_default();
        if let Some(last) = passed.iter().rposition(|&byte| byte == b'\n') {
            let lines = count(&passed[..=last], |byte| byte == b'\n');
            self.line = self.line.saturating_add(lines);
            self.column = 1;
            self.add_columns(&passed[last + 1..]);
        } else {
            self.add_columns(passed);
        }
        self.offset = self.offset.max(offset);
        (self.line, self.column)
    }

    fn add_columns(&mut self, passed: &[u8]) {
        // In UTF-8 every byte but the continuations 0x80..=0xbf starts a character.
        let characters = count(passed, |byte| byte & 0xc0 != 0x80);
        self.column = self.column.saturating_add(characters);
    }
}

fn count(bytes: &[u8], counts: impl Fn(u8) -> bool) -> u32 {
    let number = bytes.iter().filter(|&&byte| counts(byte)).count();
    u32::try_from(number).unwrap_or(u32::MAX)
}
