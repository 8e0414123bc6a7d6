//! The dry run: a plan as text.

use std::fmt;

use super::step::{Direction, Plan, Step, StepTransaction};

/// One line a step, then its statements, indented.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            step.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = match self.direction {
            Direction::Upgrade => '+',
            Direction::Downgrade => '-',
        };
        write!(f, "{arrow} {} {}", self.revision, self.message)?;
        match self.transaction {
            StepTransaction::Own => {}
            StepTransaction::Shared => f.write_str(" (one transaction for all)")?,
            StepTransaction::Parts => f.write_str(" (in parts, some statements alone)")?,
            StepTransaction::None => f.write_str(" (no transaction, statement by statement)")?,
        }
        writeln!(f)?;
        if self.done > 0 {
            writeln!(
                f,
                "    -- {} of {} statements are done already",
                self.done,
                self.statements.len()
            )?;
        }
        for statement in self.statements.iter().skip(self.done) {
            for line in statement.text.shown().lines() {
                writeln!(f, "    {line}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::step::PlannedStatement;
    use super::*;
    use crate::revision::RevisionId;
    use crate::script::{Checksum, ScriptTimeouts};

    #[test]
    fn a_dry_run_shows_what_is_left_of_each_step() {
        let statement = |text: &str| PlannedStatement {
            text: text.into(),
            line: 1,
            column: 1,
            alone: false,
        };
        let step = |id: &str, transaction, done, texts: &[&str]| Step {
            revision: RevisionId::parse(id).expect("an id"),
            message: "Do it".to_owned(),
            path: "versions/x.sql".into(),
            direction: Direction::Upgrade,
            transaction,
            timeouts: ScriptTimeouts::default(),
            checksum: Checksum::of(""),
            done,
            statements: texts.iter().map(|text| statement(text)).collect(),
        };
        let plan = Plan {
            direction: Direction::Upgrade,
            steps: vec![
                step("a1", StepTransaction::Own, 0, &["CREATE TABLE t (\n  a\n)"]),
                step("b2", StepTransaction::None, 1, &["VACUUM", "ANALYZE"]),
            ],
        };
        assert_eq!(
            plan.to_string(),
            "+ a1 Do it\n    CREATE TABLE t (\n      a\n    )\n\n\
             + b2 Do it (no transaction, statement by statement)\n    \
             -- 1 of 2 statements are done already\n    ANALYZE\n"
        );
    }
}
