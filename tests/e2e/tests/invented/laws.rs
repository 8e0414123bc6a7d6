//! What holds for every schema and every change.

use std::sync::Mutex;

use dapter::diff::{Rename, diff, reversed, summary};
use dapter_plugin_api::abi::{Adapter, Session, block_on};
use dapter_plugin_api::{ConnectOptions, Operation, Rendering, Schema, Value};

use super::dialect::{Dialect, Family};
use super::world::World;

/// What went wrong, in words.
type Held<T> = Result<T, String>;

/// An adapter, and where it gets databases.
pub(crate) struct Place<'p> {
    adapter: Adapter,
    dialect: Dialect,
    fresh: Box<dyn Fn() -> String + 'p>,
    /// Databases with nothing in them.
    spare: Mutex<Vec<String>>,
}

impl<'p> Place<'p> {
    pub(crate) fn new(adapter: Adapter, dialect: Dialect, fresh: impl Fn() -> String + 'p) -> Self {
        Place {
            adapter,
            dialect,
            fresh: Box::new(fresh),
            spare: Mutex::default(),
        }
    }

    /// Invents by this number, and looks whether everything holds.
    pub(crate) fn holds(&self, number: u64) -> Held<()> {
        let world = World::invented(self.dialect, number);
        let mut written = [Vec::new(), Vec::new()];
        let mut states = Vec::new();
        let mut used = Vec::new();
        for (side, written) in written.iter_mut().enumerate() {
            *written = world.statements(side);
            let mut database = self.database()?;
            for statement in written.iter() {
                database
                    .run(statement)
                    .map_err(|error| format!("invented badly: {error}"))?;
            }
            states.push(database.inspect()?);
            used.push(database);
        }
        let [before, after] = [&states[0], &states[1]];
        let told = |what: String| {
            let [one, other] = &written;
            format!(
                "{what}\n  before: {}\n  after: {}",
                one.join(";\n    "),
                other.join(";\n    ")
            )
        };
        let mut database = self.database()?;
        self.changes(&world, before, after, &mut database)
            .map_err(told)?;
        for mut database in used.into_iter().chain([database]) {
            database.empty().map_err(told)?;
            self.spare
                .lock()
                .expect("nobody panics")
                .extend(database.url());
        }
        Ok(())
    }

    fn changes(
        &self,
        world: &World,
        before: &Schema,
        after: &Schema,
        database: &mut Database<'_>,
    ) -> Held<()> {
        let nothing = database.inspect()?;
        let built = database.change("build anew", &nothing, &operations(&nothing, before, &[])?)?;
        if database.inspect()? != *before {
            let left = operations(&database.inspect()?, before, &[])?;
            return Err(format!(
                "built anew it differs: {}{}",
                words(&left),
                listed(&built)
            ));
        }
        for row in world.rows() {
            database.run(&row)?;
        }
        database.has_rows(world, 0)?;
        let renames = renames(world);
        let forth = operations(before, after, &renames)?;
        let done = database.change("upgrade", before, &forth)?;
        database
            .is(after, "upgrade")
            .map_err(|it| it + &listed(&done))?;
        database
            .has_rows(world, 1)
            .map_err(|it| it + &listed(&done))?;
        let done = database.change("downgrade", after, &reversed(&forth))?;
        database
            .is(before, "downgrade")
            .map_err(|it| it + &listed(&done))?;
        database
            .has_rows(world, 0)
            .map_err(|it| it + &listed(&done))
    }

    fn database(&self) -> Held<Database<'_>> {
        let spare = self.spare.lock().expect("nobody panics").pop();
        let url = spare.unwrap_or_else(|| (self.fresh)());
        let session = block_on(self.adapter.connect(&ConnectOptions::new(&url)));
        let session = session.map_err(|error| error.to_string())?;
        let mut database = Database {
            place: self,
            session,
            url,
        };
        if self.dialect.is_mysql() {
            database.run("SET SESSION sql_mode = 'STRICT_ALL_TABLES'")?;
        }
        Ok(database)
    }
}

fn operations(from: &Schema, to: &Schema, renames: &[Rename]) -> Held<Vec<Operation>> {
    diff(from, to, renames).map_err(|error| error.to_string())
}

fn words(operations: &[Operation]) -> String {
    let words: Vec<String> = operations
        .iter()
        .map(summary)
        .map(|it| format!("{it:?}"))
        .collect();
    words.join(", ")
}

fn listed(statements: &[String]) -> String {
    let lines = statements
        .iter()
        .map(|statement| format!("\n    {statement};"));
    format!("\n  done: {}", lines.collect::<String>())
}

/// What is declared to have another name.
fn renames(world: &World) -> Vec<Rename> {
    let mut all = Vec::new();
    let mut declare = |from: String, to: String| {
        if from != to {
            all.push(Rename { from, to });
        }
    };
    for table in world.tables.iter().filter(|table| table.stays()) {
        let [old, new] = &table.names;
        declare(old.clone(), new.clone());
        for column in world.kept(table) {
            let [from, to] = &column.names;
            declare(format!("{new}.{from}"), format!("{new}.{to}"));
            if column.family[0] == Family::Listed && world.dialect != Dialect::Postgresql {
                for (old, called) in world.called[0].iter().zip(&world.called[1]) {
                    declare(format!("{new}.{to}.{old}"), format!("{new}.{to}.{called}"));
                }
            }
        }
    }
    if world.dialect == Dialect::Postgresql {
        for (old, called) in world.called[0].iter().zip(&world.called[1]) {
            declare(format!("Mood.{old}"), format!("Mood.{called}"));
        }
    }
    all
}

struct Database<'p> {
    place: &'p Place<'p>,
    session: Session,
    url: String,
}

impl Database<'_> {
    fn run(&mut self, statement: &str) -> Held<()> {
        let ran = block_on(self.session.execute(statement));
        ran.map(|_| ())
            .map_err(|error| format!("{error}: {statement}"))
    }

    fn inspect(&mut self) -> Held<Schema> {
        block_on(self.session.inspect()).map_err(|error| format!("inspect: {error}"))
    }

    /// Does these operations, and tells what was run.
    fn change(
        &mut self,
        what: &str,
        current: &Schema,
        operations: &[Operation],
    ) -> Held<Vec<String>> {
        let rendering = Rendering {
            operations: operations.to_vec(),
            current: current.clone(),
            ..Rendering::default()
        };
        let rendered = block_on(self.place.adapter.render(rendering));
        let rendered = rendered.map_err(|error| format!("{what}: {error}"))?;
        for statement in &rendered.statements {
            self.run(statement)
                .map_err(|error| format!("{what}: {error}{}", listed(&rendered.statements)))?;
        }
        Ok(rendered.statements)
    }

    /// Whether it is like this, as far as its kind of database tells.
    fn is(&mut self, expected: &Schema, what: &str) -> Held<()> {
        let found = self.inspect()?;
        let left = [
            operations(&found, expected, &[])?,
            operations(expected, &found, &[])?,
        ]
        .concat();
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!("the {what} leads elsewhere: {}", words(&left))),
        }
    }

    /// Whether all rows are there that no change destroys.
    fn has_rows(&mut self, world: &World, side: usize) -> Held<()> {
        for table in world.tables.iter().filter(|table| table.stays()) {
            let quoted = |name: &str| world.dialect.quoted(name);
            let columns = world.kept(table);
            let texts: Vec<String> = columns
                .iter()
                .map(|column| world.dialect.as_text(&quoted(&column.names[side])))
                .collect();
            let query = format!(
                "SELECT {} FROM {} ORDER BY {}",
                texts.join(", "),
                quoted(&table.names[side]),
                quoted(&columns[0].names[side])
            );
            let rows = block_on(self.session.query(&query))
                .map_err(|error| format!("{error}: {query}"))?;
            let right = rows.rows.len() == 3
                && rows.rows.iter().enumerate().all(|(at, row)| {
                    row.iter().zip(&columns).all(|(value, column)| {
                        let is_other = column.family[0] == Family::Other;
                        let listed = match column.family[side] {
                            Family::Listed => &world.called[side][at],
                            _ => &world.called[0][at],
                        };
                        is_value(value, at + 1, listed) || is_other && *value != Value::Null
                    })
                });
            if !right {
                return Err(format!(
                    "the rows of {} are {:?}",
                    table.names[side], rows.rows
                ));
            }
        }
        Ok(())
    }

    /// Removes everything.
    fn empty(&mut self) -> Held<()> {
        if self.place.dialect == Dialect::Sqlite {
            return Ok(());
        }
        let found = self.inspect()?;
        let nothing = Schema {
            objects: Vec::new(),
            ..found.clone()
        };
        self.change("remove", &found, &operations(&found, &nothing, &[])?)?;
        self.is(&nothing, "removal")
    }

    /// Where the database is, if it is there without this session.
    fn url(self) -> Option<String> {
        (self.place.dialect != Dialect::Sqlite).then_some(self.url)
    }
}

/// Whether it is what a row of this number has, in whatever type.
fn is_value(value: &Value, row: usize, listed: &str) -> bool {
    let Value::Text(text) = value else {
        return false;
    };
    let day = format!("2000-01-0{row}");
    text.parse::<f64>().is_ok_and(|number| number == row as f64)
        || text.starts_with(&day)
        || text == listed
}
