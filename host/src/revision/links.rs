//! The edges of a graph: to which nodes each node leads.

use std::ops::Index;

/// Edges by position. The ends of all nodes lie in one list, so that a graph of ten thousand nodes is two allocations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// Where the ends of each node stop; they begin where those of the node before stop.
    stops: Vec<usize>,
    ends: Vec<usize>,
}

impl Links {
    /// Room for so many nodes with about one edge each.
    pub(super) fn with_capacity(nodes: usize) -> Self {
        Self {
            stops: Vec::with_capacity(nodes),
            ends: Vec::with_capacity(nodes + nodes / 4),
        }
    }

    /// Adds a node with its ends.
    pub(super) fn push(&mut self, ends: &[usize]) {
        self.ends.extend_from_slice(ends);
        self.stops.push(self.ends.len());
    }

    /// The number of nodes.
    pub(super) fn len(&self) -> usize {
        self.stops.len()
    }

    /// The nodes without an end.
    pub(super) fn leaves(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(|&node| self[node].is_empty())
    }

    /// The same edges the other way round: the ends of each node are in the order of the nodes.
    pub(super) fn reversed(&self) -> Self {
        let mut stops = vec![0; self.len()];
        for &end in &self.ends {
            stops[end] += 1;
        }
        let mut sum = 0;
        for stop in &mut stops {
            sum += *stop;
            *stop = sum;
        }
        let mut ends = vec![0; self.ends.len()];
        let mut free = stops.clone();
        for node in (0..self.len()).rev() {
            for &end in self[node].iter().rev() {
                free[end] -= 1;
                ends[free[end]] = node;
            }
        }
        Self { stops, ends }
    }

    /// The same edges with the ends of each node sorted by a key.
    pub(super) fn sorted_by_key<K: Ord>(mut self, key: impl Fn(usize) -> K) -> Self {
        let mut start = 0;
        for &stop in &self.stops {
            self.ends[start..stop].sort_by_key(|&end| key(end));
            start = stop;
        }
        self
    }
}

/// The ends of a node.
impl Index<usize> for Links {
    type Output = [usize];

    fn index(&self, node: usize) -> &[usize] {
        let start = node.checked_sub(1).map_or(0, |before| self.stops[before]);
        &self.ends[start..self.stops[node]]
    }
}

impl<Ends: AsRef<[usize]>> FromIterator<Ends> for Links {
    fn from_iter<I: IntoIterator<Item = Ends>>(nodes: I) -> Self {
        let mut links = Self::default();
        for ends in nodes {
            links.push(ends.as_ref());
        }
        links
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::Links;

    fn nodes() -> impl Strategy<Value = Vec<Vec<usize>>> {
        (1..20usize).prop_flat_map(|count| vec(vec(0..count, 0..4), count))
    }

    proptest! {
        #[test]
        fn links_hold_what_lists_hold(nodes in nodes()) {
            let links: Links = nodes.iter().collect();
            prop_assert_eq!(links.len(), nodes.len());
            prop_assert!((0..links.len()).map(|node| &links[node]).eq(nodes.iter()));

            let mut reversed = vec![Vec::new(); nodes.len()];
            for (from, ends) in nodes.iter().enumerate() {
                for &to in ends {
                    reversed[to].push(from);
                }
            }
            prop_assert_eq!(links.reversed(), reversed.iter().collect());

            let down = |mut ends: Vec<usize>| {
                ends.sort_by_key(|&end| usize::MAX - end);
                ends
            };
            let sorted = links.sorted_by_key(|end| usize::MAX - end);
            prop_assert_eq!(sorted, nodes.into_iter().map(down).collect());
        }
    }
}
