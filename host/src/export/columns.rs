//! What the tables of other tools look like, by their own sources.

use dapter_plugin_api::{ForeignColumn, ForeignType};

use crate::adopt::Tool;

use ForeignType::{
    BigInteger, Boolean, Bytes, Integer, Moment, OptionalMoment, Serial, Text, Varchar,
};

/// The columns of a tool's table, its key first.
///
/// refinery reads a version of four bytes and no other, unless it was built for eight: as versions beyond `i32` tell.
pub(super) fn columns(tool: Tool, keys: &[&str]) -> Vec<ForeignColumn> {
    let is_long = |key: &&str| key.parse::<i32>().is_err();
    let has_long_keys = tool == Tool::Refinery && keys.iter().any(is_long);
    let column = |(at, (name, holds)): (usize, &(&str, ForeignType))| ForeignColumn {
        name: name.trim_start_matches(['?', '#']).to_owned(),
        holds: match at {
            0 if has_long_keys => BigInteger,
            _ => *holds,
        },
        key: at == 0,
        nullable: name.starts_with('?'),
        default: name.starts_with('#').then_some(0),
    };
    listed(tool).iter().enumerate().map(column).collect()
}

/// The columns by name: with a question mark before it those that may be empty, with a `#` those that begin at 0.
fn listed(tool: Tool) -> &'static [(&'static str, ForeignType)] {
    match tool {
        Tool::Alembic => &[("version_num", Varchar(32))],
        Tool::Atlas => &[
            ("version", Varchar(255)),
            ("description", Varchar(255)),
            ("type", BigInteger),
            ("applied", BigInteger),
            ("total", BigInteger),
            ("executed_at", Moment),
            ("execution_time", BigInteger),
            ("?error", Text),
            ("?error_stmt", Text),
            ("hash", Varchar(255)),
            ("?partial_hashes", Text),
            ("operator_version", Varchar(255)),
        ],
        Tool::Dbmate => &[("version", Varchar(128))],
        Tool::Diesel => &[("version", Varchar(50)), ("run_on", Moment)],
        Tool::Flyway => &[
            ("installed_rank", Integer),
            ("?version", Varchar(50)),
            ("description", Varchar(200)),
            ("type", Varchar(20)),
            ("script", Varchar(1000)),
            ("?checksum", Integer),
            ("installed_by", Varchar(100)),
            ("installed_on", Moment),
            ("execution_time", Integer),
            ("success", Boolean),
        ],
        Tool::GolangMigrate => &[("version", BigInteger), ("dirty", Boolean)],
        Tool::Goose => &[
            ("id", Serial),
            ("version_id", BigInteger),
            ("is_applied", Boolean),
            ("tstamp", Moment),
        ],
        Tool::Prisma => &[
            ("id", Varchar(36)),
            ("checksum", Varchar(64)),
            ("finished_at", OptionalMoment),
            ("migration_name", Varchar(255)),
            ("?logs", Text),
            ("rolled_back_at", OptionalMoment),
            ("started_at", Moment),
            ("#applied_steps_count", Integer),
        ],
        Tool::Refinery => &[
            ("version", Integer),
            ("?name", Varchar(255)),
            ("?applied_on", Varchar(255)),
            ("?checksum", Varchar(255)),
        ],
        Tool::Sqlx => &[
            ("version", BigInteger),
            ("description", Text),
            ("installed_on", Moment),
            ("success", Boolean),
            ("checksum", Bytes),
            ("execution_time", BigInteger),
        ],
    }
}
