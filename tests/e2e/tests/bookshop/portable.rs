//! One folder of portable scripts serves every kind of database.

use serde_json::Value;

use crate::site::{Kind, Site};

const FIRST: &str = "\
# Readers and what they lend
# dapter:revision a1

[[upgrade]]
op = \"create_table\"
name = \"readers\"
primary_key = [\"id\"]
columns = [
    { name = \"id\", type = \"bigint\", not_null = true },
    { name = \"name\", type = \"string(40)\" },
    { name = \"since\", type = \"date\" },
]

[[upgrade]]
op = \"create_table\"
name = \"loans\"
primary_key = [\"id\"]
columns = [
    { name = \"id\", type = \"bigint\", not_null = true },
    { name = \"reader\", type = \"bigint\", not_null = true },
]
foreign_keys = [{ name = \"loans_reader\", columns = [\"reader\"], table = { name = \"readers\" }, references = [\"id\"] }]
indexes = [{ name = \"loans_by_reader\", columns = [\"reader\"] }]

[[upgrade]]
op = \"execute\"
sql = \"INSERT INTO readers (id, name) VALUES (1, 'Ada; or so'), (2, 'Grace')\"
mysql = \"INSERT INTO readers SET id = 1, name = 'Ada; or so'; INSERT INTO readers SET id = 2, name = 'Grace'\"

[[downgrade]]
op = \"drop_table\"
name = \"loans\"

[[downgrade]]
op = \"drop_table\"
name = \"readers\"
";

const SECOND: &str = "\
# What can be changed
# dapter:revision b1
# dapter:revises a1

[[upgrade]]
op = \"rename_column\"
table = \"readers\"
column = \"name\"
to = \"full_name\"

[[upgrade]]
op = \"alter_column\"
table = \"readers\"
column = { name = \"full_name\", type = \"string(80)\", not_null = true }

[[upgrade]]
op = \"add_column\"
table = \"readers\"
column = { name = \"active\", type = \"boolean\", not_null = true, default = \"true\" }

[[upgrade]]
op = \"drop_column\"
table = \"readers\"
column = \"since\"

[[upgrade]]
op = \"add_unique\"
table = \"readers\"
unique = { name = \"readers_full_name\", columns = [\"full_name\"] }

[[upgrade]]
op = \"drop_foreign_key\"
table = \"loans\"
foreign_key = \"loans_reader\"

[[upgrade]]
op = \"rename_table\"
name = \"loans\"
to = \"lendings\"

[[upgrade]]
op = \"create_view\"
name = \"active readers\"
sql = \"SELECT full_name FROM readers WHERE active\"
mysql = \"SELECT full_name FROM readers WHERE active = 1;\"

[[downgrade]]
op = \"drop_view\"
name = \"active readers\"

[[downgrade]]
op = \"rename_table\"
name = \"lendings\"
to = \"loans\"

[[downgrade]]
op = \"add_foreign_key\"
table = \"loans\"
foreign_key = { name = \"loans_reader\", columns = [\"reader\"], table = { name = \"readers\" }, references = [\"id\"] }

[[downgrade]]
op = \"drop_unique\"
table = \"readers\"
unique = \"readers_full_name\"

[[downgrade]]
op = \"add_column\"
table = \"readers\"
column = { name = \"since\", type = \"date\" }

[[downgrade]]
op = \"drop_column\"
table = \"readers\"
column = \"active\"

[[downgrade]]
op = \"alter_column\"
table = \"readers\"
column = { name = \"full_name\", type = \"string(40)\" }

[[downgrade]]
op = \"rename_column\"
table = \"readers\"
column = \"full_name\"
to = \"name\"
";

/// The scripts go up and down with what is in the tables, each way is exact, and what they come to as a script for the
/// database's own program does the same.
pub(crate) fn portable(kind: &Kind) {
    let site = Site::empty(kind);
    site.write("migrations/versions/a1.toml", FIRST);
    site.write("migrations/versions/b1.toml", SECOND);
    site.run(&["upgrade", "a1", "--yes"]);
    let first = site.contents();
    assert!(first.contains("Ada; or so"), "{first}");
    site.run(&["upgrade", "--yes"]);
    let drift = site.run(&["check", "--drift"]);
    assert_eq!(drift["findings"], Value::Array(Vec::new()), "{drift}");
    let verified = site.run(&["verify"]);
    for revision in verified["revisions"].as_array().expect("a list") {
        assert_eq!(revision["outcome"], "exact", "{verified}");
    }
    site.run(&["downgrade", "a1", "--yes"]);
    let rows = |contents: &str| contents.matches("Ada; or so").count();
    assert_eq!(rows(&site.contents()), rows(&first));
    site.run(&["upgrade", "--yes"]);

    let other = Site::empty(kind);
    other.write("migrations/versions/a1.toml", FIRST);
    other.write("migrations/versions/b1.toml", SECOND);
    other
        .carry_out(&["upgrade", "base:a1", "--sql"])
        .expect("the program takes it");
    other.run(&["upgrade", "--yes"]);
    let built = |site: &Site| site.dapter(&["inspect"]).output;
    assert_eq!(built(&other), built(&site));
}
