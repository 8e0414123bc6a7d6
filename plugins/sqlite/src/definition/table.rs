//! What `CREATE TABLE` says.

use super::reading::{
    at_bracket, expression, index_parts, last_name, name, names, phrase, token, word,
};
use dapter_plugin_api::ObjectName;
use dapter_plugin_api::schema::{
    Check, Column, Deferral, ForeignKey, Generated, Identity, IndexPart, Key, ReferentialAction,
    Table,
};
use dapter_plugin_api::sql::Phrase;

/// The table that a statement makes.
pub(crate) fn table(sql: &str) -> Option<Table> {
    let mut phrase = phrase(sql);
    if !phrase.accept(&["CREATE"]) {
        return None;
    }
    if !phrase.accept(&["TEMP"]) {
        phrase.accept(&["TEMPORARY"]);
    }
    if !phrase.accept(&["TABLE"]) {
        return None;
    }
    phrase.accept(&["IF", "NOT", "EXISTS"]);
    last_name(&mut phrase)?;
    let list = phrase.bracketed()?;
    let mut table = Table::default();
    for part in list.parts() {
        definition(part, &mut table)?;
    }
    while !phrase.is_at_end() {
        let option = match (
            phrase.accept(&["STRICT"]),
            phrase.accept(&["WITHOUT", "ROWID"]),
        ) {
            (true, _) => "strict",
            (_, true) => "without rowid",
            _ => return None,
        };
        table.options.insert(option.to_owned(), String::new());
        phrase.accept_symbol(",");
    }
    table.sort();
    Some(table)
}

/// A column or a constraint. Constraints may follow each other without a comma.
fn definition(mut phrase: Phrase<'_>, table: &mut Table) -> Option<()> {
    const CONSTRAINTS: &[&[&str]] = &[
        &["CONSTRAINT"],
        &["PRIMARY", "KEY"],
        &["UNIQUE"],
        &["CHECK"],
        &["FOREIGN", "KEY"],
    ];
    if CONSTRAINTS.iter().any(|words| phrase.at(words)) {
        while !phrase.is_at_end() {
            constraint(&mut phrase, table)?;
        }
        return Some(());
    }
    let name = name(&mut phrase)?;
    let data_type = data_type(&mut phrase)?;
    let mut column = Column {
        name,
        data_type,
        ..Column::default()
    };
    while !phrase.is_at_end() {
        column_constraint(&mut phrase, &mut column, table)?;
    }
    table.columns.push(column);
    Some(())
}

/// Words, then one or two numbers in brackets.
fn data_type(phrase: &mut Phrase<'_>) -> Option<String> {
    const ENDS: &[&str] = &[
        "CONSTRAINT",
        "PRIMARY",
        "NOT",
        "NULL",
        "UNIQUE",
        "CHECK",
        "DEFAULT",
        "COLLATE",
        "REFERENCES",
        "GENERATED",
        "AS",
    ];
    let mut words = Vec::new();
    while !phrase.is_at_end() && !at_bracket(phrase) {
        if ENDS.iter().any(|end| phrase.at(&[end])) {
            break;
        }
        words.push(name(phrase)?.to_ascii_uppercase());
    }
    let mut written = words.join(" ");
    if let Some(size) = expression(phrase) {
        written.push_str(&format!("({size})"));
    }
    Some(written)
}

fn column_constraint(
    phrase: &mut Phrase<'_>,
    column: &mut Column,
    table: &mut Table,
) -> Option<()> {
    let called = constraint_name(phrase)?;
    if phrase.accept(&["PRIMARY", "KEY"]) {
        let mut part = IndexPart::column(&column.name);
        part.descending = !phrase.accept(&["ASC"]) && phrase.accept(&["DESC"]);
        let key = key(phrase, called, vec![part])?;
        if phrase.accept(&["AUTOINCREMENT"]) {
            column.identity = Some(Identity::default());
        }
        table.primary_key = Some(key);
    } else if phrase.accept(&["UNIQUE"]) {
        let key = key(phrase, called, vec![IndexPart::column(&column.name)])?;
        table.uniques.push(key);
    } else if phrase.accept(&["NOT", "NULL"]) {
        column.not_null = true;
        if let Some(action) = on_conflict(phrase)? {
            let option = "not null on conflict".to_owned();
            column.options.insert(option, action);
        }
    } else if phrase.accept(&["NULL"]) {
        on_conflict(phrase)?;
    } else if phrase.accept(&["CHECK"]) {
        table.checks.push(Check {
            name: called,
            expression: expression(phrase)?,
            ..Check::default()
        });
    } else if phrase.accept(&["DEFAULT"]) {
        column.default = Some(default(phrase)?);
    } else if phrase.accept(&["COLLATE"]) {
        column.collation = name(phrase)?.to_ascii_uppercase();
    } else if phrase.at(&["REFERENCES"]) {
        let key = reference(phrase, called, vec![column.name.clone()])?;
        table.foreign_keys.push(key);
    } else if phrase.accept(&["GENERATED", "ALWAYS", "AS"]) || phrase.accept(&["AS"]) {
        let expression = expression(phrase)?;
        let stored = phrase.accept(&["STORED"]);
        if !stored {
            phrase.accept(&["VIRTUAL"]);
        }
        column.generated = Some(Generated { expression, stored });
    } else {
        return None;
    }
    Some(())
}

fn constraint(phrase: &mut Phrase<'_>, table: &mut Table) -> Option<()> {
    let called = constraint_name(phrase)?;
    if phrase.accept(&["PRIMARY", "KEY"]) {
        let list = phrase.bracketed()?;
        let is_numbered = list.has(&["AUTOINCREMENT"]);
        let columns = index_parts(&list.before_any(&["AUTOINCREMENT"]))?;
        if is_numbered {
            let first = columns.first()?.column.clone();
            let mut numbered = table.columns.iter_mut();
            numbered.find(|column| column.name == first)?.identity = Some(Identity::default());
        }
        table.primary_key = Some(key(phrase, called, columns)?);
    } else if phrase.accept(&["UNIQUE"]) {
        let columns = index_parts(&phrase.bracketed()?)?;
        table.uniques.push(key(phrase, called, columns)?);
    } else if phrase.accept(&["CHECK"]) {
        let expression = expression(phrase)?;
        on_conflict(phrase)?;
        table.checks.push(Check {
            name: called,
            expression,
            ..Check::default()
        });
    } else if phrase.accept(&["FOREIGN", "KEY"]) {
        let columns = names(phrase)?;
        table.foreign_keys.push(reference(phrase, called, columns)?);
    } else {
        return None;
    }
    Some(())
}

/// The name of a constraint, if it has one.
fn constraint_name(phrase: &mut Phrase<'_>) -> Option<String> {
    match phrase.accept(&["CONSTRAINT"]) {
        true => name(phrase),
        false => Some(String::new()),
    }
}

fn key(phrase: &mut Phrase<'_>, name: String, columns: Vec<IndexPart>) -> Option<Key> {
    let mut key = Key {
        name,
        columns,
        ..Key::default()
    };
    if let Some(action) = on_conflict(phrase)? {
        key.options.insert("on conflict".to_owned(), action);
    }
    Some(key)
}

/// What is to be done on a conflict, if it is said and not the usual.
fn on_conflict(phrase: &mut Phrase<'_>) -> Option<Option<String>> {
    if !phrase.accept(&["ON", "CONFLICT"]) {
        return Some(None);
    }
    let action = word(phrase)?;
    Some((action != "ABORT").then_some(action))
}

/// An expression in brackets, a name, or a literal with its sign.
fn default(phrase: &mut Phrase<'_>) -> Option<String> {
    if let Some(expression) = expression(phrase) {
        return Some(simplified(&expression));
    }
    let sign = match (phrase.accept_symbol("-"), phrase.accept_symbol("+")) {
        (true, _) => "-",
        _ => "",
    };
    Some(format!("{sign}{}", token(phrase)?))
}

/// A literal in brackets is the literal; anything else keeps them.
fn simplified(expression: &str) -> String {
    let mut phrase = phrase(expression);
    phrase.accept_symbol("-");
    let is_one = token(&mut phrase).is_some() && phrase.is_at_end();
    let is_literal = expression.starts_with(|c: char| c.is_ascii_digit() || "-'xX".contains(c))
        || matches!(
            expression,
            "NULL" | "true" | "false" | "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME"
        );
    match is_one && is_literal {
        true => expression.to_owned(),
        false => format!("({expression})"),
    }
}

fn reference(phrase: &mut Phrase<'_>, name: String, columns: Vec<String>) -> Option<ForeignKey> {
    if !phrase.accept(&["REFERENCES"]) {
        return None;
    }
    let mut key = ForeignKey {
        name,
        columns,
        table: ObjectName::plain(last_name(phrase)?),
        ..ForeignKey::default()
    };
    if at_bracket(phrase) {
        key.references = names(phrase)?;
    }
    loop {
        if phrase.accept(&["ON", "DELETE"]) {
            key.on_delete = action(phrase)?;
        } else if phrase.accept(&["ON", "UPDATE"]) {
            key.on_update = action(phrase)?;
        } else if phrase.accept(&["MATCH"]) {
            let word = word(phrase)?;
            if word != "SIMPLE" {
                key.match_type = word;
            }
        } else if phrase.accept(&["NOT", "DEFERRABLE"]) {
            deferral(phrase);
        } else if phrase.accept(&["DEFERRABLE"]) {
            key.deferral = deferral(phrase);
        } else {
            return Some(key);
        }
    }
}

fn deferral(phrase: &mut Phrase<'_>) -> Deferral {
    if phrase.accept(&["INITIALLY", "DEFERRED"]) {
        return Deferral::Deferred;
    }
    phrase.accept(&["INITIALLY", "IMMEDIATE"]);
    Deferral::Immediate
}

fn action(phrase: &mut Phrase<'_>) -> Option<ReferentialAction> {
    let first = word(phrase)?;
    let words = match first.as_str() {
        "SET" | "NO" => format!("{first} {}", word(phrase)?),
        _ => first,
    };
    ReferentialAction::of_sql(&words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dapter_plugin_api::SchemaObject;

    fn lines(sql: &str) -> Vec<String> {
        let table = table(sql).expect("is understood");
        SchemaObject::of_table(ObjectName::plain("t"), table).lines()
    }

    #[test]
    fn everything_that_a_table_says_is_read() {
        let sql = r#"create table "main".[t] ( -- a comment
            id integer primary key autoincrement,
            "full name" varchar ( 20 ) not null default 'a, (b' collate nocase,
            n INT DEFAULT -1 CHECK (n>=-1),
            at TIMESTAMP DEFAULT (datetime ( 'now' )),
            size AS (n*2) STORED,
            u TEXT CONSTRAINT u_key UNIQUE ON CONFLICT REPLACE,
            p REFERENCES parent ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
            CONSTRAINT pair UNIQUE (n, u DESC),
            FOREIGN KEY (n, u) REFERENCES other (a, b) ON UPDATE CASCADE
            CHECK (n IN (1,2))
        ) strict"#;
        let expected = [
            "id INTEGER auto increment",
            "full name VARCHAR(20) collate NOCASE not null default 'a, (b'",
            "n INT default -1",
            "at TIMESTAMP default (datetime('now'))",
            "size  generated as (n * 2) stored",
            "u TEXT",
            "p ",
            "primary key (id)",
            "constraint pair unique (n, u desc)",
            "constraint u_key unique (u) on conflict REPLACE",
            "foreign key (n, u) references other (a, b) on update CASCADE",
            "foreign key (p) references parent on delete SET NULL deferrable initially deferred",
            "check (n >= -1)",
            "check (n IN (1, 2))",
            "strict",
        ];
        assert_eq!(lines(sql), expected);
    }

    #[test]
    fn what_is_written_in_two_ways_is_one() {
        let pairs = [
            (
                "CREATE TABLE t (a INT PRIMARY KEY)",
                "CREATE TABLE x.t (a int, PRIMARY KEY (a))",
            ),
            (
                "CREATE TABLE t (a INT DEFAULT (1))",
                "CREATE TABLE t (a INT DEFAULT 1)",
            ),
            (
                "CREATE TABLE t (a INT REFERENCES b (c))",
                "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES b (c))",
            ),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)",
                "CREATE TABLE t (a INTEGER, PRIMARY KEY (a AUTOINCREMENT))",
            ),
        ];
        for (one, other) in pairs {
            assert_eq!(table(one), table(other), "{one}");
        }
    }

    #[test]
    fn what_is_not_understood_is_none() {
        for sql in [
            "CREATE VIRTUAL TABLE t USING fts5(a)",
            "CREATE TABLE t (a INT FOO (1) BAR)",
            "CREATE TABLE t",
            "",
        ] {
            assert_eq!(table(sql), None, "{sql}");
        }
    }
}
