//! Structs as models, which are what a document says that is written by hand.

use dapter::autogenerate::{Models, document_of_toml};
use dapter::diff::Rename;

#[derive(dapter::Model)]
#[table(name = "users")]
#[allow(dead_code)]
struct User {
    #[column(primary_key, identity)]
    id: i64,
    #[column(unique, type = "string(200)", rename_from = "mail")]
    email: String,
    nick: Option<String>,
    #[column(default = "true")]
    active: bool,
    #[column(type = "timestamptz", default = "CURRENT_TIMESTAMP")]
    since: std::time::SystemTime,
    #[column(skip)]
    posts: Vec<Post>,
}

#[derive(dapter::Model)]
#[table(rename_from = "article")]
#[allow(dead_code)]
struct Post {
    #[column(primary_key)]
    id: i64,
    #[column(references = "users.id", on_delete = "cascade", index)]
    author: i64,
    #[column(name = "kind")]
    r#type: i16,
    picture: Option<Vec<u8>>,
}

const DOCUMENT: &str = r#"
[[table]]
name = "users"
primary_key = ["id"]
uniques = [{ name = "users_email_key", columns = ["email"] }]
columns = [
    { name = "id", type = "bigint", not_null = true, identity = { kind = "by_default" } },
    { name = "email", type = "string(200)", not_null = true },
    { name = "nick", type = "text" },
    { name = "active", type = "boolean", not_null = true, default = "true" },
    { name = "since", type = "timestamptz", not_null = true, default = "CURRENT_TIMESTAMP" },
]

[[table]]
name = "post"
primary_key = ["id"]
foreign_keys = [{ name = "post_author_fkey", columns = ["author"], table = { name = "users" }, references = ["id"], on_delete = "cascade" }]
indexes = [{ name = "post_author_idx", columns = ["author"] }]
columns = [
    { name = "id", type = "bigint", not_null = true },
    { name = "author", type = "bigint", not_null = true },
    { name = "kind", type = "smallint", not_null = true },
    { name = "picture", type = "binary" },
]
"#;

#[test]
fn structs_are_tables() {
    let models = Models::new().with::<User>().with::<Post>();
    let document = document_of_toml(DOCUMENT).expect("a document");
    assert_eq!(models.schema(), document);
    let renames: Vec<String> = models.renames().iter().map(Rename::to_string).collect();
    assert_eq!(renames, ["users.mail=users.email", "article=post"]);
}
