//! Problems found in files, gathered so that all of them are reported at once.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

/// One problem in one file.
///
/// The message is a lower-case fragment without a final full stop; what to do about it is the hint's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as the caller named it.
    pub path: PathBuf,
    /// The line, counted from 1; `None` means the file as a whole.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it, where something more can be said.
    pub hint: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

/// Every problem that was found, as one error.
///
/// Whoever makes one puts at least one diagnostic in and keeps the order in which a reader meets them: by file, then by
/// line. Its `Display` is one `path:line: message` for each, a hint on a line of its own below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Diagnostics};

    #[test]
    fn each_problem_is_a_line_and_each_hint_one_below_it() {
        let diagnostics = Diagnostics(vec![
            Diagnostic {
                path: "versions/a.sql".into(),
                line: Some(3),
                message: "unknown directive `revison`".into(),
                hint: Some("did you mean `revision`?".into()),
            },
            Diagnostic {
                path: "versions/b.sql".into(),
                line: None,
                message: "permission denied".into(),
                hint: None,
            },
        ]);
        assert_eq!(
            diagnostics.to_string(),
            "versions/a.sql:3: unknown directive `revison`\n  \
             hint: did you mean `revision`?\n\
             versions/b.sql: permission denied"
        );
    }
}
