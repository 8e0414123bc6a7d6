//! Values with environment variables in them: `${NAME}`, `${NAME:-default}`, and `$$` for a dollar.

use std::fmt;

use super::error::InvalidValue;
use super::layers::Environment;

/// A text with places that the environment fills in.
///
/// It may hold a password, so its `Debug` shows only the names of its variables.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Variable {
        name: String,
        default: Option<String>,
    },
}

impl Template {
    /// A text without variables.
    pub(super) fn literal(text: String) -> Self {
        Self {
            pieces: vec![Piece::Literal(text)],
        }
    }

    /// Reads a template; the message of an error quotes no part of the text but a variable's name.
    pub(super) fn parse(text: &str) -> Result<Self, InvalidValue> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            push_literal(&mut pieces, &rest[..dollar]);
            let after = &rest[dollar + 1..];
            if let Some(after) = after.strip_prefix('$') {
                push_literal(&mut pieces, "$");
                rest = after;
            } else if let Some(after) = after.strip_prefix('{') {
                let (variable, after) = parse_variable(after)?;
                pieces.push(variable);
                rest = after;
            } else {
                return Err(InvalidValue::new(
                    "a lone `$` has no meaning",
                    "write `$$` for a dollar sign, `${NAME}` for an environment variable",
                ));
            }
        }
        push_literal(&mut pieces, rest);
        Ok(Self { pieces })
    }

    /// Fills in the variables; the values go in as they are.
    ///
    /// A default stands in for a variable that is unset or empty, as in a shell.
    ///
    /// # Errors
    /// The names of the variables that are not set and have no default.
    pub(super) fn expand(&self, environment: Environment<'_>) -> Result<String, Vec<String>> {
        let mut text = String::new();
        let mut unset = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Variable { name, default } => match (environment(name), default) {
                    (Some(value), _) if !value.is_empty() => text.push_str(&value),
                    (_, Some(default)) => text.push_str(default),
                    (Some(_), None) => {}
                    (None, None) => unset.push(name.clone()),
                },
            }
        }
        if unset.is_empty() {
            Ok(text)
        } else {
            Err(unset)
        }
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variables = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Variable { name, .. } => Some(name),
        });
        f.write_str("Template")?;
        f.debug_list().entries(variables).finish()
    }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    if let Some(Piece::Literal(literal)) = pieces.last_mut() {
        literal.push_str(text);
    } else if !text.is_empty() {
        pieces.push(Piece::Literal(text.to_owned()));
    }
}

/// Reads what follows `${`, and returns it with the text after its `}`.
fn parse_variable(text: &str) -> Result<(Piece, &str), InvalidValue> {
    const FORMS: &str = "write `${NAME}` or `${NAME:-default}`, and `$$` for a dollar sign";
    let (body, after) = text
        .split_once('}')
        .ok_or_else(|| InvalidValue::new("`${` without its `}`", FORMS))?;
    let name_length = body
        .find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
        .unwrap_or(body.len());
    let (name, operation) = body.split_at(name_length);
    if name.is_empty() || name.starts_with(|character: char| character.is_ascii_digit()) {
        return Err(InvalidValue::new(
            "`${` without the name of a variable",
            FORMS,
        ));
    }
    let default = match operation.strip_prefix(":-") {
        None if operation.is_empty() => None,
        Some(default) if !default.contains('$') => Some(default.to_owned()),
        Some(_) => {
            return Err(InvalidValue::new(
                format!("the default of `${{{name}}}` contains a `$`"),
                "a default is plain text, without a variable in it",
            ));
        }
        None => {
            return Err(InvalidValue::new(
                format!("unexpected text after the name in `${{{name}…}}`"),
                FORMS,
            ));
        }
    };
    let name = name.to_owned();
    Ok((Piece::Variable { name, default }, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn environment(name: &str) -> Option<String> {
        match name {
            "USER" => Some("crm".to_owned()),
            "EMPTY" => Some(String::new()),
            "ODD" => Some("p\"$${USER}\n%40".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn templates_and_their_expansion() {
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("${USER}", "crm"),
            ("<${USER}${USER}>", "<crmcrm>"),
            ("a$$b$${USER}", "a$b${USER}"),
            ("${NOPE:-local}/${USER:-x}", "local/crm"),
            ("${NOPE:-}", ""),
            ("${EMPTY}", ""),
            ("${EMPTY:-full}", "full"),
            ("${NOPE:-a:-b{c}", "a:-b{c"),
            ("${ODD}", "p\"$${USER}\n%40"),
        ] {
            let template = Template::parse(text).unwrap();
            assert_eq!(
                template.expand(&environment),
                Ok(expected.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn every_unset_variable_is_named() {
        let template = Template::parse("${A}${USER}${B}${C:-}").unwrap();
        assert_eq!(
            template.expand(&environment),
            Err(vec!["A".to_owned(), "B".to_owned()])
        );
    }

    #[test]
    fn mistakes_are_explained_without_quoting_the_text() {
        for (text, message) in [
            ("hunter2$", "a lone `$` has no meaning"),
            ("$hunter2", "a lone `$` has no meaning"),
            ("hunter2${USER", "`${` without its `}`"),
            ("${}hunter2", "`${` without the name of a variable"),
            ("${1A}", "`${` without the name of a variable"),
            (
                "${USER:?hunter2}",
                "unexpected text after the name in `${USER…}`",
            ),
            (
                "${USER-hunter2}",
                "unexpected text after the name in `${USER…}`",
            ),
            (
                "${USER:-${hunter2}}",
                "the default of `${USER}` contains a `$`",
            ),
        ] {
            let error = Template::parse(text).unwrap_err();
            assert_eq!(error.to_string(), message, "{text}");
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn debug_shows_only_the_variables() {
        let template = Template::parse("hunter2${USER}${PW:-hunter2}").unwrap();
        assert_eq!(format!("{template:?}"), r#"Template["USER", "PW"]"#);
    }

    proptest! {
        #[test]
        fn doubled_dollars_carry_any_text(text in any::<String>()) {
            let template = Template::parse(&text.replace('$', "$$")).unwrap();
            prop_assert_eq!(template.expand(&|_| None), Ok(text));
        }

        #[test]
        fn reading_never_panics(text in r"[$\{\}:\-A-Z0-9é]{0,12}") {
            if let Ok(template) = Template::parse(&text) {
                let _ = template.expand(&environment);
            }
        }
    }
}
