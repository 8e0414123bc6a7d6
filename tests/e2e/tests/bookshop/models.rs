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

/// What differs between the database and models.
fn changes(site: &Site, models: &str) -> Value {
    site.run(&["diff", "database", models])["changes"].clone()
}
