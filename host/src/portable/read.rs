//! The text of an operation, and what is wrong with it.

use dapter_plugin_api::schema::{IndexPart, Key, Table};
use dapter_plugin_api::{ObjectName, SchemaObject};
use serde::de::DeserializeOwned;
use toml::Value;

use super::operation::{Change, PartName, PortableOperation, Texts, ValueOf};
use crate::suggest::did_you_mean;

/// The words behind `op`.
const OPS: [&str; 30] = [
    "create_table",
    "drop_table",
    "rename_table",
    "add_column",
    "drop_column",
    "rename_column",
    "rename_value",
    "alter_column",
    "move_column",
    "add_primary_key",
    "drop_primary_key",
    "add_unique",
    "drop_unique",
    "add_foreign_key",
    "drop_foreign_key",
    "add_check",
    "drop_check",
    "add_exclusion",
    "drop_exclusion",
    "create_index",
    "drop_index",
    "rename_index",
    "rename_constraint",
    "set_table_comment",
    "set_table_option",
    "grant",
    "revoke",
    "create_view",
    "drop_view",
    "execute",
];

/// What is wrong with the text of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The line of the text, counted from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

type Result<T> = std::result::Result<T, Mistake>;

/// Reads the text of an operation, from the line of its `[[upgrade]]` or `[[downgrade]]` on.
pub(crate) fn read(text: &str) -> Result<PortableOperation> {
    let document: toml::Table = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        Mistake {
            line: before.unwrap_or_default().matches('\n').count() + 1,
            message: error.message().trim_end().to_owned(),
            hint: None,
        }
    })?;
    let mut document = document.into_iter();
    let table = match (document.next(), document.next()) {
        (Some((_, Value::Array(mut tables))), None) => match (tables.pop(), tables.pop()) {
            (Some(Value::Table(table)), None) => Some(table),
            _ => None,
        },
        _ => None,
    };
    let Some(table) = table else {
        return Err(Mistake {
            line: 1,
            message: "this is more than one operation".to_owned(),
            hint: Some(
                "begin each with `[[upgrade]]` or `[[downgrade]]` on a line of its own".to_owned(),
            ),
        });
    };
    let mut members = Members {
        text,
        table,
        asked: Vec::new(),
    };
    let operation = operation(&mut members)?;
    members.finish()?;
    Ok(operation)
}

fn operation(members: &mut Members<'_>) -> Result<PortableOperation> {
    let op: String = members.take("op")?;
    Ok(match op.as_str() {
        "create_table" => PortableOperation::CreateTable(members.object()?),
        "drop_table" => PortableOperation::DropTable(members.name("name")?),
        "rename_table" => PortableOperation::RenameTable {
            table: members.name("name")?,
            to: members.take("to")?,
        },
        "execute" => PortableOperation::Execute(members.texts("execute")?),
        "create_view" => PortableOperation::CreateView {
            view: members.name("name")?,
            query: members.texts("create_view")?,
        },
        "drop_view" => PortableOperation::DropView(members.name("name")?),
        "rename_value" => PortableOperation::RenameValue {
            of: match members.table.contains_key("table") {
                true => ValueOf::Column {
                    table: members.name("table")?,
                    column: members.take("column")?,
                },
                false => ValueOf::Type(members.name("type")?),
            },
            value: members.take("value")?,
            to: members.take("to")?,
        },
        op if OPS.contains(&op) => PortableOperation::Alter {
            table: members.name("table")?,
            change: change(op, members)?,
        },
        other => {
            let hint = match did_you_mean(other, OPS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the operations are {}", OPS.join(", ")),
            };
            return Err(members.mistake(
                "op",
                format!("there is no operation `{other}`"),
                Some(hint),
            ));
        }
    })
}

fn change(op: &str, members: &mut Members<'_>) -> Result<Change> {
    Ok(match op {
        "add_column" => Change::AddColumn {
            column: members.take("column")?,
            behind: members.find("behind")?,
        },
        "drop_column" => Change::DropColumn(members.take("column")?),
        "rename_column" => Change::RenameColumn {
            column: members.take("column")?,
            to: members.take("to")?,
        },
        "alter_column" => Change::AlterColumn(members.take("column")?),
        "move_column" => Change::MoveColumn {
            column: members.take("column")?,
            behind: members.find("behind")?,
        },
        "add_primary_key" => Change::AddPrimaryKey(members.key("primary_key")?),
        "drop_primary_key" => Change::DropPrimaryKey,
        "add_unique" => Change::AddUnique(members.key("unique")?),
        "drop_unique" => Change::DropUnique(members.part("unique")?),
        "add_foreign_key" => Change::AddForeignKey(members.take("foreign_key")?),
        "drop_foreign_key" => Change::DropForeignKey(members.part("foreign_key")?),
        "add_check" => Change::AddCheck(members.take("check")?),
        "drop_check" => Change::DropCheck(members.take("check")?),
        "add_exclusion" => Change::AddExclusion(members.take("exclusion")?),
        "drop_exclusion" => Change::DropExclusion(members.take("exclusion")?),
        "create_index" => Change::CreateIndex(members.take("index")?),
        "drop_index" => Change::DropIndex(members.take("index")?),
        "rename_index" => Change::RenameIndex {
            index: members.take("index")?,
            to: members.take("to")?,
        },
        "rename_constraint" => Change::RenameConstraint {
            constraint: members.take("constraint")?,
            to: members.take("to")?,
        },
        "set_table_comment" => Change::SetComment(members.take("comment")?),
        "set_table_option" => Change::SetOption {
            option: members.take("option")?,
            value: members.find("value")?,
        },
        "grant" => Change::Grant(members.take("grant")?),
        _ => Change::Revoke(members.take("grant")?),
    })
}

/// The members of an operation that nobody has asked for yet.
struct Members<'t> {
    text: &'t str,
    table: toml::Table,
    /// What was asked for.
    asked: Vec<&'static str>,
}

impl Members<'_> {
    fn take<T: DeserializeOwned>(&mut self, member: &'static str) -> Result<T> {
        let found = self.find(member)?;
        found.ok_or_else(|| Mistake {
            line: 1,
            message: format!("the operation does not say `{member}`"),
            hint: None,
        })
    }

    fn find<T: DeserializeOwned>(&mut self, member: &'static str) -> Result<Option<T>> {
        self.asked.push(member);
        match self.table.remove(member) {
            None => Ok(None),
            Some(value) => self.value(member, value).map(Some),
        }
    }

    /// A value of which every part is known.
    fn value<T: DeserializeOwned>(&self, member: &str, value: Value) -> Result<T> {
        let mut unknown = None;
        let read = serde_ignored::deserialize(value, |path| {
            unknown.get_or_insert_with(|| path.to_string());
        });
        match (read, unknown) {
            (Err(error), _) => {
                let message = format!(
                    "`{member}`: {}",
                    toml::de::Error::message(&error).trim_end()
                );
                Err(self.mistake(member, message, None))
            }
            (Ok(_), Some(path)) => {
                let last = path.rsplit('.').next().unwrap_or_default();
                let message = format!("`{member}` has no `{path}`");
                Err(self.mistake(last, message, None))
            }
            (Ok(value), None) => Ok(value),
        }
    }

    /// A name, whose schema may be said too.
    fn name(&mut self, member: &'static str) -> Result<ObjectName> {
        let name: String = self.take(member)?;
        let schema: Option<String> = self.find("schema")?;
        Ok(ObjectName::within(schema.unwrap_or_default(), name))
    }

    /// A key, or its columns alone.
    fn key(&mut self, member: &'static str) -> Result<Key> {
        match self.table.get(member) {
            Some(Value::Array(_)) => {
                let columns: Vec<IndexPart> = self.take(member)?;
                Ok(Key {
                    columns,
                    ..Key::default()
                })
            }
            _ => self.take(member),
        }
    }

    fn part(&mut self, member: &'static str) -> Result<PartName> {
        match self.table.get(member) {
            Some(Value::Array(_)) => self.take(member).map(PartName::Columns),
            _ => self.take(member).map(PartName::Name),
        }
    }

    /// A whole table, as documents have it.
    fn object(&mut self) -> Result<SchemaObject> {
        let name = self.name("name")?;
        let comment: Option<String> = self.find("comment")?;
        let grants: Option<Vec<String>> = self.find("grants")?;
        let rest = std::mem::take(&mut self.table);
        let table: Table = self.value("create_table", Value::Table(rest))?;
        Ok(SchemaObject {
            comment: comment.unwrap_or_default(),
            grants: grants.unwrap_or_default(),
            ..SchemaObject::of_table(name, table)
        })
    }

    fn texts(&mut self, op: &str) -> Result<Texts> {
        let rest = std::mem::take(&mut self.table);
        let texts = self.value(op, Value::Table(rest))?;
        Ok(Texts(texts))
    }

    fn finish(self) -> Result<()> {
        let Some(unknown) = self.table.keys().next() else {
            return Ok(());
        };
        let hint = match did_you_mean(unknown, self.asked.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", self.asked.join(", ")),
        };
        Err(self.mistake(
            unknown,
            format!("the operation has no `{unknown}`"),
            Some(hint),
        ))
    }

    /// What is wrong with a member, at the first line that begins with it or mentions it.
    fn mistake(&self, member: &str, message: String, hint: Option<String>) -> Mistake {
        let mentions = |line: &&str| line.contains(member);
        let begins = |line: &&str| line.trim_start().starts_with(member);
        let lines = || self.text.lines().enumerate();
        let found = lines()
            .find(|(_, line)| begins(line))
            .or_else(|| lines().find(|(_, line)| mentions(line)));
        Mistake {
            line: found.map_or(0, |(at, _)| at) + 1,
            message,
            hint,
        }
    }
}
