//! What `inspect` tells is models for another database, which becomes the same.

use serde_json::Value;

use crate::MIDDLE;
use crate::site::{Kind, Site};

/// The bookshop is built anew from what is told of it, changed to what it was in the middle of its history, and back.
pub(crate) fn models(kind: &Kind) {
    let shop = Site::new(kind);
    shop.run(&["upgrade", "--yes"]);
    let other = Site::empty(kind);
    let whole = [
        ("sql", "whole.sql"),
        ("toml", "whole.toml"),
        ("json", "whole.json"),
    ];
    for (format, file) in whole {
        other.write(file, &shop.dapter(&["inspect", "--format", format]).output);
    }
    other.run(&["create", "Everything", "--models", "whole.sql"]);
    other.run(&["upgrade", "--yes"]);
    for (_, file) in whole {
        assert_eq!(changes(&other, file), Value::Array(Vec::new()), "{file}");
    }
    let told = other.run(&["create", "Again", "--models", "whole.sql"]);
    assert_eq!(
        told["revision"],
        Value::Null,
        "there is nothing left: {told}"
    );

    shop.run(&["downgrade", MIDDLE, "--yes"]);
    other.write("middle.sql", &shop.dapter(&["inspect"]).output);
    other.run(&["create", "Back to the middle", "--models", "middle.sql"]);
    other.run(&["upgrade", "--yes"]);
    assert_eq!(changes(&other, "middle.sql"), Value::Array(Vec::new()));
    other.run(&["downgrade", "-1", "--yes"]);
    assert_eq!(changes(&other, "whole.sql"), Value::Array(Vec::new()));
    other.run(&["downgrade", "base", "--yes"]);
    assert_eq!(
        other.dapter(&["inspect"]).output,
        "",
        "nothing is left behind"
    );
}

/// What somebody does by hand is told; it is put back by the database's own program, or a script takes it in.
pub(crate) fn drift(kind: &Kind) {
    const BY_HAND: &str =
        "ALTER TABLE people ADD nick varchar(20);\nCREATE INDEX nicks ON people (nick);\n";
    let site = Site::empty(kind);
    site.write(
        "models.sql",
        "CREATE TABLE people (id int PRIMARY KEY, name varchar(20));\nCREATE VIEW names AS SELECT name FROM people;\n",
    );
    site.run(&["create", "People", "--models", "models.sql"]);
    site.run(&["upgrade"]);
    let drifted = || site.run(&["status", "--drift"])["drift"]["changes"].clone();
    let nothing = Value::Array(Vec::new());
    assert_eq!(drifted(), nothing);

    site.by_hand(BY_HAND).expect("is done");
    assert_eq!(
        drifted(),
        serde_json::json!(["alter table people: add column nick, add index nicks"])
    );
    let back = ["diff", "database", "scripts", "--sql"];
    site.carry_out(&back).expect("is put back");
    assert_eq!(drifted(), nothing);

    site.by_hand(BY_HAND).expect("is done again");
    site.run(&["create", "Nicks", "--drift"]);
    site.run(&["stamp", "head"]);
    assert_eq!(drifted(), nothing);
    site.run(&["downgrade", "-1", "--yes"]);
    assert_eq!(drifted(), nothing);
    assert_eq!(changes(&site, "models.sql"), nothing);
}

/// What differs between the database and models.
fn changes(site: &Site, models: &str) -> Value {
    site.run(&["diff", "database", models])["changes"].clone()
}
