//! A column that is called otherwise, wherever a schema names it.

use dapter_plugin_api::schema::{Column, Index, Key, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, Schema};

/// Calls a column of a table otherwise, wherever the schema names it. Expressions name it as those of `like` do.
pub(crate) fn call_column(
    schema: &mut Schema,
    of: &ObjectName,
    (old, new): (&str, &str),
    like: Option<&Table>,
) {
    let ignores_case = schema.rules.names_ignore_case;
    let mut written = Written {
        old,
        new,
        ignores_case,
        spelled: None,
    };
    if let Some(table) = like {
        let mut spelled = None;
        each_expression(&mut table.clone(), &mut |text| {
            let mut pieces = pieces(text).into_iter();
            let own = pieces.find(|piece| {
                let name = piece.name();
                name.is_some_and(|(_, name)| written.is_same(&name, new))
            });
            spelled = spelled.take().or(own.map(|piece| piece.text().to_owned()));
        });
        written.spelled = spelled;
    }
    for object in &mut schema.objects {
        let is_own = object.kind == SchemaObject::TABLE && object.name == *of;
        for needed in &mut object.depends_on {
            if needed.kind == SchemaObject::TABLE && needed.name == *of {
                rename_all(&mut needed.columns, old, new);
            }
        }
        let refers = |table: &Table| table.foreign_keys.iter().any(|key| key.table == *of);
        if (is_own || object.as_table().is_some_and(refers))
            && let Some(table) = object.as_table_mut()
        {
            for key in &mut table.foreign_keys {
                if key.table == *of {
                    rename_all(&mut key.references, old, new);
                }
            }
            if is_own {
                within(table, &written);
            }
        }
    }
}

/// A name that takes the place of another one in expressions.
struct Written<'n> {
    old: &'n str,
    new: &'n str,
    /// Whether names that differ only in their case are the same.
    ignores_case: bool,
    /// How it is written there, if that is known; else it stands in quotes.
    spelled: Option<String>,
}

impl Written<'_> {
    fn is_same(&self, one: &str, other: &str) -> bool {
        match self.ignores_case {
            true => one.eq_ignore_ascii_case(other),
            false => one == other,
        }
    }
}

/// Renames a column within its table. Databases write expressions anew that name it, and so does this.
fn within(table: &mut Table, written: &Written<'_>) {
    let Written { old, new, .. } = *written;
    for column in &mut table.columns {
        rename(&mut column.name, old, new);
    }
    for check in &mut table.checks {
        rename(&mut check.column, old, new);
    }
    let keys = table.primary_key.iter_mut().chain(&mut table.uniques);
    for Key {
        columns, include, ..
    } in keys
    {
        columns
            .iter_mut()
            .for_each(|part| rename(&mut part.column, old, new));
        rename_all(include, old, new);
    }
    for key in &mut table.foreign_keys {
        rename_all(&mut key.columns, old, new);
        rename_all(&mut key.on_delete_columns, old, new);
    }
    for Index {
        columns, include, ..
    } in &mut table.indexes
    {
        columns
            .iter_mut()
            .for_each(|part| rename(&mut part.column, old, new));
        rename_all(include, old, new);
    }
    each_expression(table, &mut |expression| in_expression(expression, written));
}

fn rename(name: &mut String, old: &str, new: &str) {
    if name == old {
        new.clone_into(name);
    }
}

fn rename_all(names: &mut [String], old: &str, new: &str) {
    names.iter_mut().for_each(|name| rename(name, old, new));
}

pub(super) fn each_expression(table: &mut Table, with: &mut dyn FnMut(&mut String)) {
    for Column { generated, .. } in &mut table.columns {
        generated.iter_mut().for_each(|it| with(&mut it.expression));
    }
    let keys = table.primary_key.iter_mut().chain(&mut table.uniques);
    let parts = keys.flat_map(|key| &mut key.columns);
    parts.for_each(|part| with(&mut part.expression));
    for check in &mut table.checks {
        with(&mut check.expression);
    }
    for exclusion in &mut table.exclusions {
        with(&mut exclusion.definition);
    }
    for index in &mut table.indexes {
        index
            .columns
            .iter_mut()
            .for_each(|part| with(&mut part.expression));
        index.predicate.iter_mut().for_each(&mut *with);
    }
    with(&mut table.partitioning.by);
}

/// Replaces a name in an expression, wherever it is a word by itself and no text.
fn in_expression(expression: &mut String, written: &Written<'_>) {
    let mut text = String::with_capacity(expression.len());
    for piece in pieces(expression) {
        let is_old = |(_, name): &(char, String)| written.is_same(name, written.old);
        match (piece.name().filter(is_old), &written.spelled) {
            (None, _) => text.push_str(piece.text()),
            (Some(_), Some(spelled)) => text.push_str(spelled),
            (Some((quote, _)), None) => {
                let doubled = written.new.replace(quote, &format!("{quote}{quote}"));
                text.push_str(&format!("{quote}{doubled}{quote}"));
            }
        }
    }
    *expression = text;
}

/// What an expression is made of, as far as names are concerned.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'t> {
    /// A name or a keyword.
    Word(&'t str),
    /// A name with its quotes.
    Quoted(&'t str),
    /// Texts and everything else.
    Other(&'t str),
}

impl<'t> Piece<'t> {
    pub(super) fn text(&self) -> &'t str {
        match self {
            Piece::Word(text) | Piece::Quoted(text) | Piece::Other(text) => text,
        }
    }

    /// The name that it is, and the quotes that it needs if it needs some.
    pub(super) fn name(&self) -> Option<(char, String)> {
        match self {
            Piece::Word(word) => Some(('"', (*word).to_owned())),
            Piece::Quoted(quoted) => Some(unquoted(quoted)),
            Piece::Other(_) => None,
        }
    }
}

pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    pieces_with(text, escape(text))
}

/// What stands before a quote in the texts of an expression, or of a type that lists them.
pub(super) fn escape(text: &str) -> Option<char> {
    // Who quotes names so, or lists values so, writes quotes and backslashes in texts behind backslashes.
    let lists = text.starts_with("enum(") || text.starts_with("set(");
    (lists || quotes_with_backticks(text)).then_some('\\')
}

/// Whether names are in such quotes, and not only such signs in names and texts.
fn quotes_with_backticks(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '"', '`']) {
        rest = &rest[at..];
        let end = match rest.as_bytes().first() {
            Some(b'\'') => quoted_end(rest, '\'', Some('\\')),
            Some(b'"') => quoted_end(rest, '"', None),
            _ => return true,
        };
        rest = &rest[end..];
    }
    false
}

pub(super) fn pieces_with(text: &str, escape: Option<char>) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let end = match first {
            '"' | '`' => quoted_end(rest, first, None),
            '\'' => quoted_end(rest, first, escape),
            _ if is_part(first) => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (piece, behind) = rest.split_at(end);
        pieces.push(match first {
            '"' | '`' => Piece::Quoted(piece),
            _ if is_part(first) => Piece::Word(piece),
            _ => Piece::Other(piece),
        });
        rest = behind;
    }
    pieces
}

/// Where something quoted ends, within which a quote is written twice, or behind an escape.
fn quoted_end(text: &str, quote: char, escape: Option<char>) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if Some(c) == escape {
            chars.next();
        } else if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

/// The quotes of a name, and the name.
fn unquoted(quoted: &str) -> (char, String) {
    let quote = if quoted.starts_with('`') { '`' } else { '"' };
    let name = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let doubled = format!("{quote}{quote}");
    (quote, name.replace(&doubled, &quote.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_an_expression_is_a_word_by_itself() {
        let table = [
            ("name <> ''", "title <> ''"),
            ("lower(name) = 'name'", "lower(title) = 'name'"),
            ("\"name\" || first_name", "title || first_name"),
            ("name_2 > name", "name_2 > title"),
            ("`name` = 'it\\'s name'", "title = 'it\\'s name'"),
        ];
        for (before, after) in table {
            let written = Written {
                old: "name",
                new: "title",
                ignores_case: false,
                spelled: Some("title".to_owned()),
            };
            let mut expression = before.to_owned();
            in_expression(&mut expression, &written);
            assert_eq!(expression, after);
        }
    }

    #[test]
    fn a_name_that_needs_quotes_gets_those_of_its_place() {
        let table = [
            ("a > 1", "\"x\"\"y\" > 1"),
            ("`a` > 1", "`x\"y` > 1"),
            ("\"A\" > 1", "\"x\"\"y\" > 1"),
        ];
        for (before, after) in table {
            let written = Written {
                old: "a",
                new: "x\"y",
                ignores_case: true,
                spelled: None,
            };
            let mut expression = before.to_owned();
            in_expression(&mut expression, &written);
            assert_eq!(expression, after);
        }
    }
}
