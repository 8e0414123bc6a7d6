//! Which boxes stand above each other, in which order: a layered drawing as Sugiyama, Tagawa and Toda describe it in
//! "Methods for Visual Understanding of Hierarchical System Structures" (1981).

use std::collections::BTreeSet;

/// How often the order of the layers is improved, once from the left and once from the right.
const SWEEPS: usize = 12;

/// What stands in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    /// A box, by its number.
    Box(usize),
    /// Room for a line that leads past.
    Line,
}

/// Boxes and lines in layers, from the left to the right: what is referred to stands left of what refers.
#[derive(Debug, Default)]
pub(super) struct Layers {
    /// Every node; the boxes first.
    pub(super) nodes: Vec<Node>,
    /// The nodes of each layer, from above.
    pub(super) layers: Vec<Vec<usize>>,
    /// For each reference the nodes that it leads through, from the box that refers to the other.
    pub(super) chains: Vec<Vec<usize>>,
}

impl Layers {
    /// The layers of so many boxes, which refer to each other so (from, to). Boxes without references are in none, and what
    /// refers to itself leads nowhere.
    pub(super) fn of(boxes: usize, references: &[(usize, usize)]) -> Self {
        let ranks = ranks(boxes, references);
        let connected: BTreeSet<usize> = references
            .iter()
            .filter(|(from, to)| from != to)
            .flat_map(|(from, to)| [*from, *to])
            .collect();
        let count = connected.iter().map(|&node| ranks[node] + 1).max();
        let mut layers = Layers {
            nodes: (0..boxes).map(Node::Box).collect(),
            layers: vec![Vec::new(); count.unwrap_or_default()],
            chains: Vec::new(),
        };
        for node in connected {
            layers.layers[ranks[node]].push(node);
        }
        for &(from, to) in references {
            let chain = layers.chain(from, to, &ranks);
            layers.chains.push(chain);
        }
        layers.put_in_order();
        layers
    }

    fn chain(&mut self, from: usize, to: usize, ranks: &[usize]) -> Vec<usize> {
        let (first, last) = (ranks[from].min(ranks[to]), ranks[from].max(ranks[to]));
        let mut between: Vec<usize> = Vec::new();
        for layer in first + 1..last {
            let node = self.nodes.len();
            self.nodes.push(Node::Line);
            self.layers[layer].push(node);
            between.push(node);
        }
        if ranks[from] > ranks[to] {
            between.reverse();
        }
        let mut chain = vec![from];
        chain.extend(between);
        chain.push(to);
        chain
    }

    /// The neighbours of each node, in the layer before it and in the one behind it.
    pub(super) fn neighbours(&self) -> [Vec<Vec<usize>>; 2] {
        let mut layer_of = vec![0; self.nodes.len()];
        for (layer, nodes) in self.layers.iter().enumerate() {
            for &node in nodes {
                layer_of[node] = layer;
            }
        }
        let mut neighbours = [
            vec![Vec::new(); self.nodes.len()],
            vec![Vec::new(); self.nodes.len()],
        ];
        for chain in &self.chains {
            for pair in chain.windows(2) {
                let &[one, other] = pair else { continue };
                if layer_of[one] == layer_of[other] {
                    continue;
                }
                let is_before = layer_of[other] < layer_of[one];
                neighbours[usize::from(!is_before)][one].push(other);
                neighbours[usize::from(is_before)][other].push(one);
            }
        }
        neighbours
    }

    /// Puts every node near the middle of its neighbours, so that few lines cross.
    fn put_in_order(&mut self) {
        let neighbours = self.neighbours();
        let mut places = vec![0.0; self.nodes.len()];
        for layer in &self.layers {
            note_places(layer, &mut places);
        }
        for sweep in 0..SWEEPS {
            let count = self.layers.len();
            for step in 0..count {
                let (side, at) = match sweep % 2 {
                    0 => (0, step),
                    _ => (1, count - 1 - step),
                };
                let layer = &mut self.layers[at];
                let mut keyed: Vec<(f64, usize)> = layer
                    .iter()
                    .map(|&node| (middle(&neighbours[side][node], &places, places[node]), node))
                    .collect();
                keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
                *layer = keyed.into_iter().map(|(_, node)| node).collect();
                note_places(layer, &mut places);
            }
        }
    }
}

/// Writes down where the nodes of a layer are: between zero and one, so that long layers compare with short ones.
fn note_places(layer: &[usize], places: &mut [f64]) {
    let count = layer.len() as f64;
    for (place, &node) in layer.iter().enumerate() {
        places[node] = (place as f64 + 0.5) / count;
    }
}

/// The mean of the places of these nodes, or another place if there are none.
pub(super) fn middle(nodes: &[usize], places: &[f64], otherwise: f64) -> f64 {
    match nodes.is_empty() {
        true => otherwise,
        false => nodes.iter().map(|&node| places[node]).sum::<f64>() / nodes.len() as f64,
    }
}

/// The layer of each box: behind all that it refers to, as far as that does not run in a circle.
fn ranks(boxes: usize, references: &[(usize, usize)]) -> Vec<usize> {
    let mut needs = vec![Vec::new(); boxes];
    for &(from, to) in references {
        if from != to {
            needs[from].push(to);
        }
    }
    let order = acyclic(&mut needs);
    let mut ranks = vec![0; boxes];
    for &node in &order {
        let behind = needs[node].iter().map(|&to| ranks[to] + 1).max();
        ranks[node] = behind.unwrap_or_default();
    }
    // What is referred to from afar only comes nearer, so that lines are short.
    let mut nearest = vec![usize::MAX; boxes];
    for &node in order.iter().rev() {
        if nearest[node] != usize::MAX {
            ranks[node] = ranks[node].max(nearest[node] - 1);
        }
        for &to in &needs[node] {
            nearest[to] = nearest[to].min(ranks[node]);
        }
    }
    ranks
}

/// Turns what closes a circle around, and tells an order in which everything comes behind what it needs.
fn acyclic(needs: &mut [Vec<usize>]) -> Vec<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut seen = vec![Seen::No; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    let mut turned = Vec::new();
    for root in 0..needs.len() {
        let mut open = match seen[root] {
            Seen::No => vec![(root, 0)],
            _ => continue,
        };
        seen[root] = Seen::Open;
        while let Some((node, next)) = open.last_mut() {
            let node = *node;
            let Some(&to) = needs[node].get(*next) else {
                seen[node] = Seen::Done;
                order.push(node);
                open.pop();
                continue;
            };
            *next += 1;
            match seen[to] {
                Seen::No => {
                    seen[to] = Seen::Open;
                    open.push((to, 0));
                }
                Seen::Open => turned.push((node, to)),
                Seen::Done => {}
            }
        }
    }
    for &(node, to) in &turned {
        needs[node].retain(|&other| other != to);
    }
    for (node, to) in turned {
        needs[to].push(node);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_refers_stands_right_of_what_it_refers_to() {
        type Case = (&'static [(usize, usize)], &'static [usize]);
        let table: &[Case] = &[
            (&[(1, 0), (2, 1)], &[0, 1, 2]),
            (&[(1, 0), (2, 1), (2, 0)], &[0, 1, 2]),
            (&[(0, 1), (1, 0), (2, 0)], &[1, 0, 2]),
            (&[(0, 0), (1, 0), (2, 1), (2, 3)], &[0, 1, 2, 1]),
        ];
        for (references, expected) in table {
            assert_eq!(
                ranks(expected.len(), references),
                *expected,
                "{references:?}"
            );
        }
    }

    #[test]
    fn lines_have_room_in_the_layers_that_they_pass() {
        let layers = Layers::of(4, &[(1, 0), (2, 1), (2, 0), (0, 0)]);
        let lengths: Vec<usize> = layers.layers.iter().map(Vec::len).collect();
        assert_eq!(lengths, [1, 2, 1], "the fourth refers to nothing");
        let lengths: Vec<usize> = layers.chains.iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 2, 3, 2]);
    }
}
