//! From the answers of the server to a schema.

use super::catalog::{Catalog, TableRow, queries};
use super::dependency;
use super::program::{self, Setting};
use super::sequence::sequence;
use super::show::{Definitions, Kind, Shown};
use super::table::{self, Parts, is_foreign};
use super::view::view;
use crate::connection::Connection;
use crate::error::failed;
use crate::fingerprint::NEUTRAL;
use crate::server::Product;
use crate::session::Session;
use dapter_plugin_api::schema::{Body, ObjectName, SchemaRules};
use dapter_plugin_api::{Result, Schema, SchemaObject};

impl<C: Connection> Session<C> {
    /// Reads the objects of the session's database.
    pub(crate) async fn schema(&mut self) -> Result<Schema> {
        let product = self.server.product;
        let mut batch = vec![NEUTRAL.to_owned()];
        batch.extend(queries(&self.database, product));
        self.neutral = true;
        let answer = self.send(batch).await;
        self.be_as_before().await?;
        let mut sets = answer.whole().map_err(failed)?;
        sets.remove(0);
        let catalog = Catalog::read(sets);
        let definitions = self.definitions(&catalog).await?;
        let setting = Setting {
            user: catalog.user.clone(),
            mode: self.mode_at_first.clone(),
        };
        let version = catalog.version.clone();
        let settings = format!("{} {}", catalog.settings, self.mode_at_first);
        let mut objects = objects(catalog, &definitions, &self.database, product, &setting);
        dependency::fill(&mut objects);
        Ok(Schema {
            product: product.name().to_owned(),
            version,
            settings,
            rules: SchemaRules {
                columns_have_places: true,
                references_are_checked: true,
                dependents_block: false,
                // Those of columns do, but those of tables only on some systems: changes of columns see to it.
                names_ignore_case: false,
                names_follow_tables: match product {
                    Product::MySql => vec!["_ibfk_".to_owned(), "_chk_".to_owned()],
                    Product::MariaDb => vec!["_ibfk_".to_owned()],
                },
            },
            ..Schema::of(objects)
        })
    }
}

/// The objects, without what they need.
pub(super) fn objects(
    mut catalog: Catalog,
    definitions: &Definitions,
    database: &str,
    product: Product,
    setting: &Setting,
) -> Vec<SchemaObject> {
    let nothing = Shown::default();
    let shown = |kind: Kind, name: &str| {
        definitions
            .get(&(kind, name.to_owned()))
            .unwrap_or(&nothing)
    };
    let mut objects = Vec::with_capacity(catalog.tables.len());
    for row in std::mem::take(&mut catalog.tables) {
        let kind = Kind::of(&row.kind);
        let shown = shown(kind, &row.name);
        objects.push(match kind {
            Kind::View => view(&row.name, shown, database, setting),
            Kind::Sequence => of_sequence(&row, shown),
            _ if is_foreign(&row) => whole("table", &row, shown),
            _ => {
                let definition = Some(shown.text.as_str()).filter(|text| !text.is_empty());
                let parts = Parts::of(&catalog, &row.name);
                table::table(row, parts, definition, database, product)
            }
        });
    }
    for (word, name) in &catalog.routines {
        let kind = Kind::of(word);
        objects.push(program::program(kind, name, shown(kind, name), setting));
    }
    for (at, row) in catalog.triggers.iter().enumerate() {
        let same = |other: &&super::catalog::TriggerRow| {
            other.table == row.table && other.timing == row.timing && other.event == row.event
        };
        let behind = catalog.triggers[..at].iter().rfind(same);
        let behind = behind.map(|trigger| trigger.name.as_str());
        objects.push(program::trigger(
            row,
            behind,
            shown(Kind::Trigger, &row.name),
            setting,
        ));
    }
    for row in &catalog.events {
        let shown = shown(Kind::Event, &row.name);
        objects.push(program::event(
            &row.name,
            row.starts_at_once,
            shown,
            setting,
        ));
    }
    if product == Product::MariaDb {
        objects.iter_mut().for_each(make_replaceable);
    }
    objects
}

/// MariaDB makes everything but tables over what is there.
fn make_replaceable(object: &mut SchemaObject) {
    if let Body::Definition(definition) = &mut object.body
        && object.kind != SchemaObject::TABLE
    {
        definition.replaceable = Some(String::new());
    }
}

fn of_sequence(row: &TableRow, shown: &Shown) -> SchemaObject {
    let Some(sequence) = sequence(&shown.text) else {
        return whole("sequence", row, shown);
    };
    SchemaObject {
        kind: "sequence".to_owned(),
        name: ObjectName::plain(&row.name),
        body: Body::Sequence(sequence),
        comment: row.comment.clone(),
        ..SchemaObject::default()
    }
}

/// Something that the model has no words for.
fn whole(kind: &str, row: &TableRow, shown: &Shown) -> SchemaObject {
    let create = match shown.text.is_empty() {
        true => Vec::new(),
        false => vec![without_counter(&shown.text)],
    };
    SchemaObject::of_definition(kind, ObjectName::plain(&row.name), create)
}

/// A table without the next number of its key, which belongs to what is in it.
pub(super) fn without_counter(text: &str) -> String {
    const COUNTER: &str = " AUTO_INCREMENT=";
    let Some(at) = text.rfind("\n) ") else {
        return text.to_owned();
    };
    let (columns, options) = text.split_at(at);
    let Some((before, behind)) = options.split_once(COUNTER) else {
        return text.to_owned();
    };
    let behind = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{columns}{before}{behind}")
}
