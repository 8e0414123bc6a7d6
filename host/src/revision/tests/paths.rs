use crate::revision::pictures::{applied, expression, graph, names};
use crate::revision::{
    Applied, Expression, ResolveError, RevisionId, downgrade_path, stamp, upgrade_path,
};

type Path = fn(&Applied<'_>, &Expression) -> Result<Vec<RevisionId>, ResolveError>;

const PLAIN: &[&str] = &["a", "a->b", "b->c"];
const FORK: &[&str] = &["a", "a->b", "b->c", "b->d@crm"];
const MERGE: &[&str] = &["a", "a->b", "b->c", "b->d@crm", "c,d->e"];
const DEPENDENCY: &[&str] = &["a@left", "a->b", "x@right", "b=>x", "x->y"];

/// Graph, applied, expression, path or error.
type Row = (
    &'static [&'static str],
    &'static str,
    &'static str,
    &'static str,
);

fn check(path: Path, rows: &[Row]) {
    for (picture, done, destination, expected) in rows {
        let graph = graph(picture);
        let applied = applied(&graph, done);
        let found = match path(&applied, &expression(destination)) {
            Ok(ids) => names(&ids),
            Err(error) => {
                assert!(!error.hint().is_empty());
                format!("error: {error}")
            }
        };
        assert_eq!(
            found, *expected,
            "{destination} from [{done}] in {picture:?}"
        );
    }
}

const UPGRADES: &[Row] = &[
    (PLAIN, "", "head", "a b c"),
    (PLAIN, "a", "head", "b c"),
    (PLAIN, "a b c", "head", ""),
    (PLAIN, "a b c", "a", ""),
    (PLAIN, "", "b", "a b"),
    (PLAIN, "", "base", ""),
    (PLAIN, "a", "current", ""),
    (PLAIN, "", "+1", "a"),
    (PLAIN, "a", "+2", "b c"),
    (PLAIN, "", "a+1", "a b"),
    (PLAIN, "", "head-1", "a b"),
    (PLAIN, "", "base+2", "a b"),
    (PLAIN, "a c", "head", "b"),
    (&[], "", "head", ""),
    (FORK, "", "heads", "a b d c"),
    (FORK, "", "crm@head", "a b d"),
    (FORK, "a b", "crm@+1", "d"),
    (FORK, "a b c", "crm@+1", "d"),
    (FORK, "", "crm", "a b d"),
    (FORK, "", "c@head", "a b c"),
    (MERGE, "", "head", "a b d c e"),
    (MERGE, "a b c", "head", "d e"),
    (DEPENDENCY, "", "heads", "a b x y"),
    (DEPENDENCY, "", "right@head", "a b x y"),
    (DEPENDENCY, "a", "x", "b x"),
    (DEPENDENCY, "a", "right@+1", "b x"),
    (&["a", "a->b@crm", "x", "crm=>x"], "", "x", "a b x"),
];

#[test]
fn upgrades() {
    check(upgrade_path, UPGRADES);
}

const REFUSED_UPGRADES: &[Row] = &[
    (
        FORK,
        "",
        "head",
        "error: the scripts have 2 heads: c (about c), d (about d)",
    ),
    (
        DEPENDENCY,
        "",
        "head",
        "error: the scripts have 2 heads: b (about b), y (about y)",
    ),
    (
        &["a@crm", "a->b", "a->c"],
        "",
        "crm@head",
        "error: branch `crm` has 2 heads: b (about b), c (about c)",
    ),
    (
        PLAIN,
        "a",
        "+5",
        "error: `+5` goes too far: there are only 2 steps up",
    ),
    (
        PLAIN,
        "a b c",
        "+1",
        "error: `+1` goes too far: there is no revision to go up to",
    ),
    (
        PLAIN,
        "a",
        "-1",
        "error: `-1` goes down, which an upgrade cannot do",
    ),
    (
        FORK,
        "a b",
        "+1",
        "error: `+1` is ambiguous: the step up from `b` leads to c (about c), d (about d)",
    ),
    (
        FORK,
        "a b c d",
        "+1",
        "error: `+1` is ambiguous: the database has 2 heads: c (about c), d (about d)",
    ),
    (
        DEPENDENCY,
        "",
        "+1",
        "error: `+1` is ambiguous: the step up from the base leads to a (about a), x (about x)",
    ),
    (PLAIN, "", "z", "error: no revision or branch is called `z`"),
    (PLAIN, "", "z@head", "error: no branch is called `z`"),
    (
        FORK,
        "",
        "crm@c",
        "error: revision `c` is not on branch `crm`",
    ),
    (
        PLAIN,
        "",
        "a:b",
        "error: `a:b` is a range, not a destination",
    ),
];

#[test]
fn upgrades_that_are_refused() {
    check(upgrade_path, REFUSED_UPGRADES);
}

const DOWNGRADES: &[Row] = &[
    (PLAIN, "a b c", "base", "c b a"),
    (PLAIN, "a b c", "a", "c b"),
    (PLAIN, "a b c", "c", ""),
    (PLAIN, "a b", "head-1", ""),
    (PLAIN, "a b c", "-1", "c"),
    (PLAIN, "a b c", "-3", "c b a"),
    (PLAIN, "a b c", "current-2", "c b"),
    (PLAIN, "a b c", "c-2", "c b"),
    (PLAIN, "a b c", "a+1", "c"),
    (&["a", "x"], "a x", "a-1", "x a"),
    (&["a", "x"], "a x", "a@-1", "a"),
    (PLAIN, "a b c", "+0", ""),
    (PLAIN, "", "base", ""),
    (FORK, "a b d c", "b", "c d"),
    (FORK, "a b c d", "b", "d c"),
    (FORK, "a b c d", "crm@-1", "d"),
    (FORK, "a b c d", "crm@b", "d"),
    (FORK, "a b c d", "crm@base", "d c b a"),
    (FORK, "a b c d", "c", ""),
    (MERGE, "a b c d e", "c", "e"),
    (MERGE, "a b c d e", "b", "e d c"),
    (MERGE, "a b d c e", "b", "e c d"),
    (DEPENDENCY, "a b x y", "a", "y x b"),
    (DEPENDENCY, "a b x y", "left@base", "y x b a"),
    (DEPENDENCY, "a b x y", "right@base", "y x"),
    (DEPENDENCY, "a b x", "-1", "x"),
    (DEPENDENCY, "a b x", "left@-1", "x b"),
];

#[test]
fn downgrades() {
    check(downgrade_path, DOWNGRADES);
}

const REFUSED_DOWNGRADES: &[Row] = &[
    (
        PLAIN,
        "a",
        "b",
        "error: revision `b` is not applied to the database, whose heads are: a (about a)",
    ),
    (
        PLAIN,
        "",
        "a",
        "error: revision `a` is not applied to the database, whose heads are: none",
    ),
    (
        PLAIN,
        "a b",
        "-5",
        "error: `-5` goes too far: there are only 2 steps down",
    ),
    (
        PLAIN,
        "",
        "-1",
        "error: `-1` goes too far: there is no revision to go down to",
    ),
    (
        PLAIN,
        "a",
        "+1",
        "error: `+1` goes up, which a downgrade cannot do",
    ),
    (
        FORK,
        "a b c d",
        "-1",
        "error: `-1` is ambiguous: the database has 2 heads: c (about c), d (about d)",
    ),
    (
        MERGE,
        "a b c d e",
        "-1",
        "error: `-1` is ambiguous: the step down from `e` leads to c (about c), d (about d)",
    ),
    (
        DEPENDENCY,
        "a b",
        "right@-1",
        "error: nothing is applied on branch `right`",
    ),
    (
        DEPENDENCY,
        "a b x",
        "b",
        "error: there is nothing to undo above revision `b`: no applied revision revises it",
    ),
    (
        FORK,
        "a b c d",
        "crm@c",
        "error: revision `c` is not on branch `crm`",
    ),
    (
        FORK,
        "a b c d",
        "head",
        "error: the scripts have 2 heads: c (about c), d (about d)",
    ),
];

#[test]
fn downgrades_that_are_refused() {
    check(downgrade_path, REFUSED_DOWNGRADES);
}

#[test]
fn an_undo_never_comes_before_what_needs_it_whatever_the_history_says() {
    check(
        downgrade_path,
        &[
            (PLAIN, "c b a", "base", "c b a"),
            (MERGE, "e a d b c", "a", "e c d b"),
            (DEPENDENCY, "y x b a", "base", "y x b a"),
        ],
    );
}

#[test]
fn stamping_moves_one_lineage_and_leaves_others() {
    for (picture, done, destination, remove, insert) in [
        (PLAIN, "", "head", "", "a b c"),
        (PLAIN, "a b c", "a", "c b", ""),
        (PLAIN, "a b c", "base", "c b a", ""),
        (PLAIN, "a", "current", "", ""),
        (FORK, "a b c", "d", "", "d"),
        (FORK, "a b c d", "a", "d c b", ""),
        (FORK, "a b c d", "crm@base", "d", ""),
        (FORK, "a", "heads", "", "b d c"),
        (MERGE, "a b c d e", "c", "e d", ""),
        (DEPENDENCY, "a b x y", "b", "y x", ""),
        (DEPENDENCY, "a b x", "right@base", "x b a", ""),
    ] {
        let graph = graph(picture);
        let change =
            stamp(&applied(&graph, done), &expression(destination)).expect("a valid stamp");
        let found = (names(&change.remove), names(&change.insert));
        assert_eq!(
            found,
            (remove.to_owned(), insert.to_owned()),
            "{destination} from [{done}] in {picture:?}"
        );
    }
}
