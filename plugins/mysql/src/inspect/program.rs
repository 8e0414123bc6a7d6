//! Routines, triggers and events: their text is the server's, but for the beginning.

use super::catalog::TriggerRow;
use super::qualified::unquoted;
use super::show::{Kind, Shown};
use crate::render::name;
use dapter_plugin_api::schema::{Body, Definition, Dependency, ObjectName, SchemaObject};
use dapter_plugin_api::sql::{Lexer, Rules, Token, TokenKind, quote_string};

/// By whom and under which settings objects are made and looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Setting {
    /// Who looks: `user@host`.
    pub(super) user: String,
    /// The SQL mode of sessions of this target.
    pub(super) mode: String,
}

/// The tokens of a definition that mean something.
pub(super) fn tokens(text: &str) -> Vec<(Token, &str)> {
    let tokens = Lexer::new(text, &Rules::MARIADB).filter(|token| {
        let opens = matches!(
            token.kind,
            TokenKind::ExecutableCommentStart | TokenKind::ExecutableCommentEnd
        );
        !token.is_trivia() && !opens
    });
    tokens.map(|token| (token, token.text(text))).collect()
}

/// Where a definition's keyword stands, and its definer as it is written, if that is not who looks.
pub(super) fn head<'t>(
    tokens: &[(Token, &'t str)],
    keyword: &str,
    text: &'t str,
    user: &str,
) -> Option<(usize, String)> {
    let is = |at: usize, word: &str| {
        tokens
            .get(at)
            .is_some_and(|(_, text)| text.eq_ignore_ascii_case(word))
    };
    let first = keyword.split(' ').next().unwrap_or_default();
    let at = (1..tokens.len()).find(|&at| is(at, first))?;
    let Some(definer) = (0..at).find(|&at| is(at, "DEFINER")) else {
        return Some((at, String::new()));
    };
    let mut end = definer + 2;
    let mut of = unquoted(tokens.get(end)?.1);
    // The host is a token of its own, or a variable's name where it is not in quotes.
    if let Some((token, host)) = tokens
        .get(end + 1)
        .filter(|(_, text)| text.starts_with('@'))
    {
        end += 1;
        of.push_str(host);
        if *host == "@" {
            end += 1;
            of.push_str(&unquoted(tokens.get(end)?.1));
        } else if token.kind == TokenKind::Variable {
            of = format!(
                "{}@{}",
                of.split('@').next().unwrap_or_default(),
                unquoted(host.trim_start_matches('@'))
            );
        }
    }
    let written = text.get(tokens[definer + 2].0.start..tokens[end].0.end)?;
    let written = match of == user {
        true => String::new(),
        false => format!("DEFINER={written} "),
    };
    Some((at, written))
}

/// A routine, an event or a package.
pub(super) fn program(kind: Kind, called: &str, shown: &Shown, setting: &Setting) -> SchemaObject {
    let tokens = tokens(&shown.text);
    let written =
        head(&tokens, kind.keyword(), &shown.text, &setting.user).and_then(|(at, definer)| {
            let aggregate = match tokens
                .get(at.checked_sub(1)?)?
                .1
                .eq_ignore_ascii_case("AGGREGATE")
            {
                true => "AGGREGATE ",
                false => "",
            };
            let words = kind.keyword().split(' ').count();
            let name_ends = tokens.get(at + words)?.0.end;
            let rest = shown.text.get(name_ends..)?;
            Some(format!(
                "CREATE {definer}{aggregate}{} {}{rest}",
                kind.keyword(),
                name(called)
            ))
        });
    object(kind, called, written, shown, setting)
}

/// A trigger; `behind` is the one that comes before it at the same moment. Its beginning is kept as somebody wrote it, and
/// does not count when two are compared.
pub(super) fn trigger(
    row: &TriggerRow,
    behind: Option<&str>,
    shown: &Shown,
    setting: &Setting,
) -> SchemaObject {
    let tokens = tokens(&shown.text);
    let order = behind.map_or_else(String::new, |behind| format!("FOLLOWS {} ", name(behind)));
    let head = head(&tokens, "TRIGGER", &shown.text, &setting.user);
    let written = head.and_then(|(at, definer)| {
        let (ends, body) = body(&tokens, &shown.text)?;
        let told = format!(
            "TRIGGER {} {} {} ON {} FOR EACH ROW",
            name(&row.name),
            row.timing,
            row.event,
            name(&row.table)
        );
        let original = shown.text.get(tokens.get(at)?.0.start..ends)?;
        // A name with its database before it would say where the trigger is.
        let own = match original.contains('.') {
            true => told.as_str(),
            false => original,
        };
        // What stands before the body is kept where nothing has to.
        let blank = shown
            .text
            .get(ends..)
            .map_or(" ", |rest| &rest[..rest.len() - rest.trim_start().len()]);
        let whole = |beginning: &str, blank: &str| match order.as_str() {
            "" => format!("CREATE {definer}{beginning}{blank}{body}"),
            order => format!("CREATE {definer}{beginning} {order}{body}"),
        };
        Some((whole(own, blank), whole(&told, " ")))
    });
    let (written, canonical) = written.unzip();
    let mut object = object(Kind::Trigger, &row.name, written, shown, setting);
    if let Body::Definition(definition) = &mut object.body {
        definition.canonical = canonical.map(|told| under(told, shown, setting).join(";\n"));
    }
    let needed = |kind: &str, name: &str| Dependency {
        kind: kind.to_owned(),
        name: ObjectName::plain(name),
        columns: Vec::new(),
    };
    let table = needed(SchemaObject::TABLE, &row.table);
    object.depends_on.push(table);
    let behind = behind.map(|behind| needed("trigger", behind));
    object.depends_on.extend(behind);
    object
}

/// Where `FOR EACH ROW` ends, and what a trigger does: what stands behind that and its place among others.
fn body<'t>(tokens: &[(Token, &'t str)], text: &'t str) -> Option<(usize, &'t str)> {
    let is = |at: usize, word: &str| {
        let token = tokens.get(at);
        token.is_some_and(|(_, text)| text.eq_ignore_ascii_case(word))
    };
    let each =
        (0..tokens.len()).find(|&at| is(at, "FOR") && is(at + 1, "EACH") && is(at + 2, "ROW"))?;
    let mut at = each + 3;
    if is(at, "FOLLOWS") || is(at, "PRECEDES") {
        at += 2;
    }
    let body = text.get(tokens.get(at)?.0.start..)?;
    Some((tokens[each + 2].0.end, body))
}

/// An event of its definition, without the moment when it was made, which differs wherever it is made anew.
pub(super) fn event(
    called: &str,
    starts_at_once: bool,
    shown: &Shown,
    setting: &Setting,
) -> SchemaObject {
    let mut shown = shown.clone();
    let starts = " STARTS '";
    if let Some(at) = shown.text.find(starts).filter(|_| starts_at_once) {
        let behind = &shown.text[at + starts.len()..];
        let end = behind.find('\'').map_or(0, |end| end + 1);
        shown.text.replace_range(at..at + starts.len() + end, "");
    }
    // The time zone says nothing where there is no time.
    let usual = |text: &str| {
        text.replace(" ON COMPLETION NOT PRESERVE", "")
            .replacen(" ENABLE", "", 1)
    };
    if let Some((before, body)) = shown.text.split_once(" DO ") {
        let timed = before.contains('\'');
        let text = format!("{} DO {body}", usual(before));
        shown.text = text;
        if !timed {
            shown.time_zone.clear();
        }
    }
    program(Kind::Event, called, &shown, setting)
}

fn object(
    kind: Kind,
    called: &str,
    written: Option<String>,
    shown: &Shown,
    setting: &Setting,
) -> SchemaObject {
    SchemaObject {
        kind: kind.keyword().to_lowercase(),
        name: ObjectName::plain(called),
        body: Body::Definition(Definition {
            create: written.map_or_else(Vec::new, |written| under(written, shown, setting)),
            ..Definition::default()
        }),
        ..SchemaObject::default()
    }
}

/// The statements that make something under the settings that it has.
fn under(written: String, shown: &Shown, setting: &Setting) -> Vec<String> {
    let mut before = Vec::new();
    let mut after = Vec::new();
    let settings = [
        (
            "sql_mode",
            shown.mode.as_str(),
            setting.mode.as_str(),
            false,
        ),
        ("time_zone", shown.time_zone.as_str(), "SYSTEM", true),
    ];
    for (variable, value, usual, left_out) in settings {
        if value == usual || (left_out && value.is_empty()) {
            continue;
        }
        let value = quote_string(value, &Rules::MARIADB);
        before.push(format!(
            "SET @saved_{variable} = @@{variable}, {variable} = {value}"
        ));
        after.push(format!("SET {variable} = @saved_{variable}"));
    }
    before.push(written);
    before.extend(after);
    before
}

/// A statement that makes an object, for another name of it.
pub(crate) fn renamed(statement: &str, keyword: &str, to: &str) -> Option<String> {
    let tokens = tokens(statement);
    if !tokens.first()?.1.eq_ignore_ascii_case("CREATE") {
        return None;
    }
    let (at, _) = head(&tokens, keyword, statement, "")?;
    let old = tokens.get(at + keyword.split(' ').count())?.0;
    let (before, behind) = (statement.get(..old.start)?, statement.get(old.end..)?);
    Some(format!("{before}{}{behind}", name(to)))
}

/// A statement that makes a trigger, with its place before another one. One behind yet another is in that place anyway.
pub(crate) fn preceding(statement: &str, other: &str) -> Option<String> {
    let tokens = tokens(statement);
    let (ends, body) = body(&tokens, statement)?;
    let head = statement.get(..ends)?;
    let has_place = !statement[ends..].trim_start().starts_with(body);
    (!has_place).then(|| format!("{head} PRECEDES {} {body}", name(other)))
}
