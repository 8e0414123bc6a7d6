use std::collections::{HashMap, HashSet};
use std::path::Path;

use dapter_plugin_api::{ForeignType, Rows, Value};

use super::*;
use crate::adopt::{
    ALEMBIC_DOCUMENT, AdoptError, SourceFile, Tool, chained, read_state, script_text,
};
use crate::script::{ChunkKind, ScriptTransaction, Section as ScriptSection, parse};

/// A directory of each tool whose table names migrations by a version.
const DIRECTORIES: &[(Tool, &[(&str, &str)])] = &[
    (
        Tool::Sqlx,
        &[
            ("20240101120000_a.down.sql", "DROP TABLE a;\n"),
            ("20240101120000_a.up.sql", "CREATE TABLE a (id int);\n\n"),
            ("20240102120000_b.sql", "-- no-transaction\nVACUUM;\n"),
        ],
    ),
    (
        Tool::GolangMigrate,
        &[
            ("000001_a.down.sql", "DROP TABLE a;\r\n"),
            ("000001_a.up.sql", "CREATE TABLE a (id int);\r\n"),
            ("000002_b.up.sql", "CREATE TABLE b (id int);\n"),
        ],
    ),
    (
        Tool::Diesel,
        &[
            ("2024-01-01-000000_a/down.sql", "DROP TABLE a;\n"),
            ("2024-01-01-000000_a/up.sql", "CREATE TABLE a (id int);\n"),
            (
                "2024-01-02-000000_b/metadata.toml",
                "run_in_transaction = false\n",
            ),
            ("2024-01-02-000000_b/up.sql", "VACUUM;\n"),
        ],
    ),
    (
        Tool::Goose,
        &[
            (
                "00001_a.sql",
                "-- +goose Up\nCREATE TABLE a (id int);\n\n-- +goose Down\nDROP TABLE a;\n",
            ),
            (
                "00002_b.sql",
                "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\nA; B;\n-- +goose StatementEnd\n",
            ),
        ],
    ),
    (
        Tool::Dbmate,
        &[
            (
                "20240101120000_a.sql",
                "-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\nDROP TABLE a;\n",
            ),
            (
                "20240102120000_b.sql",
                "-- migrate:up transaction:false\nVACUUM;\n-- migrate:down\n",
            ),
        ],
    ),
    (
        Tool::Flyway,
        &[
            ("U1__a.sql", "DROP TABLE a;\n"),
            ("V1.10__c.sql", "VACUUM;\n"),
            ("V1.10__c.sql.conf", "executeInTransaction=false\n"),
            ("V1.2__b.sql", "CREATE TABLE b (id int);\n"),
            ("V1__a.sql", "CREATE TABLE a (id int);\n"),
        ],
    ),
    (
        Tool::Refinery,
        &[
            ("V1__a.sql", "CREATE TABLE a (id int);\n"),
            ("V10__b.sql", "CREATE TABLE b (id int);\n"),
        ],
    ),
    (
        Tool::Prisma,
        &[
            (
                "20240101120000_a/migration.sql",
                "CREATE TABLE a (id int);\n",
            ),
            (
                "20240102120000_b/migration.sql",
                "CREATE TABLE b (id int);\n",
            ),
        ],
    ),
    (
        Tool::Atlas,
        &[
            ("20240101120000_a.sql", "CREATE TABLE a (id int);\n"),
            ("20240102120000_b.sql", "-- atlas:txmode none\n\nVACUUM;\n"),
            (
                "20240103120000.sql",
                "-- atlas:delimiter \\n-- end\n\nA; B;\n-- end\n",
            ),
        ],
    ),
];

fn sources(files: &[(&str, &str)]) -> Vec<SourceFile> {
    let file = |(path, text): &(&str, &str)| SourceFile {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    };
    files.iter().map(file).collect()
}

/// The scripts that a directory becomes, as they are read again.
fn adopted(tool: Tool, files: &[SourceFile]) -> Vec<Outgoing> {
    let directory = tool.parse(files);
    assert_eq!(directory.problems, [], "{tool}");
    let chain = chained(tool, &directory.migrations, &HashSet::new()).expect("chained");
    let outgoing = |link| {
        let text = script_text(link, tool, "--");
        let script = parse(Path::new("script.sql"), &text).expect("a script");
        let section = |section: &ScriptSection| {
            let chunks = section.chunks.iter();
            let parts: Vec<_> = chunks
                .map(|chunk| (chunk.kind, &text[chunk.range.clone()]))
                .collect();
            let end = section.chunks.last().map_or(0, |chunk| chunk.range.end);
            let section_text = Section::new(&parts, end < text.len());
            let body: String = parts.iter().map(|(_, text)| *text).collect();
            let statements = match body.contains("A; B;") {
                true => vec!["A; B;".to_owned()],
                false => {
                    let lines = body.lines().filter(|line| !line.starts_with("--"));
                    let trimmed = lines.map(|line| line.trim_end_matches(';').to_owned());
                    trimmed.filter(|line| !line.is_empty()).collect()
                }
            };
            Section {
                statements,
                alone: script.transaction_of(section) == ScriptTransaction::None,
                ..section_text
            }
        };
        Outgoing {
            path: script.path.clone(),
            created: script.created.clone(),
            upgrade: section(&script.upgrade[0]),
            downgrade: script.downgrade.first().map(section),
            revision: script.revision.as_ref().clone(),
        }
    };
    chain.iter().map(outgoing).collect()
}

#[test]
fn what_was_taken_over_comes_back_as_it_was() {
    for (tool, given) in DIRECTORIES {
        let mut given = sources(given);
        given.sort_by(|one, other| one.path.cmp(&other.path));
        let exported = export(*tool, &adopted(*tool, &given)).expect("it can be said");
        let mut files = exported.files;
        files.retain(|file| file.path != "atlas.sum");
        files.sort_by(|one, other| one.path.cmp(&other.path));
        assert_eq!(files, given, "{tool}");
    }
}

#[test]
fn every_tool_reads_what_was_taken_over_from_any() {
    let (_, given) = DIRECTORIES[1];
    let scripts = adopted(Tool::GolangMigrate, &sources(given));
    for tool in Tool::ALL {
        match export(tool, &scripts) {
            Ok(exported) if tool == Tool::Alembic => assert_eq!(exported.files.len(), 2),
            Ok(exported) => assert_eq!(exported.directory.migrations.len(), 2, "{tool}"),
            Err(error) => assert_eq!(
                (tool, error.to_string()),
                (
                    Tool::Dbmate,
                    format!(
                        "the scripts cannot be written as those of dbmate:\n  script.sql: {} has no way back, and dbmate wants one of each migration",
                        scripts[1].revision.id
                    )
                )
            ),
        }
    }
}

#[test]
fn marked_statements_stay_apart() {
    let text = |parts: &[(ChunkKind, &str)]| Section::new(parts, false).text;
    let (marked, plain) = (ChunkKind::Statement, ChunkKind::Text);
    assert_eq!(
        text(&[(marked, "A\n"), (plain, "\n"), (marked, "B -- b\n")]),
        "A;\n\nB -- b\n;\n"
    );
    assert_eq!(text(&[(marked, "A;\n"), (plain, "B")]), "A;\nB");
}

#[test]
fn tables_are_as_the_tools_make_them() {
    let column = |tool: Tool, keys: &[&str], name: &str| {
        let columns = columns::columns(tool, keys);
        columns.into_iter().find(|column| column.name == name)
    };
    let version = |keys: &[&str]| column(Tool::Refinery, keys, "version").map(|it| it.holds);
    assert_eq!(version(&["1", "20"]), Some(ForeignType::Integer));
    assert_eq!(version(&["20240101120000"]), Some(ForeignType::BigInteger));
    let steps = column(Tool::Prisma, &[], "applied_steps_count").and_then(|it| it.default);
    assert_eq!(steps, Some(0));
}

#[test]
fn new_scripts_are_named_behind_the_others() {
    let (_, given) = DIRECTORIES[1];
    let mut scripts = adopted(Tool::GolangMigrate, &sources(given));
    let mut new = scripts[1].clone();
    new.revision.aliases.clear();
    new.revision.id = "abc".parse().expect("an id");
    new.revision.revises = vec![scripts[1].revision.id.clone()];
    new.revision.message = "Add more".to_owned();
    new.created = Some("2025-05-16T10:30:00Z".to_owned());
    scripts.push(new.clone());
    let last = |tool: Tool, scripts: &[Outgoing]| {
        let files = export(tool, scripts).expect("it can be said").files;
        files
            .last()
            .map(|file| file.path.clone())
            .unwrap_or_default()
    };
    assert_eq!(last(Tool::Sqlx, &scripts), "000003_add_more.sql");
    new.revision.revises.clear();
    let alone = [new];
    assert_eq!(last(Tool::Sqlx, &alone), "20250516103000_add_more.sql");
    assert_eq!(last(Tool::Flyway, &alone), "V20250516103000__add_more.sql");
    assert_eq!(last(Tool::Refinery, &alone), "V1__add_more.sql");
    assert_eq!(last(Tool::Alembic, &alone), "abc_add_more.py");
}

#[test]
fn branches_are_refused_but_by_alembic() {
    let document = include_str!("../../../tests/fixtures/adopt/alembic.json");
    let scripts = adopted(Tool::Alembic, &sources(&[(ALEMBIC_DOCUMENT, document)]));
    let Err(AdoptError::Inexpressible { reasons, .. }) = export(Tool::Goose, &scripts) else {
        panic!("goose has no branches");
    };
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    let exported = export(Tool::Alembic, &scripts).expect("it can be said");
    let merge = exported
        .files
        .iter()
        .find(|file| file.path == "d1_d1.py")
        .expect("a file");
    assert!(
        merge.text.contains("down_revision = (\"b1\", \"c1\")"),
        "{}",
        merge.text
    );
}

/// A table after a change.
fn changed(change: &dapter_plugin_api::ForeignChange) -> Rows {
    let columns: Vec<String> = change
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let value = |row: &[(String, Value)], name: &str, at: usize| {
        let found = row.iter().find(|(column, _)| column == name);
        match found {
            Some((_, value)) => value.clone(),
            None if name == "id" => Value::Integer(i64::try_from(at).unwrap_or_default()),
            None => Value::Null,
        }
    };
    let rows = change.insert.iter().enumerate();
    let rows = rows
        .map(|(at, row)| columns.iter().map(|name| value(row, name, at)).collect())
        .collect();
    Rows { columns, rows }
}

#[test]
fn a_table_that_was_written_says_what_is_applied() {
    for (tool, given) in DIRECTORIES {
        let scripts = adopted(*tool, &sources(given));
        let directory = export(*tool, &scripts).expect("it can be said").directory;
        let at = "2024-02-29T12:00:00Z";
        let applied: HashMap<usize, String> = HashMap::from([(0, at.to_owned())]);
        let statements = vec![1; scripts.len()];
        let applied = applied_here(&directory, &applied, &statements);
        let table = table_change(*tool, "t", None, &applied);
        let rows = changed(&table);
        let state = read_state(*tool, &rows, &directory);
        assert_eq!(
            (state.refusals.len(), state.warnings.len()),
            (0, 0),
            "{tool}: {state:?}"
        );
        let keys: Vec<&str> = state.applied.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(keys, [directory.migrations[0].key.as_str()], "{tool}");
        let again = table_change(*tool, "t", Some(&rows), &applied);
        assert_eq!(
            (again.remove.len(), again.insert.len()),
            (0, 0),
            "{tool}: {again:?}"
        );
        let nothing = table_change(*tool, "t", Some(&rows), &[]);
        assert_eq!(
            (nothing.remove.len(), nothing.insert.len()),
            (1, 0),
            "{tool}"
        );
    }
}

#[test]
fn only_heads_are_told_to_alembic() {
    let document = include_str!("../../../tests/fixtures/adopt/alembic.json");
    let files = sources(&[(ALEMBIC_DOCUMENT, document)]);
    let directory = Tool::Alembic.parse(&files);
    let rows = Rows {
        columns: vec!["version_num".to_owned()],
        rows: vec![vec![Value::Text("d1".to_owned())]],
    };
    let state = read_state(Tool::Alembic, &rows, &directory);
    let mut keys: Vec<&str> = state.applied.iter().map(|row| row.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["a1", "b1", "c1", "d1"]);
    let first = &directory.migrations[0];
    assert_eq!(first.downgrade.as_deref(), Some("DROP TABLE users;\n"));
    assert!(
        first.upgrade.ends_with("(1, 'it''s');\n"),
        "{}",
        first.upgrade
    );
}
