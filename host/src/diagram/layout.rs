//! Where boxes and lines are. Lengths are pixels.

use super::layers::{Layers, Node, middle};

/// Between layers: room for lines that part.
const BESIDE: f64 = 90.0;
/// Between boxes of a layer.
const BELOW: f64 = 28.0;
/// Around everything.
const MARGIN: f64 = 24.0;
/// What a line takes in a layer that it passes.
const LINE: f64 = 4.0;
/// How often boxes are moved to where their lines are straight, once from the left and once from the right.
const SWEEPS: usize = 16;
/// How wide rows of boxes without references become, where nothing else is wider.
const ROW: f64 = 900.0;

/// How big a box is, or where.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Pair {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Where everything is.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The upper left corner of each box.
    pub(super) boxes: Vec<Pair>,
    /// For each reference the points that it passes between its boxes, from the one that refers.
    pub(super) lines: Vec<Vec<Pair>>,
    /// How big it is.
    pub(super) size: Pair,
}

/// Puts boxes of these sizes, which refer to each other so (from, to), where they can be looked at.
pub(super) fn layout(sizes: &[Pair], references: &[(usize, usize)]) -> Layout {
    let layers = Layers::of(sizes.len(), references);
    let height = |node: usize| match layers.nodes[node] {
        Node::Box(number) => sizes[number].y,
        Node::Line => LINE,
    };
    let middles = middles(&layers, &height);
    let mut layout = Layout {
        boxes: vec![Pair::default(); sizes.len()],
        ..Layout::default()
    };
    let mut at = vec![Pair::default(); layers.nodes.len()];
    let mut widths = vec![0.0; layers.nodes.len()];
    let (mut x, mut bottom) = (MARGIN, 0.0_f64);
    for layer in &layers.layers {
        let own = layer.iter().map(|&node| match layers.nodes[node] {
            Node::Box(number) => sizes[number].x,
            Node::Line => 0.0,
        });
        let width = own.fold(0.0, f64::max);
        for &node in layer {
            at[node] = Pair {
                x,
                y: middles[node],
            };
            widths[node] = width;
            if let Node::Box(number) = layers.nodes[node] {
                let y = middles[node] - sizes[number].y / 2.0;
                layout.boxes[number] = Pair { x, y };
                bottom = bottom.max(y + sizes[number].y);
            }
            bottom = bottom.max(middles[node] + LINE);
        }
        layout.size.x = x + width;
        x += width + BESIDE;
    }
    for chain in &layers.chains {
        let passed = chain
            .iter()
            .filter(|node| layers.nodes[**node] == Node::Line);
        let points = passed.flat_map(|&node| {
            let Pair { x, y } = at[node];
            let ends = [x, x + widths[node]].map(|x| Pair { x, y });
            // It runs from the right to the left unless it was turned around.
            match at[chain[0]].x > x {
                true => [ends[1], ends[0]],
                false => ends,
            }
        });
        layout.lines.push(points.collect());
    }
    put_the_rest(&mut layout, sizes, &layers, bottom);
    layout
}

/// Puts boxes without references into rows below all others.
fn put_the_rest(layout: &mut Layout, sizes: &[Pair], layers: &Layers, bottom: f64) {
    let mut is_placed = vec![false; sizes.len()];
    for &node in layers.layers.iter().flatten() {
        if let Node::Box(number) = layers.nodes[node] {
            is_placed[number] = true;
        }
    }
    let start = match bottom > 0.0 {
        true => bottom + BELOW,
        false => MARGIN,
    };
    let right = layout.size.x.max(ROW);
    let (mut x, mut y, mut tallest) = (MARGIN, start, 0.0_f64);
    let mut bottom = bottom;
    for (number, size) in sizes.iter().enumerate() {
        if is_placed[number] {
            continue;
        }
        if x > MARGIN && x + size.x > right {
            (x, y, tallest) = (MARGIN, y + tallest + BELOW, 0.0);
        }
        layout.boxes[number] = Pair { x, y };
        tallest = tallest.max(size.y);
        layout.size.x = layout.size.x.max(x + size.x);
        bottom = bottom.max(y + size.y);
        x += size.x + BELOW;
    }
    layout.size.x += MARGIN;
    layout.size.y = bottom + MARGIN;
}

/// The middle of each node, from above: as near to its neighbours as the others of its layer allow.
fn middles(layers: &Layers, height: &impl Fn(usize) -> f64) -> Vec<f64> {
    let neighbours = layers.neighbours();
    let mut middles = vec![0.0; layers.nodes.len()];
    for layer in &layers.layers {
        let wanted = vec![0.0; layer.len()];
        put_apart(layer, &wanted, height, &mut middles);
    }
    let count = layers.layers.len();
    for sweep in 0..SWEEPS {
        for step in 0..count {
            let (side, at) = match sweep % 2 {
                0 => (0, step),
                _ => (1, count - 1 - step),
            };
            let layer = &layers.layers[at];
            let wanted: Vec<f64> = layer
                .iter()
                .map(|&node| middle(&neighbours[side][node], &middles, middles[node]))
                .collect();
            put_apart(layer, &wanted, height, &mut middles);
        }
    }
    let placed = layers.layers.iter().flatten();
    let top = placed.map(|&node| middles[node] - height(node) / 2.0);
    let top = top.fold(f64::INFINITY, f64::min);
    if top.is_finite() {
        middles
            .iter_mut()
            .for_each(|middle| *middle += MARGIN - top);
    }
    middles
}

/// Puts the nodes of a layer where they want to be, apart from each other and in their order; where that cannot be, those
/// that are in each other's way move by as little as they can together (isotonic regression: pool adjacent violators).
fn put_apart(layer: &[usize], wanted: &[f64], height: &impl Fn(usize) -> f64, middles: &mut [f64]) {
    // Where each would be if all above it stood at zero without gaps.
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (place, &node) in layer.iter().enumerate() {
        if place > 0 {
            offset += (height(layer[place - 1]) + height(node)) / 2.0 + BELOW;
        }
        offsets.push(offset);
    }
    // Nodes that move together: the sum of where they want to be, and how many they are.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let mut pool = (wanted - offset, 1);
        while let Some(&(sum, count)) = pools.last() {
            if sum / (count as f64) <= pool.0 / (pool.1 as f64) {
                break;
            }
            pools.pop();
            pool = (sum + pool.0, count + pool.1);
        }
        pools.push(pool);
    }
    let starts = pools
        .iter()
        .flat_map(|&(sum, count)| std::iter::repeat_n(sum / count as f64, count));
    for ((start, offset), &node) in starts.zip(offsets).zip(layer) {
        middles[node] = start + offset;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn boxes_stand_apart_within_the_picture(
            sizes in prop::collection::vec((20..300_i32, 20..300_i32), 1..14),
            references in prop::collection::vec((0..14_usize, 0..14_usize), 0..20),
        ) {
            let sizes: Vec<Pair> = sizes
                .into_iter()
                .map(|(x, y)| Pair { x: f64::from(x), y: f64::from(y) })
                .collect();
            let within = |(from, to): &(usize, usize)| *from < sizes.len() && *to < sizes.len();
            let references: Vec<_> = references.into_iter().filter(within).collect();
            let layout = layout(&sizes, &references);
            prop_assert_eq!(layout.lines.len(), references.len());
            let ends = |number: usize| {
                let (at, size) = (layout.boxes[number], sizes[number]);
                (at.x, at.y, at.x + size.x, at.y + size.y)
            };
            for one in 0..sizes.len() {
                let (left, top, right, bottom) = ends(one);
                prop_assert!(left > 0.0 && top > 0.0);
                prop_assert!(right < layout.size.x && bottom < layout.size.y);
                for other in one + 1..sizes.len() {
                    let (l, t, r, b) = ends(other);
                    let apart = right < l || r < left || bottom < t || b < top;
                    prop_assert!(apart, "{} and {}", one, other);
                }
            }
        }
    }
}
