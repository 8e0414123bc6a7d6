//! Statements as the text of a script's section.

use dapter_plugin_api::Rendered;

/// Which statement does not stay one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unwritable(pub(crate) String);

/// The text of a section that holds these statements and no others, as the adapter splits it: one that it would take apart is
/// enclosed.
pub(crate) fn section<E>(
    rendered: &Rendered,
    comment: &str,
    mut split: impl FnMut(&str) -> Result<Vec<String>, E>,
) -> Result<Result<String, Unwritable>, E> {
    let mut text = String::new();
    if rendered.outside_transaction {
        text.push_str(&format!("{comment} dapter:transaction none\n"));
    }
    for (index, statement) in rendered.statements.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let statement = statement.trim_end().trim_end_matches(';');
        // A comment at its end must not hide the terminator.
        let ending = match statement.lines().next_back() {
            Some(last) if last.contains(comment) => "\n;\n",
            _ => ";\n",
        };
        let plain = format!("{statement}{ending}");
        let found = split(&plain)?;
        if matches!(found.as_slice(), [only] if only == statement) {
            text.push_str(&plain);
            continue;
        }
        let marks = [
            format!("{comment} dapter:statement"),
            format!("{comment} dapter:end"),
        ];
        if statement.lines().any(|line| line.trim() == marks[1]) {
            return Ok(Err(Unwritable(statement.to_owned())));
        }
        text.push_str(&format!("{}\n{statement}\n{}\n", marks[0], marks[1]));
    }
    Ok(Ok(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(statements: &[&str]) -> String {
        let rendered = Rendered {
            statements: statements.iter().map(|&text| text.to_owned()).collect(),
            outside_transaction: false,
        };
        let split = |text: &str| -> Result<Vec<String>, ()> {
            let parts = text.split(';').map(|part| part.trim().to_owned());
            Ok(parts.filter(|part| !part.is_empty()).collect())
        };
        section(&rendered, "--", split)
            .expect("splits")
            .expect("can be written")
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
