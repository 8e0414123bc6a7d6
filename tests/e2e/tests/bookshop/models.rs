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

/// Models change in parts, and back: the scripts lead from each to the next, and home again.
pub(crate) fn changed(kind: &Kind) {
    let site = Site::empty(kind);
    let people = "CREATE TABLE people (id int PRIMARY KEY, name varchar(20));\n";
    let named =
        "CREATE TABLE people (id int PRIMARY KEY, nick varchar(20), name varchar(30) NOT NULL);\n";
    let pets = "CREATE TABLE pets (id int PRIMARY KEY, owner int, CONSTRAINT owners FOREIGN KEY (owner) REFERENCES people (id));\n";
    let others = "CREATE INDEX pet_owners ON pets (owner);\n\
                  CREATE TABLE toys (id int PRIMARY KEY, pet int, CONSTRAINT pets_of_toys FOREIGN KEY (pet) REFERENCES pets (id));\n\
                  CREATE TABLE shops (id int PRIMARY KEY, name varchar(20));\n\
                  CREATE VIEW names AS SELECT name FROM people;\n";
    let chairs = "CREATE TABLE chairs (id int PRIMARY KEY, shop int, CONSTRAINT shops_of_chairs FOREIGN KEY (shop) REFERENCES shops (id));\n";
    let states = [
        [people, pets, others].concat(),
        [named, pets, others].concat(),
        [named, pets, others, chairs].concat(),
        [people, pets, others].concat(),
    ];
    let nothing = Value::Array(Vec::new());
    for (at, models) in states.iter().enumerate() {
        site.write("models.sql", models);
        let made = site.run(&["create", &format!("State {at}"), "--models", "models.sql"]);
        assert_ne!(made["revision"], Value::Null, "{at}");
        site.run(&["upgrade", "--yes"]);
        assert_eq!(changes(&site, "models.sql"), nothing, "{at}");
    }
    // It is built anew, and comes out the same.
    site.write("models.sql", &states[0].replace("name", "\n name"));
    let told = site.run(&["create", "Same", "--models", "models.sql"]);
    assert_eq!(told["revision"], Value::Null);

    for models in states.iter().rev().skip(1) {
        site.run(&["downgrade", "-1", "--yes"]);
        site.write("models.sql", models);
        assert_eq!(changes(&site, "models.sql"), nothing);
    }
    // It is built in vain: scripts are pending.
    site.write("models.sql", &states[1]);
    let refused = site.tried(&["create", "More", "--models", "models.sql"]);
    assert!(refused.errors.contains("not applied yet"), "{refused:?}");
    assert_eq!(site.left_behind(), 0);
}

/// A database that does not tell names apart by their case keeps its own spelling.
pub(crate) fn spelled(kind: &Kind) {
    let site = Site::empty(kind);
    site.by_hand("CREATE TABLE USERS (ID integer PRIMARY KEY);")
        .expect("is made");
    site.write(
        "models.sql",
        "CREATE TABLE users (id integer PRIMARY KEY, name text);\n",
    );
    site.run(&["create", "Names", "--models", "models.sql"]);
    site.run(&["upgrade", "--yes"]);
    assert_eq!(changes(&site, "models.sql"), Value::Array(Vec::new()));
    let told = site.dapter(&["inspect"]).output;
    assert!(told.contains("CREATE TABLE USERS"), "{told}");
    site.run(&["downgrade", "-1", "--yes"]);
    let told = site.dapter(&["inspect"]).output;
    assert!(!told.contains("name"), "{told}");
}

/// What differs between the database and models.
fn changes(site: &Site, models: &str) -> Value {
    site.run(&["diff", "database", models])["changes"].clone()
}
