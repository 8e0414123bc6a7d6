use crate::revision::{Anchor, Expression, ExpressionError, Point};

fn point(branch: Option<&str>, anchor: Option<Anchor>, steps: i64) -> Expression {
    Expression::Point(Point {
        branch: branch.map(str::to_owned),
        anchor,
        steps,
    })
}

fn name(name: &str) -> Option<Anchor> {
    Some(Anchor::Name(name.to_owned()))
}

#[test]
fn points_are_parsed_and_printed() {
    for (text, expected) in [
        ("head", point(None, Some(Anchor::Head), 0)),
        ("heads", point(None, Some(Anchor::Heads), 0)),
        ("base", point(None, Some(Anchor::Base), 0)),
        ("current", point(None, Some(Anchor::Current), 0)),
        ("ae10", point(None, name("ae10"), 0)),
        ("1234", point(None, name("1234"), 0)),
        ("+2", point(None, None, 2)),
        ("-1", point(None, None, -1)),
        ("+0", point(None, None, 0)),
        ("ae10+2", point(None, name("ae10"), 2)),
        ("head-1", point(None, Some(Anchor::Head), -1)),
        ("crm@head", point(Some("crm"), Some(Anchor::Head), 0)),
        ("crm@base", point(Some("crm"), Some(Anchor::Base), 0)),
        ("crm@ae10", point(Some("crm"), name("ae10"), 0)),
        ("crm@+1", point(Some("crm"), None, 1)),
        ("crm@-1", point(Some("crm"), None, -1)),
        ("pay-2@head", point(Some("pay-2"), Some(Anchor::Head), 0)),
        ("pay-eu", point(None, name("pay-eu"), 0)),
        ("pay-eu-3", point(None, name("pay-eu"), -3)),
    ] {
        assert_eq!(Expression::parse(text), Ok(expected.clone()), "{text}");
        assert_eq!(expected.to_string(), text);
    }
}

#[test]
fn ranges_may_be_open_at_either_end() {
    for (text, from, to) in [
        ("a:b", true, true),
        ("a:", true, false),
        (":b", false, true),
        (":", false, false),
        ("-3:current", true, true),
        ("crm@a:+2", true, true),
    ] {
        let parsed = Expression::parse(text).expect("a valid range");
        let Expression::Range {
            from: lower,
            to: upper,
        } = &parsed
        else {
            panic!("{text} is a range");
        };
        assert_eq!((lower.is_some(), upper.is_some()), (from, to), "{text}");
        assert_eq!(parsed.to_string(), text);
    }
}

#[test]
fn blanks_around_an_expression_do_not_count() {
    assert_eq!(Expression::parse(" head\n"), Expression::parse("head"));
}

#[test]
fn texts_that_are_no_expression_say_why() {
    for (text, expected) in [
        ("", "the revision expression is empty"),
        ("a:b:c", "the range `a:b:c` has more than two ends"),
        ("@head", "`@head` names no branch before the `@`"),
        ("crm@", "`crm@` names no revision after the `@`"),
        ("a@b@c", "`a@b@c` names more than one branch"),
        (
            "a b",
            "`a b` holds no possible name of a revision or branch",
        ),
        (
            "a+b",
            "`a+b` holds no possible name of a revision or branch",
        ),
        (
            "head@a",
            "`head@a` holds no possible name of a revision or branch",
        ),
        (
            "--1",
            "`--1` holds no possible name of a revision or branch",
        ),
        (
            "+99999999999",
            "the number of steps in `+99999999999` is too large",
        ),
    ] {
        let error: ExpressionError = Expression::parse(text).expect_err(text);
        assert_eq!(error.to_string(), expected);
        assert!(!error.hint().is_empty());
    }
}
