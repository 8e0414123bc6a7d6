//! What models say had another name before is renamed, with what is in it.

use serde_json::{Value, json};

use crate::site::{Kind, Site};

const FIRST: &str = "\
[[table]]
name = 'people'
primary_key = ['id']
columns = [
    { name = 'id', type = 'integer', not_null = true },
    { name = 'name', type = 'string(40)', not_null = true },
    { name = 'mood', type = 'string(9)', not_null = true },
]
checks = [{ name = 'moods', expression = \"mood IN ('sad', 'ok')\" }]

[[object]]
kind = 'view'
name = 'names'
definition.query = 'SELECT name FROM people'
";

const SECOND: &str = "\
[[table]]
name = 'persons'
rename_from = 'people'
primary_key = ['id']
columns = [
    { name = 'id', type = 'integer', not_null = true },
    { name = 'full_name', type = 'string(40)', not_null = true, rename_from = 'name' },
    { name = 'mood', type = 'string(9)', not_null = true, rename_values = { sad = 'blue' } },
]
checks = [{ name = 'moods', expression = \"mood IN ('blue', 'ok')\" }]

[[object]]
kind = 'view'
name = 'names'
definition.query = 'SELECT full_name FROM persons'
";

const THIRD: &str = "\
CREATE TABLE readers ( -- dapter:rename_from persons
    id INTEGER NOT NULL PRIMARY KEY,
    name VARCHAR(40) NOT NULL, -- dapter:rename_from full_name
    mood VARCHAR(9) NOT NULL,
    CONSTRAINT moods CHECK (mood IN ('low', 'ok'))
);
-- dapter:rename readers.mood.blue=readers.mood.low
CREATE VIEW names AS SELECT name FROM readers;
";

/// Names are said in documents and statements, carried out once, and said again without harm.
pub(crate) fn former_names(kind: &Kind) {
    let site = Site::empty(kind);
    let follow = |file: &str, models: &str| {
        site.write(file, models);
        let created = site.run(&["create", "Follow", "--models", file]);
        site.run(&["upgrade", "--yes"]);
        let again = site.run(&["create", "Again", "--models", file]);
        assert_eq!(again["revision"], Value::Null, "{again}");
        assert_eq!(created["losses"], json!([]), "{created}");
        site.contents()
    };
    follow("first.toml", FIRST);
    site.by_hand("INSERT INTO people (id, name, mood) VALUES (1, 'Ada', 'sad')")
        .expect("is done");
    let table = [("second.toml", SECOND, "blue"), ("third.sql", THIRD, "low")];
    for (file, models, mood) in table {
        let found = follow(file, models);
        assert!(found.contains("Ada") && found.contains(mood), "{found}");
    }
    site.run(&["downgrade", "-2", "--yes"]);
    let back = site.contents();
    assert!(back.contains("Ada") && back.contains("sad"), "{back}");
    let left = site.run(&["diff", "database", "first.toml"]);
    assert_eq!(left["changes"], json!([]), "{left}");
}
