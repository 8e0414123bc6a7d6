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
    #[column(type = "string(9)", rename_values(sad = "blue", "not ok" = "so so"))]
    mood: Option<String>,
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
    { name = "email", type = "string(200)", not_null = true, rename_from = "mail" },
    { name = "mood", type = "string(9)", rename_values = { sad = "blue", "not ok" = "so so" } },
    { name = "nick", type = "text" },
    { name = "active", type = "boolean", not_null = true, default = "true" },
    { name = "since", type = "timestamptz", not_null = true, default = "CURRENT_TIMESTAMP" },
]

[[table]]
name = "post"
rename_from = "article"
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
    assert_eq!(models.schema(), document.schema);
    let told = |renames: &[Rename]| {
        let mut told: Vec<String> = renames.iter().map(Rename::to_string).collect();
        told.sort();
        told
    };
    let renames = told(models.renames());
    assert_eq!(
        renames,
        [
            "article=post",
            "users.mail=users.email",
            "users.mood.not ok=users.mood.so so",
            "users.mood.sad=users.mood.blue",
        ]
    );
    assert_eq!(told(&document.former_names), renames);
}
