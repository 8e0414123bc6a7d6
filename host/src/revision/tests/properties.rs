use std::collections::HashSet;

use proptest::prelude::*;

use crate::revision::{
    Applied, BranchLabel, Expression, Graph, GraphError, ResolveError, Revision, RevisionId,
    downgrade_path, resolve_many, resolve_one, resolve_range, stamp, upgrade_path,
};

/// A random valid graph: each revision needs only earlier ones, then the list is shuffled.
fn graphs() -> impl Strategy<Value = Graph> {
    let seeds = proptest::collection::vec(
        (
            proptest::collection::vec(any::<u16>(), 0..3),
            proptest::option::weighted(0.2, any::<u16>()),
            proptest::bool::weighted(0.2),
        ),
        0..16,
    );
    seeds
        .prop_map(|seeds| {
            let node =
                |(at, (below, dependency, labelled)): (usize, (Vec<u16>, Option<u16>, bool))| {
                    let earlier = |seed: &u16| (at > 0).then(|| usize::from(*seed) % at.max(1));
                    let parents: HashSet<usize> = below.iter().filter_map(earlier).collect();
                    let mut parents: Vec<usize> = parents.into_iter().collect();
                    parents.sort_unstable();
                    Revision {
                        id: id(&format!("r{at:x}")),
                        revises: parents
                            .into_iter()
                            .map(|at| id(&format!("r{at:x}")))
                            .collect(),
                        depends_on: dependency
                            .iter()
                            .filter_map(earlier)
                            .map(|at| format!("r{at:x}"))
                            .collect(),
                        branch_labels: labelled
                            .then(|| label(&format!("label{at}")))
                            .into_iter()
                            .collect(),
                        aliases: Vec::new(),
                        message: String::new(),
                    }
                };
            seeds.into_iter().enumerate().map(node).collect::<Vec<_>>()
        })
        .prop_shuffle()
        .prop_map(|revisions| Graph::new(revisions).expect("valid by construction"))
}

fn id(text: &str) -> RevisionId {
    RevisionId::parse(text).expect("a valid id")
}

fn label(text: &str) -> BranchLabel {
    BranchLabel::parse(text).expect("a valid label")
}

/// Any list of revisions over few names, so that every kind of error comes up.
fn garbage() -> impl Strategy<Value = Vec<Revision>> {
    let name = || "[a-e]";
    let revision = (
        name(),
        proptest::collection::vec(name(), 0..3),
        proptest::collection::vec("[a-g]", 0..2),
        proptest::collection::vec("[e-g]", 0..2),
    )
        .prop_map(|(name, revises, depends_on, labels)| Revision {
            id: id(&name),
            revises: revises.iter().map(|name| id(name)).collect(),
            depends_on,
            branch_labels: labels.iter().map(|name| label(name)).collect(),
            aliases: Vec::new(),
            message: String::new(),
        });
    proptest::collection::vec(revision, 0..8)
}

fn expressions() -> impl Strategy<Value = Expression> {
    "((r[0-9a-f]|label[0-9])@)?(head|heads|base|current|r[0-9a-f]?|label[0-9]|)([+-][0-4])?(:(r[0-9a-f]|[+-][0-3])?)?"
        .prop_filter_map("an expression", |text| Expression::parse(&text).ok())
}

/// Some revisions, as positions that wrap around.
fn picks() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(any::<u16>(), 0..4)
}

/// What the upgrade to some revisions leaves applied.
fn some_applied<'g>(graph: &'g Graph, picks: &[u16]) -> Applied<'g> {
    let pick = |seed: &u16| graph.iter().nth(usize::from(*seed) % graph.len().max(1));
    let heads: Vec<RevisionId> = picks
        .iter()
        .filter_map(pick)
        .map(|r| r.id.clone())
        .collect();
    Applied::from_heads(graph, &heads).expect("ids of the graph")
}

fn ancestors(graph: &Graph, of: &RevisionId) -> HashSet<RevisionId> {
    let mut found = HashSet::new();
    let mut waiting = vec![of.clone()];
    while let Some(id) = waiting.pop() {
        for need in graph.needs(id.as_str()) {
            if found.insert(need.id.clone()) {
                waiting.push(need.id.clone());
            }
        }
    }
    found
}

fn set(ids: impl IntoIterator<Item = RevisionId>) -> HashSet<RevisionId> {
    ids.into_iter().collect()
}

proptest! {
    #[test]
    fn building_gives_a_graph_or_errors_with_valid_places(revisions in garbage()) {
        let count = revisions.len();
        match Graph::new(revisions) {
            Ok(graph) => prop_assert_eq!(graph.topological().count(), count),
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!(!error.to_string().is_empty() && !error.hint().is_empty());
                    prop_assert!(!error.places().is_empty());
                    prop_assert!(error.places().iter().all(|place| place.index < count));
                    if let GraphError::Cycle { ids, .. } = &error {
                        prop_assert_eq!(set(ids.iter().cloned()).len(), ids.len());
                    }
                }
            }
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "\\PC*") {
        match Expression::parse(&text) {
            Ok(expression) => {
                prop_assert_eq!(Expression::parse(&expression.to_string()), Ok(expression));
            }
            Err(error) => prop_assert!(!error.hint().is_empty()),
        }
    }

    #[test]
    fn the_topological_order_holds_every_revision_after_its_needs(graph in graphs()) {
        let mut seen = HashSet::new();
        for revision in graph.topological() {
            prop_assert!(graph.needs(revision.id.as_str()).all(|need| seen.contains(&need.id)));
            prop_assert!(seen.insert(revision.id.clone()));
        }
        prop_assert_eq!(seen.len(), graph.len());
    }

    #[test]
    fn database_heads_are_the_applied_revisions_below_no_other(graph in graphs(), picks in picks()) {
        let applied = some_applied(&graph, &picks);
        let below = set(applied.iter().flat_map(|id| ancestors(&graph, id)));
        let expected = set(applied.iter().filter(|id| !below.contains(*id)).cloned());
        prop_assert_eq!(set(applied.heads()), expected);
        prop_assert!(applied.gaps().is_empty());
        let again = Applied::from_heads(&graph, &applied.heads()).expect("known heads");
        prop_assert_eq!(set(again.iter().cloned()), set(applied.iter().cloned()));
    }

    #[test]
    fn an_upgrade_applies_needs_first_and_nothing_twice(graph in graphs(), picks in picks(), expression in expressions()) {
        let applied = some_applied(&graph, &picks);
        let mut done = set(applied.iter().cloned());
        if let Ok(path) = upgrade_path(&applied, &expression) {
            for id in path {
                prop_assert!(graph.needs(id.as_str()).all(|need| done.contains(&need.id)));
                prop_assert!(done.insert(id));
            }
        }
    }

    #[test]
    fn a_downgrade_undoes_what_needs_a_revision_before_it(graph in graphs(), picks in picks(), expression in expressions()) {
        let applied = some_applied(&graph, &picks);
        let mut done = set(applied.iter().cloned());
        if let Ok(path) = downgrade_path(&applied, &expression) {
            for id in path {
                prop_assert!(graph.dependents(id.as_str()).all(|above| !done.contains(&above.id)));
                prop_assert!(done.remove(&id));
            }
        }
    }

    #[test]
    fn an_upgrade_undone_in_full_leaves_what_was_there(graph in graphs()) {
        let heads = Expression::parse("heads").expect("an expression");
        let path = upgrade_path(&Applied::none(&graph), &heads).expect("heads always resolve");
        let applied = Applied::new(&graph, &path).expect("known ids");
        prop_assert_eq!(applied.len(), graph.len());
        let base = Expression::parse("base").expect("an expression");
        let mut undone = downgrade_path(&applied, &base).expect("base always resolves");
        undone.reverse();
        prop_assert_eq!(undone, path);
    }

    #[test]
    fn going_down_and_up_again_gives_the_same_set(graph in graphs(), picks in picks(), expression in expressions()) {
        let applied = some_applied(&graph, &picks);
        let before = set(applied.iter().cloned());
        if let Ok(path) = downgrade_path(&applied, &expression) {
            let gone = set(path);
            let kept = applied.iter().filter(|id| !gone.contains(*id));
            let mut now: Vec<RevisionId> = kept.cloned().collect();
            for head in applied.heads() {
                let state = Applied::new(&graph, &now).expect("known ids");
                let to_head = Expression::parse(head.as_str()).expect("an id");
                now.extend(upgrade_path(&state, &to_head).expect("an id resolves"));
            }
            prop_assert_eq!(set(now), before);
        }
    }

    #[test]
    fn a_stamp_leaves_a_set_without_gaps(graph in graphs(), picks in picks(), expression in expressions()) {
        let applied = some_applied(&graph, &picks);
        if let Ok(change) = stamp(&applied, &expression) {
            let gone = set(change.remove);
            let kept = applied.iter().filter(|id| !gone.contains(*id)).cloned();
            let now: Vec<RevisionId> = kept.chain(change.insert).collect();
            let state = Applied::new(&graph, &now).expect("known ids");
            prop_assert!(state.gaps().is_empty());
        }
    }

    #[test]
    fn whatever_is_asked_has_an_answer_or_a_hint(
        graph in graphs(),
        rows in proptest::collection::vec("r[0-9a-f]", 0..6),
        expression in expressions(),
    ) {
        let rows: Vec<RevisionId> = rows.iter().map(|row| id(row)).collect();
        let (applied, unknown) = Applied::split(&graph, &rows);
        prop_assert!(unknown.iter().all(|id| graph.get(id.as_str()).is_none()));
        let errors: [Option<ResolveError>; 6] = [
            upgrade_path(&applied, &expression).err(),
            downgrade_path(&applied, &expression).err(),
            stamp(&applied, &expression).err(),
            resolve_one(&applied, &expression).err(),
            resolve_many(&applied, &expression).err(),
            resolve_range(&applied, &expression).err(),
        ];
        for error in errors.into_iter().flatten() {
            prop_assert!(!error.to_string().is_empty() && !error.hint().is_empty());
        }
    }
}
