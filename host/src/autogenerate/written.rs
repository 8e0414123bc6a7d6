//! Statements as the text of a script's section.

use dapter_plugin_api::Rendered;

/// Which statement does not stay one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unwritable(pub(crate) String);

/// A statement with its terminator.
pub(crate) fn terminated(statement: &str, comment: &str) -> String {
    let statement = bare(statement);
    // A comment at its end must not hide the terminator.
    let ending = match statement.lines().next_back() {
        Some(last) if last.contains(comment) => "\n;\n",
        _ => ";\n",
    };
    format!("{statement}{ending}")
}

/// Whether these parts, which an adapter found in the terminated statements, are the statements and nothing else.
pub(crate) fn are_whole(statements: &[String], found: &[&str]) -> bool {
    found
        .iter()
        .copied()
        .eq(statements.iter().map(|it| bare(it)))
}

/// The text of a section that holds these statements and no others. Those that do not stay whole are enclosed.
pub(crate) fn section(
    rendered: &Rendered,
    comment: &str,
    are_whole: &[bool],
) -> Result<String, Unwritable> {
    let [open, close] = ["statement", "end"].map(|it| format!("{comment} dapter:{it}"));
    let statements = rendered.statements.iter().zip(are_whole);
    let written: Result<Vec<String>, Unwritable> = statements
        .map(|(statement, is_whole)| {
            let statement = bare(statement);
            if *is_whole {
                return Ok(terminated(statement, comment));
            }
            match statement.lines().any(|line| line.trim() == close) {
                true => Err(Unwritable(statement.to_owned())),
                false => Ok(format!("{open}\n{statement}\n{close}\n")),
            }
        })
        .collect();
    let head = match rendered.outside_transaction {
        true => format!("{comment} dapter:transaction none\n"),
        false => String::new(),
    };
    Ok(head + &written?.join("\n"))
}

fn bare(statement: &str) -> &str {
    statement.trim_end().trim_end_matches(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(statements: &[&str]) -> String {
        let rendered = Rendered {
            statements: statements.iter().map(|&text| text.to_owned()).collect(),
            outside_transaction: false,
        };
        let stays_whole = |statement: &String| {
            let text = terminated(statement, "--");
            let parts: Vec<&str> = text.split(';').map(str::trim).collect();
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            are_whole(std::slice::from_ref(statement), &parts)
        };
        let stay_whole: Vec<bool> = rendered.statements.iter().map(stays_whole).collect();
        section(&rendered, "--", &stay_whole).expect("can be written")
    }

    #[test]
    fn statements_stay_what_they_are() {
        assert_eq!(
            written(&["SELECT 1", "SELECT 2;"]),
            "SELECT 1;\n\nSELECT 2;\n"
        );
        assert_eq!(
            written(&["DO a; b"]),
            "-- dapter:statement\nDO a; b\n-- dapter:end\n"
        );
    }
}
