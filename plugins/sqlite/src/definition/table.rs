//! What `CREATE TABLE` says.

use super::Cursor;
use dapter_plugin_api::ObjectName;
use dapter_plugin_api::schema::{
    Check, Column, Deferral, ForeignKey, Generated, Identity, IndexPart, Key, ReferentialAction,
    Table,
};

/// The table that a statement makes.
pub(crate) fn table(sql: &str) -> Option<Table> {
    let mut cursor = Cursor::new(sql);
    if !cursor.accept(&["CREATE"]) {
        return None;
    }
    if !cursor.accept(&["TEMP"]) {
        cursor.accept(&["TEMPORARY"]);
    }
    if !cursor.accept(&["TABLE"]) {
        return None;
    }
    cursor.accept(&["IF", "NOT", "EXISTS"]);
    cursor.last_name()?;
    let list = cursor.bracketed()?;
    let mut table = Table::default();
    for part in list.parts() {
        definition(part, &mut table)?;
    }
    while !cursor.is_at_end() {
        let option = match (
            cursor.accept(&["STRICT"]),
            cursor.accept(&["WITHOUT", "ROWID"]),
        ) {
            (true, _) => "strict",
            (_, true) => "without rowid",
            _ => return None,
        };
        table.options.insert(option.to_owned(), String::new());
        cursor.accept_symbol(",");
    }
    table.sort();
    Some(table)
}

/// A column or a constraint. Constraints may follow each other without a comma.
fn definition(mut cursor: Cursor<'_>, table: &mut Table) -> Option<()> {
    const CONSTRAINTS: &[&[&str]] = &[
        &["CONSTRAINT"],
        &["PRIMARY", "KEY"],
        &["UNIQUE"],
        &["CHECK"],
        &["FOREIGN", "KEY"],
    ];
    if CONSTRAINTS.iter().any(|words| cursor.at(words)) {
        while !cursor.is_at_end() {
            constraint(&mut cursor, table)?;
        }
        return Some(());
    }
    let name = cursor.name()?;
    let data_type = data_type(&mut cursor)?;
    let mut column = Column {
        name,
        data_type,
        ..Column::default()
    };
    while !cursor.is_at_end() {
        column_constraint(&mut cursor, &mut column, table)?;
    }
    table.columns.push(column);
    Some(())
}

/// Words, then one or two numbers in brackets.
fn data_type(cursor: &mut Cursor<'_>) -> Option<String> {
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
    while !cursor.is_at_end() && !cursor.at_symbol("(") {
        if ENDS.iter().any(|end| cursor.at(&[end])) {
            break;
        }
        words.push(cursor.name()?.to_ascii_uppercase());
    }
    let mut written = words.join(" ");
    if let Some(mut size) = cursor.bracketed() {
        written.push_str(&format!("({})", size.rest()));
    }
    Some(written)
}

fn column_constraint(
    cursor: &mut Cursor<'_>,
    column: &mut Column,
    table: &mut Table,
) -> Option<()> {
    let name = match cursor.accept(&["CONSTRAINT"]) {
        true => cursor.name()?,
        false => String::new(),
    };
    if cursor.accept(&["PRIMARY", "KEY"]) {
        let mut part = IndexPart::column(&column.name);
        part.descending = !cursor.accept(&["ASC"]) && cursor.accept(&["DESC"]);
        let key = key(cursor, name, vec![part])?;
        if cursor.accept(&["AUTOINCREMENT"]) {
            column.identity = Some(Identity::default());
        }
        table.primary_key = Some(key);
    } else if cursor.accept(&["UNIQUE"]) {
        let key = key(cursor, name, vec![IndexPart::column(&column.name)])?;
        table.uniques.push(key);
    } else if cursor.accept(&["NOT", "NULL"]) {
        column.not_null = true;
        if let Some(action) = on_conflict(cursor)? {
            let option = "not null on conflict".to_owned();
            column.options.insert(option, action);
        }
    } else if cursor.accept(&["NULL"]) {
        on_conflict(cursor)?;
    } else if cursor.accept(&["CHECK"]) {
        table.checks.push(Check {
            name,
            expression: cursor.bracketed()?.rest(),
            ..Check::default()
        });
    } else if cursor.accept(&["DEFAULT"]) {
        column.default = Some(default(cursor)?);
    } else if cursor.accept(&["COLLATE"]) {
        column.collation = cursor.name()?.to_ascii_uppercase();
    } else if cursor.at(&["REFERENCES"]) {
        let key = reference(cursor, name, vec![column.name.clone()])?;
        table.foreign_keys.push(key);
    } else if cursor.accept(&["GENERATED", "ALWAYS", "AS"]) || cursor.accept(&["AS"]) {
        let expression = cursor.bracketed()?.rest();
        let stored = cursor.accept(&["STORED"]);
        if !stored {
            cursor.accept(&["VIRTUAL"]);
        }
        column.generated = Some(Generated { expression, stored });
    } else {
        return None;
    }
    Some(())
}

fn constraint(cursor: &mut Cursor<'_>, table: &mut Table) -> Option<()> {
    let name = match cursor.accept(&["CONSTRAINT"]) {
        true => cursor.name()?,
        false => String::new(),
    };
    if cursor.accept(&["PRIMARY", "KEY"]) {
        let mut list = cursor.bracketed()?;
        let is_numbered = list.ends_with_autoincrement();
        let columns = list.key_parts()?;
        if is_numbered {
            let first = columns.first()?.column.clone();
            let mut numbered = table.columns.iter_mut();
            numbered.find(|column| column.name == first)?.identity = Some(Identity::default());
        }
        table.primary_key = Some(key(cursor, name, columns)?);
    } else if cursor.accept(&["UNIQUE"]) {
        let columns = cursor.index_parts()?;
        table.uniques.push(key(cursor, name, columns)?);
    } else if cursor.accept(&["CHECK"]) {
        let expression = cursor.bracketed()?.rest();
        on_conflict(cursor)?;
        table.checks.push(Check {
            name,
            expression,
            ..Check::default()
        });
    } else if cursor.accept(&["FOREIGN", "KEY"]) {
        let columns = cursor.names()?;
        table.foreign_keys.push(reference(cursor, name, columns)?);
    } else {
        return None;
    }
    Some(())
}

fn key(cursor: &mut Cursor<'_>, name: String, columns: Vec<IndexPart>) -> Option<Key> {
    let mut key = Key {
        name,
        columns,
        ..Key::default()
    };
    if let Some(action) = on_conflict(cursor)? {
        key.options.insert("on conflict".to_owned(), action);
    }
    Some(key)
}

/// What is to be done on a conflict, if it is said and not the usual.
fn on_conflict(cursor: &mut Cursor<'_>) -> Option<Option<String>> {
    if !cursor.accept(&["ON", "CONFLICT"]) {
        return Some(None);
    }
    let action = cursor.word()?;
    Some((action != "ABORT").then_some(action))
}

/// An expression in brackets, a name, or a literal with its sign.
fn default(cursor: &mut Cursor<'_>) -> Option<String> {
    if let Some(mut expression) = cursor.bracketed() {
        return Some(simplified(&expression.rest()));
    }
    let sign = match (cursor.accept_symbol("-"), cursor.accept_symbol("+")) {
        (true, _) => "-",
        _ => "",
    };
    Some(format!("{sign}{}", cursor.token()?))
}

/// A literal in brackets is the literal; anything else keeps them.
fn simplified(expression: &str) -> String {
    let mut cursor = Cursor::new(expression);
    cursor.accept_symbol("-");
    let is_one = cursor.token().is_some() && cursor.is_at_end();
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

fn reference(cursor: &mut Cursor<'_>, name: String, columns: Vec<String>) -> Option<ForeignKey> {
    if !cursor.accept(&["REFERENCES"]) {
        return None;
    }
    let mut key = ForeignKey {
        name,
        columns,
        table: ObjectName::plain(cursor.last_name()?),
        ..ForeignKey::default()
    };
    if cursor.at_symbol("(") {
        key.references = cursor.names()?;
    }
    loop {
        if cursor.accept(&["ON", "DELETE"]) {
            key.on_delete = action(cursor)?;
        } else if cursor.accept(&["ON", "UPDATE"]) {
            key.on_update = action(cursor)?;
        } else if cursor.accept(&["MATCH"]) {
            let word = cursor.word()?;
            if word != "SIMPLE" {
                key.match_type = word;
            }
        } else if cursor.accept(&["NOT", "DEFERRABLE"]) {
            deferral(cursor);
        } else if cursor.accept(&["DEFERRABLE"]) {
            key.deferral = deferral(cursor);
        } else {
            return Some(key);
        }
    }
}

fn deferral(cursor: &mut Cursor<'_>) -> Deferral {
    if cursor.accept(&["INITIALLY", "DEFERRED"]) {
        return Deferral::Deferred;
    }
    cursor.accept(&["INITIALLY", "IMMEDIATE"]);
    Deferral::Immediate
}

fn action(cursor: &mut Cursor<'_>) -> Option<ReferentialAction> {
    let first = cursor.word()?;
    let words = match first.as_str() {
        "SET" | "NO" => format!("{first} {}", cursor.word()?),
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
