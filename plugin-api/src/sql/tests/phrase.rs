use crate::sql::{Phrase, Rules, bare_name};

#[test]
fn a_statement_is_read_word_by_word() {
    let text = "/* a */ Alter TABLE \"S\" . t -- b\n ADD (x int), DROP y; SELECT 1";
    let mut phrase = Phrase::new(text, &Rules::POSTGRESQL);
    assert!(!phrase.accept(&["alter", "type"]));
    assert!(phrase.accept(&["alter", "table"]));
    assert_eq!(phrase.name().as_deref(), Some("\"S\".t"));
    assert_eq!(&text[phrase.position()..][..3], "ADD");
    assert!(phrase.has(&["DROP", "Y"]) && !phrase.has(&["INT"]));
    let parts = phrase.parts();
    assert_eq!(parts[0].rest(), "ADD (x int)");
    assert_eq!(parts[1].rest(), "DROP y");
    assert!(phrase.accept(&["ADD"]));
    assert_eq!(
        phrase.bracketed().map(|inside| inside.rest()),
        Some("x int")
    );
    assert!(phrase.accept_symbol(","));
    assert_eq!(phrase.accept_any(&["ADD", "DROP"]), Some("DROP"));
    assert_eq!(phrase.names(), ["y"]);
    assert!(phrase.is_at_end());
}

#[test]
fn what_stands_around_a_keyword_is_found() {
    let phrase = Phrase::new(
        "x int DEFAULT f(1 NOT) + '2'::varchar(9) NOT NULL",
        &Rules::POSTGRESQL,
    );
    let default = phrase.behind(&["DEFAULT"]).expect("there is one");
    let value = default.before_any(&["NOT"]);
    assert_eq!(value.rest(), "f(1 NOT) + '2'::varchar(9)");
    assert_eq!(value.calls(), ["f"]);
    assert!(default.behind(&["CHECK"]).is_none());
}

#[test]
fn brackets_that_do_not_close_end_with_the_statement() {
    let mut phrase = Phrase::new("(a (b, c", &Rules::POSTGRESQL);
    assert_eq!(
        phrase.bracketed().map(|inside| inside.rest()),
        Some("a (b, c")
    );
    assert!(phrase.is_at_end());
    assert!(Phrase::new(") a", &Rules::SQLITE).has(&["A"]));
    assert!(Phrase::new("", &Rules::SQLITE).parts()[0].is_at_end());
}

#[test]
fn long_statements_are_cut() {
    let long = "SELECT 1 ".repeat(50_000);
    assert!(Phrase::new(&long, &Rules::SQLITE).is_cut());
    assert!(!Phrase::new("SELECT 1", &Rules::SQLITE).is_cut());
}

#[test]
fn a_name_is_the_same_however_it_is_written() {
    for (name, bare) in [
        ("T", "t"),
        ("s.T", "t"),
        ("\"S\".\"T\"", "t"),
        ("s.\"a.b\"", "a.b"),
        ("`s`.`t`", "t"),
        ("[s].[t u]", "t u"),
        ("", ""),
    ] {
        assert_eq!(bare_name(name), bare, "{name}");
    }
}
