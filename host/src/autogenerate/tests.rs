//! What is remembered is of use exactly as long as it is right.

use std::borrow::Cow;

use dapter_plugin_api::schema::{Column, Dependency, ForeignKey, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, Operation, Schema, TableChange};

use super::remembered::{Outline, Part, Rebuild, Remembered, Statements, Told, by_themselves};
use super::{parts, taken_back, without_others};

fn told(texts: &[(&'static str, &'static str)]) -> Vec<Told<'static>> {
    let told = texts.iter().map(|&(subject, text)| Told {
        text: Cow::Borrowed(text),
        subject: (!subject.is_empty()).then(|| subject.to_owned()),
    });
    told.collect()
}

fn table(name: &str, refers_to: Option<&str>) -> SchemaObject {
    let foreign_keys = refers_to.map(|to| ForeignKey {
        columns: vec!["other".to_owned()],
        table: ObjectName::plain(to),
        ..ForeignKey::default()
    });
    let table = Table {
        columns: vec![Column {
            name: "id".to_owned(),
            ..Column::default()
        }],
        foreign_keys: foreign_keys.into_iter().collect(),
        ..Table::default()
    };
    SchemaObject::of_table(ObjectName::plain(name), table)
}

fn view(name: &str, of: &str) -> SchemaObject {
    SchemaObject {
        depends_on: vec![Dependency {
            kind: "table".to_owned(),
            name: ObjectName::plain(of),
            columns: Vec::new(),
        }],
        ..SchemaObject::of_definition(
            "view",
            ObjectName::plain(name),
            vec![format!("view {name}")],
        )
    }
}

const MODELS: &[(&str, &str)] = &[
    ("", "SET mode"),
    ("users", "CREATE TABLE users (id)"),
    ("posts", "CREATE TABLE posts (id, author REFERENCES users)"),
    ("tags", "CREATE TABLE tags (id, post REFERENCES posts)"),
    ("recent", "CREATE VIEW recent AS SELECT id FROM posts"),
];

fn remembered() -> Remembered {
    Remembered {
        place: "here".to_owned(),
        statements: Statements::of(&told(MODELS)),
        server: Schema::default(),
    }
}

fn objects() -> Vec<SchemaObject> {
    let schema = Schema::of(vec![
        table("users", None),
        table("posts", Some("users")),
        table("tags", Some("posts")),
        view("recent", "posts"),
    ]);
    schema.objects
}

fn rebuild(told: &[Told<'_>]) -> Rebuild {
    remembered().rebuild(&Statements::of(told), told)
}

/// What is put beside a part.
fn beside(part: &Part) -> Schema {
    let outlines: Vec<Outline> = objects().iter().map(Outline::of).collect();
    let chosen = part.beside(&outlines).into_iter();
    let chosen = chosen.map(|at| objects()[at].clone()).collect();
    Schema::default().with(by_themselves(chosen))
}

fn merged(part: &Part, found: &Schema) -> Option<Schema> {
    remembered().merged(objects(), part, &beside(part), found)
}

fn with(at: usize, subject: &'static str, text: &'static str) -> Vec<Told<'static>> {
    let mut models = MODELS.to_vec();
    models[at] = (subject, text);
    told(&models)
}

fn part(told: &[Told<'_>]) -> Part {
    match rebuild(told) {
        Rebuild::Part(part) => part,
        other => panic!("{other:?}"),
    }
}

fn names(schema: &Schema) -> Vec<String> {
    schema
        .objects
        .iter()
        .map(|it| it.name.to_string())
        .collect()
}

#[test]
fn what_is_the_same_is_not_built() {
    assert_eq!(rebuild(&told(MODELS)), Rebuild::Nothing);
    let mode = with(0, "", "SET another mode");
    assert_eq!(rebuild(&mode), Rebuild::Everything);
}

#[test]
fn what_changed_is_built_with_what_mentions_it_beside_what_it_mentions() {
    let part = part(&with(
        2,
        "posts",
        "CREATE TABLE posts (id, title, author REFERENCES users)",
    ));
    assert_eq!(part.statements, [0, 2, 3, 4], "users are as they were");
    assert_eq!(names(&beside(&part)), ["users"]);
}

#[test]
fn what_was_built_takes_the_place_of_what_was_remembered() {
    let changed = with(
        3,
        "tags",
        "CREATE TABLE tags (id, note, post REFERENCES posts)",
    );
    let part = part(&changed);
    assert_eq!(names(&beside(&part)), ["posts"]);
    let mut others = beside(&part).objects;
    let mut tags = table("tags", Some("posts"));
    tags.comment = "new".to_owned();
    others.push(tags.clone());
    let schema = merged(&part, &Schema::of(others.clone())).expect("it fits");
    assert_eq!(names(&schema), ["posts", "tags", "users", "recent"]);
    assert!(schema.objects.contains(&tags));

    others[0].comment = "another".to_owned();
    let odd = merged(&part, &Schema::of(others));
    assert_eq!(odd, None, "what stands beside it is not as it was");
}

#[test]
fn what_comes_out_otherwise_though_its_statements_are_the_same_is_not_trusted() {
    let part = part(&with(
        2,
        "posts",
        "CREATE TABLE posts (id, title, author REFERENCES users)",
    ));
    let mut recent = view("recent", "posts");
    recent.comment = "as it comes out now".to_owned();
    let found = Schema::of(vec![
        table("users", None),
        table("posts", Some("users")),
        table("tags", Some("posts")),
        recent,
    ]);
    assert_eq!(merged(&part, &found), None);
}

#[test]
fn what_is_gone_is_looked_for_in_what_mentions_it() {
    let without_posts: Vec<Told<'_>> = told(MODELS)
        .into_iter()
        .filter(|it| it.subject.as_deref() != Some("posts"))
        .collect();
    let part = part(&without_posts);
    assert_eq!(
        part.statements,
        [0, 2, 3],
        "tags and the view cannot be built any more, which will be told"
    );
}

#[test]
fn operations_are_tried_on_what_they_have_to_do_with() {
    let schema = Schema::of(vec![
        table("users", None),
        table("posts", Some("users")),
        table("tags", Some("posts")),
        table("others", Some("tags")),
        view("recent", "posts"),
        view("other", "others"),
    ]);
    let before = table("posts", Some("users"));
    let operation = Operation::Alter {
        after: before.clone(),
        before,
        changes: vec![TableChange::Rebuild],
    };
    let [part, _] = parts([&schema, &schema], &[operation]);
    assert_eq!(names(&part), ["posts", "tags", "users", "recent"]);
}

#[test]
fn what_is_taken_back_is_as_it_was_beside_what_stays() {
    let posts = table("posts", Some("users"));
    let mut changed = posts.clone();
    changed.comment = "new".to_owned();
    let with = |posts: &SchemaObject| {
        let others = [table("users", None), table("tags", Some("posts"))];
        Schema::of(others.into_iter().chain([posts.clone()]).collect())
    };
    let states = [with(&posts), with(&changed)];
    let operations = [Operation::Alter {
        before: posts.clone(),
        after: changed.clone(),
        changes: vec![TableChange::Rebuild],
    }];
    let [before, after] = parts([&states[0], &states[1]], &operations);

    let mut built = states[1].objects.clone();
    built.push(view("other", "users"));
    let back = taken_back(&Schema::of(built), [&before, &after], &operations);
    let back = back.expect("all is there");
    assert_eq!(names(&back), ["posts", "tags", "users", "other"]);
    assert_eq!(back.objects[0], posts);

    let few = Schema::of(vec![table("users", None), changed]);
    let lacking = taken_back(&few, [&before, &after], &operations);
    assert_eq!(lacking, None, "what refers to it is not there");
}

#[test]
fn tables_that_operations_have_nothing_to_do_with_are_left_out_of_what_is_rendered() {
    let mut typed = table("typed", None);
    typed.depends_on.push(Dependency {
        kind: "type".to_owned(),
        name: ObjectName::plain("mood"),
        columns: Vec::new(),
    });
    let mut posts = table("posts", Some("users"));
    posts.depends_on = typed.depends_on.clone();
    let mut others = table("others", Some("tags"));
    others.depends_on.push(Dependency {
        kind: SchemaObject::TABLE.to_owned(),
        name: ObjectName::plain("tags"),
        columns: vec!["id".to_owned()],
    });
    let schema = Schema::of(vec![
        table("users", None),
        posts.clone(),
        table("tags", Some("posts")),
        others,
        view("other", "others"),
        SchemaObject::of_definition("type", ObjectName::plain("mood"), Vec::new()),
        typed,
    ]);
    let operation = Operation::Alter {
        after: posts.clone(),
        before: posts,
        changes: vec![TableChange::Rebuild],
    };
    let known = without_others(&schema, &[operation]);
    assert_eq!(
        names(&known),
        ["posts", "tags", "typed", "users", "mood", "other"],
        "what shares a type is known, since the type may change"
    );
}
