//! Orders and circles of a directed graph given as lists of what each node needs.

use super::links::Links;

/// A topological order: every node after all that it needs.
///
/// The walk stays on one branch as long as it can, as Alembic's does: from the last of `heads`
/// down to its base and up again, then whatever the head before it adds. Of several parents the
/// last comes first. The order depends on nothing but the order of `heads` and of each list in
/// `needs`, and takes time linear in nodes and edges. `needs` must be free of cycles.
pub(super) fn topological(needs: &Links, heads: &[usize]) -> Vec<usize> {
    let mut visited = vec![false; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    let mut path: Vec<(usize, usize)> = Vec::new();
    for &head in heads.iter().rev() {
        if !visited[head] {
            visited[head] = true;
            path.push((head, needs[head].len()));
        }
        while let Some((node, left)) = path.last_mut() {
            if *left == 0 {
                order.push(*node);
                path.pop();
                continue;
            }
            *left -= 1;
            let next = needs[*node][*left];
            if !visited[next] {
                visited[next] = true;
                path.push((next, needs[next].len()));
            }
        }
    }
    order
}

/// Circles that share no edge, such that every circle shares an edge with one of them.
///
/// Each is the list of its nodes, every node needing the next and the last the first, beginning
/// with the lowest. One wrong reference therefore gives one circle, and independent mistakes
/// give one each. Every edge is followed once, so this takes linear time on any input.
pub(super) fn circles(needs: &Links) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    let mut next_edge = vec![0; needs.len()];
    let mut place_on_path: Vec<Option<usize>> = vec![None; needs.len()];
    let mut path: Vec<usize> = Vec::new();
    for start in 0..needs.len() {
        path.push(start);
        place_on_path[start] = Some(0);
        while let Some(&node) = path.last() {
            let Some(&next) = needs[node].get(next_edge[node]) else {
                place_on_path[node] = None;
                path.pop();
                continue;
            };
            next_edge[node] += 1;
            match place_on_path[next] {
                None => {
                    place_on_path[next] = Some(path.len());
                    path.push(next);
                }
                Some(place) => {
                    for passed in &path[place + 1..] {
                        place_on_path[*passed] = None;
                    }
                    let mut circle = vec![next];
                    circle.extend(path.drain(place + 1..));
                    let lowest = (0..circle.len()).min_by_key(|at| circle[*at]);
                    circle.rotate_left(lowest.unwrap_or(0));
                    found.push(circle);
                }
            }
        }
    }
    found
}

/// All nodes reachable from `starts` along `edges`, the starts included, as one mark per node.
pub(super) fn reachable(edges: &Links, starts: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut marks = vec![false; edges.len()];
    let mut waiting: Vec<usize> = Vec::new();
    for start in starts {
        if !std::mem::replace(&mut marks[start], true) {
            waiting.push(start);
        }
    }
    while let Some(node) = waiting.pop() {
        for &next in &edges[node] {
            if !std::mem::replace(&mut marks[next], true) {
                waiting.push(next);
            }
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::{circles, topological};

    #[test]
    fn circles_are_reported_once_each_and_start_at_the_lowest_node() {
        for (needs, expected) in [
            (vec![vec![], vec![0], vec![1]], vec![]),
            (vec![vec![2], vec![0], vec![1]], vec![vec![0, 2, 1]]),
            (
                vec![vec![1, 2], vec![0], vec![0]],
                vec![vec![0, 1], vec![0, 2]],
            ),
            (
                vec![vec![1], vec![0], vec![3], vec![2], vec![0, 2]],
                vec![vec![0, 1], vec![2, 3]],
            ),
            (
                vec![vec![1], vec![2], vec![3], vec![1]],
                vec![vec![1, 2, 3]],
            ),
        ] {
            assert_eq!(circles(&needs.iter().collect()), expected, "{needs:?}");
        }
    }

    #[test]
    fn one_wrong_reference_in_a_braided_history_is_one_circle() {
        let needs: [&[usize]; 5] = [&[4], &[0], &[0], &[1, 2], &[3]];
        assert_eq!(circles(&needs.iter().collect()), vec![vec![0, 4, 3, 1]]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let chain: Vec<Vec<usize>> = (0..200_000usize)
            .map(|node| node.checked_sub(1).into_iter().collect())
            .collect();
        let order = topological(&chain.iter().collect(), &[199_999]);
        assert!(order.into_iter().eq(0..200_000));
    }
}
