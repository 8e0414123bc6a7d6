//! Mistakes in scripts fail the build, all at once, with file and line.

use std::fs;

use dapter_embed::{Embedding, Mistakes};
use tempfile::TempDir;

fn directory(scripts: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("versions")).expect("a folder");
    for (name, text) in scripts {
        fs::write(folder.path().join("versions").join(name), text).expect("a file");
    }
    folder
}

fn mistakes(scripts: &[(&str, &str)]) -> Vec<String> {
    let folder = directory(scripts);
    let checked = Embedding::check(folder.path(), "migrations", "sql");
    let Mistakes(lines) = checked.expect_err("something is wrong");
    let place = format!("{}/", folder.path().display());
    lines.iter().map(|line| line.replace(&place, "")).collect()
}

const GOOD: &str =
    "-- One\n-- dapter:revision a1\n-- dapter:upgrade\nx;\n-- dapter:downgrade\ny;\n";

#[test]
fn mistakes_of_scripts_name_file_and_line() {
    let bad = GOOD.replace("dapter:upgrade", "dapter:upgarde");
    let found = mistakes(&[("1.sql", GOOD), ("2.sql", &bad)]);
    assert!(found[0].starts_with("versions/2.sql:3: "), "{found:?}");
    assert!(found.iter().all(|line| !line.contains('\n')), "{found:?}");
}

#[test]
fn mistakes_of_the_graph_name_file_and_line() {
    let orphan = GOOD.replace("a1\n", "b2\n-- dapter:revises c3\n");
    let found = mistakes(&[("1.sql", GOOD), ("2.sql", GOOD), ("3.sql", &orphan)]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found
            .iter()
            .any(|line| line.starts_with("versions/3.sql:3: ")),
        "{found:?}"
    );
}

#[test]
fn what_is_embedded_is_sorted_and_other_files_stay_out() {
    let second = GOOD.replace("a1\n", "b2\n-- dapter:revises a1\n");
    let folder = directory(&[("2.sql", &second), ("1.sql", GOOD), ("README.md", "about")]);
    let again = "-- Views\n-- dapter:repeatable views\n-- dapter:upgrade\nz;\n";
    fs::create_dir(folder.path().join("repeatable")).expect("a folder");
    fs::write(folder.path().join("repeatable/views.sql"), again).expect("a file");
    let embedding = Embedding::check(folder.path(), "db/migrations", "sql").expect("it is right");
    let code = embedding.to_string();
    let place = folder.path().canonicalize().expect("it is there");
    let place = format!("{}/", place.display());
    assert_eq!(
        code.replace(&place, ""),
        "::dapter::script::EmbeddedScripts::new(\"db/migrations\", \"sql\", &[\n    \
         (\"repeatable/views.sql\", include_bytes!(\"repeatable/views.sql\")),\n    \
         (\"versions/1.sql\", include_bytes!(\"versions/1.sql\")),\n    \
         (\"versions/2.sql\", include_bytes!(\"versions/2.sql\")),\n])\n"
    );
}

#[test]
fn a_directory_that_is_not_there_is_said_to_be_missing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Mistakes(lines) =
        Embedding::check(&folder.path().join("no"), "no", "sql").expect_err("none");
    assert!(
        lines[0].contains("there is no migrations directory"),
        "{lines:?}"
    );
}
