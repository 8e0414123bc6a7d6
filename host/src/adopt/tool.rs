//! The table of tools.

use std::fmt;

use super::migration::Directory;
use super::names::digits_then;
use super::source::SourceFile;
use super::{
    alembic, atlas, dbmate, diesel, flyway, golang_migrate, goose, prisma, refinery, sqlx,
};

/// A tool whose directory and table dapter takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say which tools they are")]
pub enum Tool {
    Alembic,
    Atlas,
    Dbmate,
    Diesel,
    Flyway,
    GolangMigrate,
    Goose,
    Prisma,
    Refinery,
    Sqlx,
}

impl Tool {
    /// All of them.
    pub const ALL: [Tool; 10] = [
        Tool::Alembic,
        Tool::Atlas,
        Tool::Dbmate,
        Tool::Diesel,
        Tool::Flyway,
        Tool::GolangMigrate,
        Tool::Goose,
        Tool::Prisma,
        Tool::Refinery,
        Tool::Sqlx,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tool::Alembic => "alembic",
            Tool::Atlas => "atlas",
            Tool::Dbmate => "dbmate",
            Tool::Diesel => "diesel",
            Tool::Flyway => "flyway",
            Tool::GolangMigrate => "golang-migrate",
            Tool::Goose => "goose",
            Tool::Prisma => "prisma",
            Tool::Refinery => "refinery",
            Tool::Sqlx => "sqlx",
        }
    }

    /// The table that it keeps what is applied in, unless it is told another.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Tool::Alembic => "alembic_version",
            Tool::Atlas => "atlas_schema_revisions",
            Tool::Dbmate | Tool::GolangMigrate => "schema_migrations",
            Tool::Diesel => "__diesel_schema_migrations",
            Tool::Flyway => "flyway_schema_history",
            Tool::Goose => "goose_db_version",
            Tool::Prisma => "_prisma_migrations",
            Tool::Refinery => "refinery_schema_history",
            Tool::Sqlx => "_sqlx_migrations",
        }
    }

    /// The tables in which it may be: Atlas keeps a schema of its own where it looks after several.
    pub(crate) fn tables(self) -> Vec<String> {
        let table = self.table();
        match self {
            Tool::Atlas => vec![table.to_owned(), format!("{table}.{table}")],
            _ => vec![table.to_owned()],
        }
    }

    /// Reads a directory of this tool; that of Alembic is one document, which Alembic itself has helped to make.
    #[must_use]
    pub fn parse(self, files: &[SourceFile]) -> Directory {
        let parsed = match self {
            Tool::Alembic => alembic::parse(files),
            Tool::Atlas => atlas::parse(files),
            Tool::Dbmate => dbmate::parse(files),
            Tool::Diesel => diesel::parse(files),
            Tool::Flyway => flyway::parse(files),
            Tool::GolangMigrate => golang_migrate::parse(files),
            Tool::Goose => goose::parse(files),
            Tool::Prisma => prisma::parse(files),
            Tool::Refinery => refinery::parse(files),
            Tool::Sqlx => sqlx::parse(files),
        };
        parsed.checked()
    }

    /// The tool whose directory holds these files.
    ///
    /// # Errors
    /// The tools that it may be of, if it is none alone.
    pub fn recognise(files: &[SourceFile]) -> Result<Tool, NotRecognised> {
        let is_it = |tool: &Tool| tool.may_have_written(files);
        let candidates: Vec<Tool> = Tool::ALL.into_iter().filter(is_it).collect();
        match candidates[..] {
            [only] => Ok(only),
            _ => Err(NotRecognised { candidates }),
        }
    }

    fn may_have_written(self, files: &[SourceFile]) -> bool {
        let any = |is: &dyn Fn(&SourceFile) -> bool| files.iter().any(is);
        let in_folder = |file: &SourceFile, name: &str| {
            file.name() == name && !file.folder().is_empty() && !file.folder().contains('/')
        };
        let numbered = |file: &SourceFile| {
            let (digits, rest) = digits_then(file.name());
            file.folder().is_empty()
                && !digits.is_empty()
                && rest.starts_with('_')
                && rest.ends_with(".sql")
        };
        let marked = |mark: &dyn Fn(&str) -> bool| {
            any(&|file| file.name().ends_with(".sql") && file.text.lines().any(mark))
        };
        let of_goose = || marked(&|line| goose::annotation(line).is_some());
        let of_dbmate = || marked(&|line| dbmate::directive(line).is_some());
        let of_atlas = || any(&|file| file.path == "atlas.sum");
        let paired = |file: &SourceFile| {
            let name = file.name();
            numbered(file) && (name.ends_with(".up.sql") || name.ends_with(".down.sql"))
        };
        match self {
            Tool::Alembic => any(&|file| matches!(file.name(), "alembic.ini" | "env.py")),
            Tool::Prisma => any(&|file| in_folder(file, "migration.sql")),
            Tool::Diesel => any(&|file| in_folder(file, "up.sql")),
            Tool::Goose => of_goose(),
            Tool::Dbmate => of_dbmate(),
            Tool::Atlas => of_atlas(),
            Tool::Flyway => {
                !any(&|file| refinery::name_parts(file.name()).is_some_and(|it| it.2 == "rs"))
                    && any(&|file| {
                        let start = file.name().split_once("__").map_or("", |(start, _)| start);
                        let is_sql = file.name().ends_with(".sql");
                        is_sql
                            && (start == "R"
                                || (start.strip_prefix('V'))
                                    .is_some_and(|version| flyway::version(version).is_some()))
                    })
            }
            Tool::Refinery => {
                let only_flyway = |file: &SourceFile| {
                    file.name().contains("__")
                        && file.name().ends_with(".sql")
                        && refinery::name_parts(file.name()).is_none()
                };
                any(&|file| refinery::name_parts(file.name()).is_some()) && !any(&only_flyway)
            }
            Tool::GolangMigrate => {
                let of_sqlx = |file: &SourceFile| file.text.starts_with("-- no-transaction");
                any(&paired) && !any(&of_sqlx)
            }
            Tool::Sqlx => any(&numbered) && !of_goose() && !of_dbmate() && !of_atlas(),
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for Tool {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_it = |tool: &Tool| tool.name() == text;
        Tool::ALL.into_iter().find(is_it).ok_or_else(|| {
            let names: Vec<&str> = Tool::ALL.into_iter().map(Tool::name).collect();
            format!("the tools are {}", names.join(", "))
        })
    }
}

/// A directory whose tool its files do not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRecognised {
    /// The tools that it may be of.
    pub candidates: Vec<Tool>,
}

impl fmt::Display for NotRecognised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.candidates.iter().map(|tool| tool.name()).collect();
        match names.is_empty() {
            true => f.write_str("the directory is that of no tool known here"),
            false => write!(f, "the directory may be that of {}", names.join(" or of ")),
        }
    }
}
