//! What a database is built of: the definitions as the server writes them.

use crate::answer::ResultSet;
use crate::connection::Connection;
use crate::error::failed;
use crate::fingerprint::NEUTRAL;
use crate::literal;
use crate::session::Session;
use crate::tables::{LOCK, LOG, REVISION};
use dapter_plugin_api::{ObjectName, Result, Schema, SchemaObject};

/// So many definitions are asked for in one message.
const AT_ONCE: usize = 200;

/// An object whose definition can be shown.
struct Listed {
    kind: Kind,
    name: String,
}

/// What can be shown, and which column of the answer is the definition.
///
/// Source: the chapters "SHOW Statements" of MySQL and "SHOW" of MariaDB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    View,
    Sequence,
    Function,
    Procedure,
    Trigger,
    Event,
    Package,
    PackageBody,
}

impl Kind {
    /// By the word that the catalog has for it.
    fn of(word: &str) -> Option<Kind> {
        Some(match word {
            "VIEW" => Kind::View,
            "SEQUENCE" => Kind::Sequence,
            "FUNCTION" => Kind::Function,
            "PROCEDURE" => Kind::Procedure,
            "TRIGGER" => Kind::Trigger,
            "EVENT" => Kind::Event,
            "PACKAGE" => Kind::Package,
            "PACKAGE BODY" => Kind::PackageBody,
            word if word.ends_with("TABLE") || word == "SYSTEM VERSIONED" => Kind::Table,
            _ => return None,
        })
    }

    const fn keyword(self) -> &'static str {
        match self {
            Kind::Table => "TABLE",
            Kind::View => "VIEW",
            Kind::Sequence => "SEQUENCE",
            Kind::Function => "FUNCTION",
            Kind::Procedure => "PROCEDURE",
            Kind::Trigger => "TRIGGER",
            Kind::Event => "EVENT",
            Kind::Package => "PACKAGE",
            Kind::PackageBody => "PACKAGE BODY",
        }
    }

    const fn column(self) -> usize {
        match self {
            Kind::Table | Kind::View | Kind::Sequence => 1,
            Kind::Function
            | Kind::Procedure
            | Kind::Trigger
            | Kind::Package
            | Kind::PackageBody => 2,
            Kind::Event => 3,
        }
    }
}

impl<C: Connection> Session<C> {
    /// Reads the objects of the session's database.
    pub(crate) async fn schema(&mut self) -> Result<Schema> {
        let listed = self.listed().await?;
        let mut objects = Vec::with_capacity(listed.len());
        for some in listed.chunks(AT_ONCE) {
            let shown = some.iter().map(|object| self.show(object));
            let mut batch = vec![NEUTRAL.to_owned()];
            batch.extend(shown);
            self.neutral = true;
            let answer = self.send(batch).await;
            self.be_as_before().await?;
            let sets = answer.whole().map_err(failed)?;
            for (object, set) in some.iter().zip(sets.into_iter().skip(1)) {
                objects.push(self.object(object, &set));
            }
        }
        Ok(Schema::of(objects))
    }

    async fn listed(&mut self) -> Result<Vec<Listed>> {
        let database = literal::text(&self.database);
        let own = [&REVISION, &LOG, &LOCK].map(|table| literal::text(table.name));
        let query = format!(
            "SELECT table_type, table_name FROM information_schema.tables \
             WHERE table_schema = {database} AND table_name NOT IN ({}) \
             UNION ALL SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = {database} \
             UNION ALL SELECT 'TRIGGER', trigger_name FROM information_schema.triggers WHERE trigger_schema = {database} \
             UNION ALL SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = {database}",
            own.join(", ")
        );
        let rows = self.one(query).await?.rows;
        let listed = rows.into_iter().filter_map(|row| {
            let mut texts = row.into_iter().map(lossy);
            let kind = Kind::of(&texts.next()?)?;
            let name = texts.next()?;
            Some(Listed { kind, name })
        });
        Ok(listed.collect())
    }

    fn show(&self, object: &Listed) -> String {
        format!(
            "SHOW CREATE {} {}.{}",
            object.kind.keyword(),
            literal::name(&self.database),
            literal::name(&object.name)
        )
    }

    fn object(&self, listed: &Listed, set: &ResultSet) -> SchemaObject {
        let row = set.rows.first();
        let shown = row.and_then(|row| row.get(listed.kind.column()).cloned());
        let text = lossy(shown.flatten());
        // Names are written with their database where it is not the session's own.
        let text = text.replace(&format!("{}.", literal::name(&self.database)), "");
        let line = |line: &str| match listed.kind {
            Kind::Table => without_counter(line.trim().trim_end_matches(',')),
            _ => line.to_owned(),
        };
        let kind = listed.kind.keyword().to_lowercase();
        let lines = text.lines().map(line).collect();
        SchemaObject::of_definition(kind, ObjectName::plain(&listed.name), lines)
    }
}

fn lossy(value: Option<Vec<u8>>) -> String {
    String::from_utf8_lossy(&value.unwrap_or_default()).into_owned()
}

/// The options of a table without the next number of its key, which belongs to what is in it.
fn without_counter(line: &str) -> String {
    const COUNTER: &str = " AUTO_INCREMENT=";
    let Some(at) = line.find(COUNTER).filter(|_| line.starts_with(')')) else {
        return line.to_owned();
    };
    let (before, behind) = line.split_at(at);
    let behind = behind[COUNTER.len()..].trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}{behind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_number_is_no_part_of_a_table() {
        let table = [
            (
                ") ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4",
                ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            ),
            (") ENGINE=InnoDB", ") ENGINE=InnoDB"),
            (
                "`a` int DEFAULT 1 COMMENT ' AUTO_INCREMENT=7'",
                "`a` int DEFAULT 1 COMMENT ' AUTO_INCREMENT=7'",
            ),
        ];
        for (line, expected) in table {
            assert_eq!(without_counter(line), expected);
        }
    }
}
