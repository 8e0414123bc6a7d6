//! What a database holds, as text that is the same for the same contents.

use std::process::Command;

use crate::client::{Route, bare, connect, text};
use crate::product::Product;
use crate::server::Server;

/// The beginnings of lines that `pg_dump` and `mariadb-dump` print about themselves and their session.
const NOISE: &[&str] = &[
    "-- Name: ",
    "-- PostgreSQL database dump",
    "-- Dumped ",
    "SET ",
    "SELECT pg_catalog.set_config(",
    "\\restrict ",
    "\\unrestrict ",
    "/*M!999999",
    "/*!40101 SET ",
    "/*!50003 SET ",
    "/*!50106 SET ",
    "/*!50717 SET ",
    "/*!50717 SELECT ",
];

/// The tables of `PostgreSQL` with a statement for the rows of each.
const TABLES: &str = "
SELECT format('SELECT %L || row_to_json(its_row)::text COLLATE \"C\" FROM %I.%I its_row ORDER BY 1;',
              format('%I.%I: ', schemaname, tablename), schemaname, tablename)
FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename NOT LIKE 'dapter\\_%'
ORDER BY schemaname COLLATE \"C\", tablename COLLATE \"C\";";

impl Server {
    /// The schema of a database as statements, without comments, settings of the session, and counters.
    ///
    /// # Panics
    /// If the product's program is not there or fails, with what it says.
    #[must_use]
    pub fn dump(&self, database: &str) -> String {
        let said = match self.product {
            Product::Postgresql => {
                self.run_dump(&["--schema-only", "--no-owner", "--dbname", database])
            }
            Product::Mariadb | Product::Mysql => self.run_dump(&[
                "--no-data",
                "--routines",
                "--events",
                "--triggers",
                "--compact",
                "--skip-lock-tables",
                database,
            ]),
        };
        let lines = said.lines().filter(|line| {
            let is_noise = NOISE.iter().any(|noise| line.starts_with(noise));
            !is_noise && !line.is_empty() && *line != "--"
        });
        lines.map(|line| without_counter(line) + "\n").collect()
    }

    /// All rows of all tables whose names do not begin with `dapter_`, a line each, sorted within each table.
    ///
    /// # Panics
    /// If the product's program is not there or fails, with what it says.
    #[must_use]
    pub fn rows(&self, database: &str) -> String {
        let lines = match self.product {
            Product::Postgresql => {
                let statements = self.query(database, TABLES);
                self.query(database, &statements.join("\n"))
            }
            Product::Mariadb | Product::Mysql => {
                let said = self.run_dump(&[
                    "--no-create-info",
                    "--skip-triggers",
                    "--compact",
                    "--skip-lock-tables",
                    "--skip-extended-insert",
                    "--complete-insert",
                    "--hex-blob",
                    database,
                ]);
                let rows = said.lines().filter(|line| {
                    line.starts_with("INSERT INTO ") && !line.starts_with("INSERT INTO `dapter_")
                });
                let mut rows: Vec<String> = rows.map(str::to_owned).collect();
                rows.sort();
                rows
            }
        };
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    fn run_dump(&self, arguments: &[&str]) -> String {
        let program = self.programs.dump();
        let program = program.unwrap_or_else(|missing| panic!("{missing}"));
        let mut command: Command = bare(&program);
        if self.product != Product::Postgresql {
            command.args(["--no-defaults", "--default-character-set=utf8mb4"]);
            command.args(["--skip-comments", "--no-tablespaces"]);
        }
        let route = match self.address.socket {
            Some(_) => Route::Socket,
            None => Route::Tcp,
        };
        connect(&mut command, self.product, &self.address, route);
        command.args(arguments);
        let output = command.output().expect("the program is there");
        text(output).unwrap_or_else(|said| panic!("{said}"))
    }
}

/// A line without the number that the table's next row gets.
fn without_counter(line: &str) -> String {
    let Some((before, rest)) = line.split_once(" AUTO_INCREMENT=") else {
        return line.to_owned();
    };
    let after = rest.trim_start_matches(|character: char| character.is_ascii_digit());
    format!("{before}{after}")
}

#[cfg(test)]
mod tests {
    use super::without_counter;

    #[test]
    fn a_counter_is_left_out() {
        let line = ") ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4";
        assert_eq!(
            without_counter(line),
            ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
        );
        assert_eq!(
            without_counter("`id` int AUTO_INCREMENT,"),
            "`id` int AUTO_INCREMENT,"
        );
    }
}
