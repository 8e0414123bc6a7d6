use crate::revision::Field::{Branch, DependsOn, Revises, Revision as Id};
use crate::revision::pictures::{applied, graph, id, ids, names, revisions};
use crate::revision::{Applied, Field, Graph, GraphError, Place, Revision, RevisionId};

fn listed<'g>(revisions: impl Iterator<Item = &'g Revision>) -> String {
    let ids: Vec<RevisionId> = revisions.map(|revision| revision.id.clone()).collect();
    names(&ids)
}

#[test]
fn heads_bases_and_neighbours() {
    let graph = graph(&["a", "a->b", "b->c", "b->d@crm", "c,d->e", "x", "d=>x"]);
    assert_eq!(listed(graph.heads()), "e x");
    assert_eq!(listed(graph.bases()), "a x");
    assert_eq!(listed(graph.parents("e")), "c d");
    assert_eq!(listed(graph.children("b")), "c d");
    assert_eq!(listed(graph.needs("x")), "d");
    assert_eq!(listed(graph.dependents("d")), "e x");
    assert_eq!(listed(graph.children("nothing")), "");
    assert_eq!(
        graph.get("d").map(|found| found.message.as_str()),
        Some("about d")
    );
    assert_eq!(graph.len(), 6);
    assert!(Graph::default().is_empty());
}

#[test]
fn the_topological_order_stays_on_a_branch() {
    for (picture, expected) in [
        (&["a", "a->b", "b->c"][..], "a b c"),
        (&["c", "c->b", "b->a"], "c b a"),
        (
            &["a", "a->b1", "b1->b2", "a->c1", "c1->c2", "b2,c2->m"],
            "a c1 c2 b1 b2 m",
        ),
        (&["a", "a->b", "x", "x->y"], "x y a b"),
        (&["a", "a->b", "x", "b=>x", "x->y"], "a b x y"),
    ] {
        assert_eq!(
            listed(graph(picture).topological()),
            expected,
            "{picture:?}"
        );
    }
}

#[test]
fn labels_reach_up_to_all_descendants_and_down_to_the_fork() {
    let graph = graph(&[
        "a", "a->b", "b->c", "b->d", "d->e@crm", "e->f", "c,f->g", "z@other",
    ]);
    let labels = graph.inherited_labels();
    let mut found: Vec<String> = labels
        .iter()
        .map(|(id, labels)| {
            format!(
                "{id}:{}",
                labels.iter().map(ToString::to_string).collect::<String>()
            )
        })
        .collect();
    found.sort();
    assert_eq!(found, ["d:crm", "e:crm", "f:crm", "g:crm", "z:other"]);
}

#[test]
fn heads_of_a_database_are_what_alembic_would_store() {
    let graph = graph(&["a", "a->b", "b->c", "b->d", "c,d->e", "x", "d=>x", "x->y"]);
    for (done, expected) in [
        ("", ""),
        ("a", "a"),
        ("a b c d", "c d"),
        ("a b c d e", "e"),
        ("a b d x", "x"),
        ("a b d c x", "c x"),
        ("a b d x y c e", "e y"),
        ("a c", "c"),
    ] {
        assert_eq!(names(&applied(&graph, done).heads()), expected, "{done}");
    }
}

#[test]
fn heads_expand_to_everything_they_imply() {
    let graph = graph(&["a", "a->b", "b->c", "b->d", "x", "d=>x", "x->y"]);
    let expanded = Applied::from_heads(&graph, &ids("y")).expect("known heads");
    assert_eq!(
        listed(expanded.iter().filter_map(|id| graph.get(id.as_str()))),
        "a b d x y"
    );
    assert_eq!(names(&expanded.pending()), "c");
}

#[test]
fn applied_revisions_without_a_script_are_told_apart() {
    let graph = graph(&["a", "a->b"]);
    let rows = ids("a gone b lost");
    let error = Applied::new(&graph, &rows).expect_err("two are unknown");
    assert_eq!(error.ids, ids("gone lost"));
    assert_eq!(
        error.to_string(),
        "the database has 2 applied revisions that no script defines: `gone`, `lost`"
    );
    let (known, unknown) = Applied::split(&graph, &rows);
    assert_eq!(
        (names(&known.heads()).as_str(), unknown),
        ("b", ids("gone lost"))
    );
}

#[test]
fn gaps_are_applied_revisions_that_lack_something() {
    let graph = graph(&["a", "a->b", "b->c", "x", "x=>c"]);
    let gaps = applied(&graph, "a c").gaps();
    let found: Vec<String> = gaps
        .iter()
        .map(|gap| format!("{} lacks {}", gap.revision, gap.missing))
        .collect();
    assert_eq!(found, ["c lacks b", "c lacks x"]);
    assert!(applied(&graph, "a b x c").gaps().is_empty());
}

/// Picture, message, places, beginning of the hint.
type Row = (
    &'static [&'static str],
    &'static str,
    &'static [(usize, Field)],
    &'static str,
);

const WRONG_REFERENCES: &[Row] = &[
    (
        &["abcdef", "abcdee->b"],
        "revision `b` revises `abcdee`, which does not exist",
        &[(1, Revises)],
        "did you mean `abcdef`?",
    ),
    (
        &["a", "zzzz->b"],
        "revision `b` revises `zzzz`, which does not exist",
        &[(1, Revises)],
        "restore the missing script",
    ),
    (
        &["a@billing", "b", "biling=>b"],
        "revision `b` depends on `biling`, which is neither a revision nor a branch label",
        &[(1, DependsOn)],
        "did you mean `billing`?",
    ),
    (
        &["a->a"],
        "revision `a` revises itself",
        &[(0, Revises)],
        "name the revision",
    ),
    (
        &["a@crm", "crm=>a"],
        "revision `a` depends on itself",
        &[(0, DependsOn)],
        "name the revision",
    ),
    (
        &["a", "a,a->b"],
        "revision `b` revises `a` more than once",
        &[(1, Revises)],
        "name it once",
    ),
    (
        &["a", "b", "a=>b", "a=>b"],
        "revision `b` depends on `a` more than once",
        &[(1, DependsOn)],
        "name it once",
    ),
    (
        &["c->a", "a->b", "b->c"],
        "revisions form a cycle: `a` needs `c` needs `b` needs `a`",
        &[(0, Revises), (2, Revises), (1, Revises)],
        "remove one",
    ),
    (
        &["a", "a->b", "b=>a"],
        "revisions form a cycle: `a` needs `b` needs `a`",
        &[(0, DependsOn), (1, Revises)],
        "remove one",
    ),
];

const WRONG_NAMES: &[Row] = &[
    (
        &["a", "b", "a"],
        "revision id `a` is used 2 times",
        &[(0, Id), (2, Id)],
        "give all but",
    ),
    (
        &["a@crm", "b@crm"],
        "branch label `crm` is declared more than once: by `a`, `b`",
        &[(0, Branch), (1, Branch)],
        "declare a label once",
    ),
    (
        &["a@b", "b"],
        "branch label `b` of revision `a` is also the id of a revision",
        &[(0, Branch), (1, Id)],
        "choose another label",
    ),
];

#[test]
fn each_error_says_what_is_wrong_where_and_what_to_do() {
    for (picture, message, places, hint) in WRONG_REFERENCES.iter().chain(WRONG_NAMES) {
        let errors = Graph::new(revisions(picture)).expect_err("a wrong graph");
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].to_string(), *message);
        let place = |place: Place| (place.index, place.field);
        let found: Vec<(usize, Field)> = errors[0].places().into_iter().map(place).collect();
        assert_eq!(found, *places, "{message}");
        assert!(errors[0].hint().starts_with(hint), "{}", errors[0].hint());
    }
}

#[test]
fn all_errors_are_reported_at_once_in_the_order_of_the_revisions() {
    let errors = Graph::new(revisions(&[
        "d->a", "gone->b", "b", "a->c", "c->d", "e@crm", "f@crm", "nope=>f",
    ]))
    .expect_err("a wrong graph");
    let found: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "revisions form a cycle: `a` needs `d` needs `c` needs `a`",
            "revision id `b` is used 2 times",
            "revision `b` revises `gone`, which does not exist",
            "branch label `crm` is declared more than once: by `e`, `f`",
            "revision `f` depends on `nope`, which is neither a revision nor a branch label",
        ]
    );
}

#[test]
fn a_long_cycle_is_shortened_in_the_message_but_not_in_the_data() {
    let chain = (0..40).map(|at| Revision {
        id: id(&format!("r{at}")),
        revises: vec![id(&format!("r{}", (at + 1) % 40))],
        depends_on: Vec::new(),
        branch_labels: Vec::new(),
        aliases: Vec::new(),
        message: String::new(),
    });
    let errors = Graph::new(chain.collect()).expect_err("a cycle");
    let [GraphError::Cycle { ids, places }] = errors.as_slice() else {
        panic!("one cycle: {errors:?}");
    };
    assert_eq!((ids.len(), places.len()), (40, 40));
    assert_eq!(
        places[39],
        Place {
            index: 39,
            field: Revises
        }
    );
    assert!(
        errors[0]
            .to_string()
            .ends_with("`r7` needs 32 more needs `r0`")
    );
}

#[test]
fn an_alias_means_one_revision() {
    use crate::revision::{Alias, BranchLabel, Expression, resolve_one};

    let revision = |id: &str, revises: &str, aliases: &[&str], label: &str| {
        let aliases = aliases.iter().map(|alias| Alias::parse(alias));
        let labels = label.split_whitespace().map(BranchLabel::parse);
        Revision {
            id: RevisionId::parse(id).expect("valid"),
            revises: revises
                .split_whitespace()
                .map(|id| RevisionId::parse(id).expect("valid"))
                .collect(),
            depends_on: Vec::new(),
            branch_labels: labels.collect::<Result<_, _>>().expect("valid"),
            aliases: aliases.collect::<Result<_, _>>().expect("valid"),
            message: String::new(),
        }
    };
    let graph = Graph::new(vec![
        revision("aa", "", &["1", "V1__users"], ""),
        revision("bb", "aa", &["2", "2023-11-05-000000_posts"], ""),
    ])
    .expect("whole");
    let none = Applied::none(&graph);
    for (written, id) in [
        ("1", "aa"),
        ("V1__users", "aa"),
        ("2023-11-05-000000_posts", "bb"),
        ("2-1", "aa"),
        ("V1__users+1", "bb"),
    ] {
        let expression = Expression::parse(written).expect("parses");
        let found = resolve_one(&none, &expression).expect("resolves");
        assert_eq!(found.as_str(), id, "{written}");
    }
    let errors = Graph::new(vec![
        revision("aa", "", &["1", "bb", "crm"], ""),
        revision("bb", "aa", &["1"], "crm"),
    ])
    .expect_err("names are taken");
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "alias `bb` of revision `aa` is also the id of a revision",
            "alias `crm` of revision `aa` is also a branch label",
            "alias `1` of revision `bb` is also an alias of another revision",
        ]
    );
}
