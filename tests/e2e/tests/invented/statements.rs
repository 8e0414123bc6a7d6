//! What is invented as statements, as somebody would write them.

use super::dialect::{Dialect, Family};
use super::dice::Dice;
use super::expression::{computed, condition};
use super::world::{Column, Part, Table, View, What, World};

impl World {
    /// The statements that build it: before at 0, after at 1.
    pub(crate) fn statements(&self, side: usize) -> Vec<String> {
        let writer = Writer {
            world: self,
            dialect: self.dialect,
            side,
        };
        let mut all = Vec::new();
        if self.dialect == Dialect::Postgresql {
            all.push(format!(
                "CREATE TYPE \"Mood\" AS ENUM ({})",
                writer.listed()
            ));
            all.push("CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$".to_owned());
        }
        let tables = || {
            self.tables
                .iter()
                .enumerate()
                .filter(|(_, table)| table.there[side])
        };
        for (number, table) in tables() {
            all.push(writer.table(number, table));
        }
        for (number, table) in tables() {
            all.extend(writer.additions(number, table));
        }
        let views = self.views.iter().enumerate();
        let views = views.filter(|(number, _)| writer.has_view(*number));
        all.extend(views.map(|(_, view)| writer.view(view)));
        let triggers = tables().filter(|(_, table)| table.trigger[side]);
        all.extend(triggers.map(|(number, table)| writer.trigger(number, table)));
        all
    }

    /// The type of a column without its collation.
    pub(crate) fn data_type(&self, column: &Column, side: usize) -> &'static str {
        match column.refers {
            Some((table, key)) => self.data_type(&self.tables[table].columns[key], side),
            None => column.data_type[side],
        }
    }

    pub(crate) fn family(&self, column: &Column, side: usize) -> Family {
        match column.refers {
            Some((table, key)) => self.tables[table].columns[key].family[side],
            None => column.family[side],
        }
    }

    /// The columns that always have the values of rows.
    pub(crate) fn kept<'w>(&self, table: &'w Table) -> Vec<&'w Column> {
        table
            .columns
            .iter()
            .filter(|column| column.stays())
            .collect()
    }

    /// Rows for all tables that stay.
    pub(crate) fn rows(&self) -> Vec<String> {
        let mut all = Vec::new();
        for table in self.tables.iter().filter(|table| table.stays()) {
            let columns = self.kept(table);
            let names: Vec<String> = columns
                .iter()
                .map(|column| self.dialect.quoted(&column.names[0]))
                .collect();
            for row in 1..=3 {
                let value = |column: &&Column| {
                    let [one, other] = [0, 1].map(|side| self.family(column, side));
                    // A text is what it is to be, or was.
                    let family = if one == Family::Text { other } else { one };
                    self.dialect.value(family, self.data_type(column, 0), row)
                };
                let values: Vec<String> = columns.iter().map(value).collect();
                let always = match self.dialect {
                    Dialect::Postgresql => " OVERRIDING SYSTEM VALUE",
                    _ => "",
                };
                all.push(format!(
                    "INSERT INTO {} ({}){always} VALUES ({})",
                    self.dialect.quoted(&table.names[0]),
                    names.join(", "),
                    values.join(", ")
                ));
            }
        }
        all
    }
}

struct Writer<'w> {
    world: &'w World,
    dialect: Dialect,
    side: usize,
}

impl Writer<'_> {
    fn quoted(&self, name: &str) -> String {
        self.dialect.quoted(name)
    }

    fn name(&self, table: &Table) -> String {
        self.quoted(&table.names[self.side])
    }

    fn listed(&self) -> String {
        let values = self.world.listed[self.side].iter();
        let values: Vec<String> = values.map(|value| self.dialect.text(value)).collect();
        values.join(", ")
    }

    fn has(&self, table: &Table, column: usize) -> bool {
        let it = &table.columns[column];
        let base = it.computed.map(|(base, seed)| {
            let mut dice = Dice::of(seed[self.side]);
            let family = self.world.family(&table.columns[base], self.side);
            computed(self.dialect, family, "", &mut dice)
        });
        it.there[self.side] && base.is_none_or(|computed| computed.is_some())
    }

    fn columns(&self, table: &Table, columns: &[usize]) -> String {
        let names: Vec<String> = columns
            .iter()
            .map(|&at| self.quoted(&table.columns[at].names[self.side]))
            .collect();
        names.join(", ")
    }

    fn table(&self, number: usize, table: &Table) -> String {
        let mut lines: Vec<String> = Vec::new();
        for at in 0..table.columns.len() {
            if self.has(table, at) {
                lines.push(self.column(table, at));
            }
        }
        let primary = &table.primary[self.side];
        let key: Vec<usize> = (0..table.key_length).collect();
        let is_at_column = self.dialect == Dialect::Sqlite && self.is_numbered(table, 0);
        if !primary.is_empty() && !is_at_column {
            lines.push(format!("PRIMARY KEY ({})", self.columns(table, primary)));
        }
        if *primary != key {
            lines.push(format!("UNIQUE ({})", self.columns(table, &key)));
        }
        for part in &table.parts {
            let inline = match &part.what {
                What::Refers(_, target) => self.dialect == Dialect::Sqlite || *target <= number,
                What::Index(_) => false,
                _ => true,
            };
            if inline && self.has_part(table, part) {
                lines.push(self.constraint(table, part));
            }
        }
        let mut text = format!("CREATE TABLE {} ({})", self.name(table), lines.join(", "));
        if table.option[self.side] {
            text.push_str(match self.dialect {
                Dialect::Sqlite if self.is_rowless(table) => " WITHOUT ROWID",
                Dialect::Sqlite => "",
                Dialect::Postgresql => " WITH (fillfactor=70)",
                _ => " COLLATE utf8mb4_bin",
            });
        }
        if table.remarks[self.side] && self.dialect.is_mysql() {
            text.push_str(&format!(
                " COMMENT {}",
                self.dialect.text("it's\\ a \"table\"; ü")
            ));
        }
        text
    }

    /// SQLite cannot rename columns of such a table that are in a key and the primary key.
    fn is_rowless(&self, table: &Table) -> bool {
        let stay = |column: &Column| column.names[0] == column.names[1];
        let is_keyed = !table.primary[self.side].is_empty() && !self.is_numbered(table, 0);
        is_keyed && table.columns.iter().all(stay)
    }

    fn is_numbered(&self, table: &Table, column: usize) -> bool {
        // A numbered column cannot be checked there.
        let is_checked = || {
            table
                .parts
                .iter()
                .any(|part| matches!(part.what, What::Check(0)))
        };
        column == 0
            && table.primary[self.side] == [0]
            && table.numbering[self.side] > 1
            && !(self.dialect.is_mysql() && is_checked())
    }

    fn column(&self, table: &Table, at: usize) -> String {
        let (column, side) = (&table.columns[at], self.side);
        let name = self.quoted(&column.names[side]);
        if let Some((base, seed)) = column.computed {
            let family = self.world.family(&table.columns[base], side);
            let mut dice = Dice::of(seed[side]);
            let base = self.quoted(&table.columns[base].names[side]);
            let (expression, data_type) =
                computed(self.dialect, family, &base, &mut dice).expect("it was looked");
            let how = match self.dialect != Dialect::Postgresql && dice.one_in(2) {
                true => "VIRTUAL",
                false => "STORED",
            };
            return format!("{name} {data_type} GENERATED ALWAYS AS ({expression}) {how}");
        }
        let mut data_type = self.world.data_type(column, side).to_owned();
        if data_type == "ENUM" {
            data_type = format!("ENUM ({})", self.listed());
        }
        if self.is_numbered(table, at) {
            return match (self.dialect, table.numbering[side]) {
                (Dialect::Sqlite, 2) => format!("{name} INTEGER PRIMARY KEY"),
                (Dialect::Sqlite, _) => format!("{name} INTEGER PRIMARY KEY AUTOINCREMENT"),
                (Dialect::Postgresql, 2) if data_type == "bigint" => format!("{name} bigserial"),
                (Dialect::Postgresql, 2) => format!("{name} serial"),
                (Dialect::Postgresql, 3) => {
                    format!("{name} {data_type} GENERATED ALWAYS AS IDENTITY")
                }
                (Dialect::Postgresql, _) => format!(
                    "{name} {data_type} GENERATED BY DEFAULT AS IDENTITY (START WITH 50 INCREMENT BY 5)"
                ),
                _ => format!("{name} {data_type} NOT NULL AUTO_INCREMENT"),
            };
        }
        let mut text = format!("{name} {data_type}");
        if self.dialect == Dialect::Sqlite && column.family[side] == Family::Listed {
            text.push_str(&format!(" CHECK ({name} IN ({}))", self.listed()));
        }
        if column.not_null[side]
            || self.dialect == Dialect::Sqlite
                && table.option[side]
                && table.primary[side].contains(&at)
        {
            text.push_str(" NOT NULL");
        }
        if let Some(default) = &column.default[side] {
            text.push_str(&format!(" DEFAULT {default}"));
        }
        if table.remarks[side] && self.dialect.is_mysql() && at % 2 == 1 {
            text.push_str(&format!(" COMMENT {}", self.dialect.text("it's")));
        }
        text
    }

    fn has_part(&self, table: &Table, part: &Part) -> bool {
        let here = |columns: &[usize]| columns.iter().all(|&at| self.has(table, at));
        part.there[self.side]
            && match &part.what {
                What::Unique(columns) | What::Index(columns) => here(columns),
                What::Check(column) => here(&[*column]),
                What::Refers(columns, target) => {
                    here(columns) && self.world.tables[*target].there[self.side]
                }
            }
    }

    fn constraint(&self, table: &Table, part: &Part) -> String {
        let named = part
            .name
            .iter()
            .map(|name| format!("CONSTRAINT {} ", self.quoted(name)));
        let named: String = named.collect();
        let mut dice = Dice::of(part.seed[self.side]);
        match &part.what {
            What::Unique(columns) | What::Index(columns) => {
                format!("{named}UNIQUE ({})", self.columns(table, columns))
            }
            What::Check(column) => format!(
                "{named}CHECK ({})",
                self.condition(table, *column, &mut dice)
            ),
            What::Refers(columns, target) => {
                let target = &self.world.tables[*target];
                let key: Vec<usize> = (0..target.key_length).collect();
                let not_null = |at: &usize| {
                    table.columns[*at].not_null[self.side] || table.primary[self.side].contains(at)
                };
                let action = match dice.below(5) {
                    0 => " ON DELETE CASCADE",
                    1 if !columns.iter().any(not_null) => " ON DELETE SET NULL",
                    // MariaDB refuses what could bring a NULL where there may be none.
                    2 if !columns.iter().any(not_null)
                        || key.iter().all(|at| target.primary[self.side].contains(at)) =>
                    {
                        " ON UPDATE CASCADE"
                    }
                    3 if self.dialect == Dialect::Postgresql || self.dialect == Dialect::Sqlite => {
                        " DEFERRABLE INITIALLY DEFERRED"
                    }
                    _ => "",
                };
                format!(
                    "{named}FOREIGN KEY ({}) REFERENCES {} ({}){action}",
                    self.columns(table, columns),
                    self.name(target),
                    self.columns(target, &key)
                )
            }
        }
    }

    fn condition(&self, table: &Table, column: usize, dice: &mut Dice) -> String {
        let column = &table.columns[column];
        let family = self.world.family(column, self.side);
        condition(
            self.dialect,
            family,
            &self.quoted(&column.names[self.side]),
            &self.world.called[self.side][1],
            dice,
        )
    }

    /// What comes after the tables: keys to later tables, indexes, comments.
    fn additions(&self, number: usize, table: &Table) -> Vec<String> {
        let mut all = Vec::new();
        for part in table.parts.iter().filter(|part| self.has_part(table, part)) {
            match &part.what {
                What::Refers(_, target) if *target > number && self.dialect != Dialect::Sqlite => {
                    all.push(format!(
                        "ALTER TABLE {} ADD {}",
                        self.name(table),
                        self.constraint(table, part)
                    ));
                }
                What::Index(columns) => all.push(self.index(table, part, columns)),
                _ => {}
            }
        }
        if table.remarks[self.side] && self.dialect == Dialect::Postgresql {
            let said = self.dialect.text("it's\\ a \"thing\"; ü");
            let column = self.columns(table, &[0]);
            all.push(format!("COMMENT ON TABLE {} IS {said}", self.name(table)));
            all.push(format!(
                "COMMENT ON COLUMN {}.{column} IS {said}",
                self.name(table)
            ));
        }
        all
    }

    fn index(&self, table: &Table, part: &Part, columns: &[usize]) -> String {
        let mut dice = Dice::of(part.seed[self.side]);
        let parts: Vec<String> = columns
            .iter()
            .map(|&at| {
                let column = &table.columns[at];
                let name = self.quoted(&column.names[self.side]);
                let family = self.world.family(column, self.side);
                let expression = computed(self.dialect, family, &name, &mut dice);
                let refers = column.refers.is_some();
                match (expression, dice.below(5)) {
                    (Some((it, _)), 0)
                        if self.dialect != Dialect::Mariadb
                            && !refers
                            && !(self.dialect.is_mysql() && self.is_numbered(table, at)) =>
                    {
                        format!("({it})")
                    }
                    (_, 1) => format!("{name} DESC"),
                    (_, 2)
                        if column.family == [Family::Text; 2]
                            && self.dialect.is_mysql()
                            && !refers =>
                    {
                        format!("{name}(5)")
                    }
                    (_, 2) if self.dialect == Dialect::Postgresql => {
                        format!("{name} DESC NULLS LAST")
                    }
                    (_, 3) if family == Family::Text && self.dialect == Dialect::Sqlite => {
                        format!("{name} COLLATE RTRIM")
                    }
                    _ => name,
                }
            })
            .collect();
        let name = part.name.as_deref().unwrap_or_default();
        let is_distinct = columns.iter().any(|&at| table.columns[at].stays());
        let unique = if is_distinct && dice.one_in(4) {
            "UNIQUE "
        } else {
            ""
        };
        let mut text = format!(
            "CREATE {unique}INDEX {} ON {} ({})",
            self.quoted(name),
            self.name(table),
            parts.join(", ")
        );
        if !self.dialect.is_mysql() && dice.one_in(4) {
            text.push_str(&format!(
                " WHERE {}",
                self.condition(table, columns[0], &mut dice)
            ));
        }
        text
    }

    fn has_view(&self, number: usize) -> bool {
        let view = &self.world.views[number];
        let below = match view.over {
            Some(other) => self.has_view(other),
            None => self.world.tables[view.table].there[self.side],
        };
        view.there[self.side] && below
    }

    fn view(&self, view: &View) -> String {
        let kind = if view.is_kept {
            "MATERIALIZED VIEW"
        } else {
            "VIEW"
        };
        let name = self.quoted(&view.name);
        if let Some(other) = view.over {
            let other = self.quoted(&self.world.views[other].name);
            return format!("CREATE {kind} {name} AS SELECT c0 AS c0 FROM {other}");
        }
        let table = &self.world.tables[view.table];
        let mut dice = Dice::of(view.seed[self.side]);
        let mut picked: Vec<usize> = (0..table.columns.len())
            .filter(|&at| self.has(table, at))
            .collect();
        while picked.len() > 1 && dice.one_in(2) {
            dice.take(&mut picked);
        }
        let listed: Vec<String> = picked
            .iter()
            .enumerate()
            .map(|(place, &at)| format!("{} AS c{place}", self.columns(table, &[at])))
            .collect();
        let mut text = format!(
            "CREATE {kind} {name} AS SELECT {} FROM {}",
            listed.join(", "),
            self.name(table)
        );
        if dice.one_in(2) && table.columns[picked[0]].computed.is_none() {
            text.push_str(&format!(
                " WHERE {}",
                self.condition(table, picked[0], &mut dice)
            ));
        }
        text
    }

    fn trigger(&self, number: usize, table: &Table) -> String {
        let (name, on) = (self.quoted(&format!("told {number}")), self.name(table));
        match self.dialect {
            Dialect::Sqlite => {
                format!("CREATE TRIGGER {name} AFTER INSERT ON {on} BEGIN SELECT 'a;b'; END")
            }
            Dialect::Postgresql => format!(
                "CREATE TRIGGER {name} BEFORE INSERT ON {on} FOR EACH ROW EXECUTE FUNCTION told()"
            ),
            _ => format!(
                "CREATE TRIGGER {name} BEFORE INSERT ON {on} FOR EACH ROW SET @told = 'a;b'"
            ),
        }
    }
}
