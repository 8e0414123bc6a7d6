use crate::revision::pictures::{applied, expression, graph, names};
use crate::revision::{ResolveError, resolve_many, resolve_one, resolve_range};

const GRAPH: &[&str] = &[
    "aa1",
    "aa1->ab2",
    "ab2->ac3",
    "ab2->bd4@crm",
    "ac3,bd4->be5",
    "xx",
    "ac3=>xx",
];

#[test]
fn one_revision_by_id_prefix_label_or_steps() {
    let graph = graph(GRAPH);
    let applied = applied(&graph, "aa1 ab2 ac3");
    for (text, expected) in [
        ("aa1", "aa1"),
        ("x", "xx"),
        ("bd", "bd4"),
        ("crm", "bd4"),
        (
            "crm@b",
            "error: `b` is the beginning of 2 revisions: bd4 (about bd4), be5 (about be5)",
        ),
        ("crm@aa", "aa1"),
        (
            "a",
            "error: `a` is the beginning of 3 revisions: aa1 (about aa1), ab2 (about ab2), ac3 (about ac3)",
        ),
        ("current", "ac3"),
        ("current-1", "ab2"),
        ("crm@head", "be5"),
        (
            "head",
            "error: the scripts have 2 heads: be5 (about be5), xx (about xx)",
        ),
        ("base", "error: `base` is no revision"),
        ("aa1-1", "error: `aa1-1` is no revision"),
        ("aa9", "error: no revision or branch is called `aa9`"),
    ] {
        let found = match resolve_one(&applied, &expression(text)) {
            Ok(id) => id.to_string(),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_near_name_is_suggested() {
    let graph = graph(&["ae1027a6acf0", "x@payments"]);
    let applied = applied(&graph, "");
    for (text, expected) in [
        ("ae1027a6acff", "did you mean `ae1027a6acf0`?"),
        ("payment@head", "did you mean `payments`?"),
    ] {
        let error = resolve_one(&applied, &expression(text)).expect_err(text);
        assert_eq!(error.hint(), expected);
    }
}

#[test]
fn many_revisions() {
    let graph = graph(GRAPH);
    let applied = applied(&graph, "aa1 ab2 ac3 bd4");
    for (text, expected) in [
        ("heads", "be5 xx"),
        ("crm@heads", "be5"),
        ("current", "ac3 bd4"),
        ("crm@current", "bd4"),
        ("base", ""),
        ("ac3", "ac3"),
    ] {
        let found = resolve_many(&applied, &expression(text)).map(|ids| names(&ids));
        assert_eq!(found, Ok(expected.to_owned()), "{text}");
    }
}

#[test]
fn ranges_include_both_ends() {
    let graph = graph(GRAPH);
    let applied = applied(&graph, "aa1 ab2 ac3");
    for (text, expected) in [
        (":", "aa1 ab2 ac3 xx bd4 be5"),
        ("ab2:", "ab2 ac3 bd4 be5"),
        (":ac3", "aa1 ab2 ac3"),
        (":xx", "aa1 ab2 ac3 xx"),
        ("ab2:ac3", "ab2 ac3"),
        ("ab2:be5", "ab2 ac3 bd4 be5"),
        ("current:be5", "ac3 be5"),
        ("-1:ac3", "ab2 ac3"),
        ("-9:ac3", "aa1 ab2 ac3"),
        ("aa1:+1", "aa1 ab2"),
        ("-1:+1", "ab2 ac3 bd4 be5"),
        ("ac3", "ac3"),
    ] {
        let found = resolve_range(&applied, &expression(text)).map(|ids| names(&ids));
        assert_eq!(found, Ok(expected.to_owned()), "{text}");
    }
}

#[test]
fn ranges_whose_ends_do_not_fit_are_refused() {
    let graph = graph(GRAPH);
    let applied = applied(&graph, "");
    let not_ancestor = resolve_range(&applied, &expression("ac3:bd4")).expect_err("siblings");
    assert_eq!(
        not_ancestor.to_string(),
        "revision `ac3` is not an ancestor of `bd4`"
    );
    let ambiguous = resolve_range(&applied, &expression("-1:")).expect_err("two heads");
    assert!(
        matches!(ambiguous, ResolveError::SeveralStarts { .. }),
        "{ambiguous:?}"
    );
}
