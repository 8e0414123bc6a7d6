//! The findings, as a table.

use std::fmt;

/// The findings so far.
pub(crate) struct Table {
    rows: Vec<Row>,
}

struct Row {
    what: String,
    measured: String,
    goal: String,
    met: Option<bool>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a figure that must not be greater than its goal.
    pub(crate) fn at_most(&mut self, what: impl Into<String>, figure: f64, goal: f64, unit: &str) {
        self.rows.push(Row {
            what: what.into(),
            measured: format!("{figure:.2} {unit}"),
            goal: format!("at most {goal} {unit}"),
            met: Some(figure <= goal),
        });
    }

    /// Adds a count that must not be greater than another's.
    pub(crate) fn no_more(&mut self, what: impl Into<String>, count: u64, than: u64) {
        self.rows.push(Row {
            what: what.into(),
            measured: count.to_string(),
            goal: format!("at most {than}"),
            met: Some(count <= than),
        });
    }

    /// Adds a figure without a goal, or a word on one that could not be measured.
    pub(crate) fn note(&mut self, what: impl Into<String>, measured: impl Into<String>) {
        self.rows.push(Row {
            what: what.into(),
            measured: measured.into(),
            goal: String::new(),
            met: None,
        });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |cell: fn(&Row) -> &String| {
            let widths = self.rows.iter().map(|row| cell(row).chars().count());
            widths.max().unwrap_or_default()
        };
        let (what, measured, goal) = (
            width(|row| &row.what),
            width(|row| &row.measured),
            width(|row| &row.goal),
        );
        for row in &self.rows {
            let met = match row.met {
                Some(true) => "met",
                Some(false) => "MISSED",
                None => "",
            };
            let line = format!(
                "{:what$}  {:>measured$}  {:goal$}  {met}",
                row.what, row.measured, row.goal
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
