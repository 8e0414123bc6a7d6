//! Expressions over a column.

use super::dialect::{Dialect, Family};
use super::dice::Dice;

/// A condition that all invented rows meet. One of listed values names this one.
pub(crate) fn condition(
    dialect: Dialect,
    family: Family,
    column: &str,
    listed: &str,
    dice: &mut Dice,
) -> String {
    let some: Vec<String> = match family {
        Family::Number => vec![
            format!("{column} > 0"),
            format!("{column} BETWEEN 1 AND 900 AND {column} <> -5"),
            format!("{column} IN (1, 2, 3)"),
            format!("{column} * 2 > 1 OR {column} IS NULL"),
        ],
        Family::Text => vec![
            format!("{column} <> {}", dialect.text("it's; \"x\" \\ ü")),
            format!("length({column}) > 0"),
            format!("{column} <> '' AND NOT {column} = 'b'"),
            format!("lower({column}) NOT LIKE 'x%'"),
        ],
        Family::Listed => vec![
            format!(
                "{column} <> {} OR {column} IS NOT NULL",
                dialect.text(listed)
            ),
            format!("{column} IS NOT NULL"),
        ],
        Family::Day => vec![
            format!("{column} > '1999-12-31'"),
            format!("{column} IS NOT NULL"),
        ],
        Family::Other => vec![format!("{column} IS NOT NULL")],
    };
    dice.of_these(&some).clone()
}

/// Something computed from it, and the type that holds it; nothing if that has no simple form.
pub(crate) fn computed(
    dialect: Dialect,
    family: Family,
    column: &str,
    dice: &mut Dice,
) -> Option<(String, &'static str)> {
    let numbers = match dialect {
        Dialect::Sqlite => "NUMERIC",
        Dialect::Postgresql => "numeric",
        _ => "decimal(20,4)",
    };
    let texts = match dialect {
        Dialect::Sqlite | Dialect::Postgresql => "text",
        _ => "varchar(99)",
    };
    let joined = match dialect.is_mysql() {
        true => format!("concat({column}, '-')"),
        false => format!("{column} || '-'"),
    };
    Some(match family {
        Family::Number => {
            let some = [format!("{column} * 2"), format!("{column} * 3 - 1")];
            (dice.of_these(&some).clone(), numbers)
        }
        Family::Text => {
            let some = [format!("upper({column})"), joined];
            (dice.of_these(&some).clone(), texts)
        }
        _ => return None,
    })
}
