use crate::revision::{BranchLabel, InvalidId, RevisionId};

#[test]
fn ids_that_are_valid() {
    for text in [
        "a",
        "ae1027a6acf0",
        "001_init",
        "größe",
        "header",
        &"x".repeat(64),
    ] {
        assert_eq!(
            RevisionId::parse(text).map(|id| id.to_string()),
            Ok(text.to_owned())
        );
    }
}

#[test]
fn ids_that_are_not() {
    let character = |text: &str, character| InvalidId::Character {
        text: text.to_owned(),
        character,
    };
    let reserved = |word: &str| InvalidId::Reserved {
        word: word.to_owned(),
    };
    for (text, expected) in [
        ("", InvalidId::Empty),
        ("a b", character("a b", ' ')),
        ("a\n", character("a\n", '\n')),
        ("a\0", character("a\0", '\0')),
        ("a@b", character("a@b", '@')),
        ("a-b", character("a-b", '-')),
        ("a+b", character("a+b", '+')),
        ("a:b", character("a:b", ':')),
        ("a,b", character("a,b", ',')),
        ("base", reserved("base")),
        ("head", reserved("head")),
        ("heads", reserved("heads")),
        ("current", reserved("current")),
    ] {
        assert_eq!(RevisionId::parse(text), Err(expected));
    }
    let long = "ä".repeat(65);
    assert!(matches!(
        RevisionId::parse(&long),
        Err(InvalidId::TooLong { length: 65, .. })
    ));
}

#[test]
fn a_label_may_hold_a_hyphen_but_not_begin_with_one() {
    assert!(BranchLabel::parse("payments-eu").is_ok());
    assert!(BranchLabel::parse("-eu").is_err());
    assert!(BranchLabel::parse("head").is_err());
    assert!(BranchLabel::parse("pay@eu").is_err());
}
