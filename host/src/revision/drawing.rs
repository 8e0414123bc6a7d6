//! The graph drawn in characters, as `git log --graph` draws one.
//!
//! Revisions come children first, and each stands in a lane. A lane leads down to the revision that it expects. Of a merge
//! further lanes go out (`|\`); lanes that expect the same revision run together (`|/`); a lane that ended makes room.

use super::id::RevisionId;

/// A line of a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnLine {
    /// The lanes as they run here.
    pub lanes: String,
    /// Which of the revisions stands in this line, if one does.
    pub row: Option<usize>,
}

/// A revision as it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct DrawnRevision<'g> {
    /// Its id.
    pub id: &'g RevisionId,
    /// Its parents. One that is not drawn is left out.
    pub revises: &'g [RevisionId],
    /// The character that stands for it.
    pub mark: char,
}

/// Draws revisions, each of which must come before its parents.
#[must_use]
pub fn draw(revisions: &[DrawnRevision<'_>]) -> Vec<DrawnLine> {
    let places: std::collections::HashMap<&RevisionId, usize> = revisions
        .iter()
        .enumerate()
        .map(|(row, revision)| (revision.id, row))
        .collect();
    let mut drawing = Drawing::default();
    for (row, revision) in revisions.iter().enumerate() {
        let mut parents: Vec<usize> = Vec::new();
        for parent in revision.revises {
            match places.get(parent) {
                Some(&parent) if !parents.contains(&parent) => parents.push(parent),
                _ => {}
            }
        }
        drawing.revision(row, revision.mark, &parents);
    }
    drawing.lines
}

#[derive(Debug, Default)]
struct Drawing {
    /// The revision that each lane expects.
    lanes: Vec<usize>,
    lines: Vec<DrawnLine>,
}

impl Drawing {
    fn revision(&mut self, row: usize, mark: char, parents: &[usize]) {
        let lane = match self.lanes.iter().position(|expected| *expected == row) {
            Some(lane) => lane,
            None => {
                self.lanes.push(row);
                self.lanes.len() - 1
            }
        };
        let mut line = Line::of(self.lanes.len());
        line.set(2 * lane, mark);
        self.push(line, Some(row));
        // The lane goes on to a parent that no lane beside it leads to already, if there is one.
        let mut parents = parents.to_vec();
        parents.sort_by_key(|parent| self.beside(lane, *parent).is_some());
        match &parents[..] {
            [] => self.end(lane),
            [first, others @ ..] => {
                self.lanes[lane] = *first;
                // The last one first: those inserted later push it to the right.
                for other in others.iter().rev() {
                    if !self.join_beside(lane, *other) {
                        self.branch_off(lane, *other);
                    }
                }
                self.run_together();
            }
        }
    }

    /// Takes a lane away: those to its right move over.
    fn end(&mut self, lane: usize) {
        self.lanes.remove(lane);
        if lane == self.lanes.len() {
            return;
        }
        let mut line = Line::of(lane);
        for moved in lane + 1..=self.lanes.len() {
            line.set(2 * moved - 1, '/');
        }
        self.push(line, None);
    }

    /// Leads from a lane into the one beside it, if that one expects this revision.
    fn join_beside(&mut self, lane: usize, expected: usize) -> bool {
        let Some((place, character)) = self.beside(lane, expected) else {
            return false;
        };
        let mut line = Line::of(self.lanes.len());
        line.set(place, character);
        self.push(line, None);
        true
    }

    /// What leads from a lane into the one beside it that expects this revision.
    fn beside(&self, lane: usize, expected: usize) -> Option<(usize, char)> {
        let expects =
            |lane: Option<usize>| lane.and_then(|lane| self.lanes.get(lane)) == Some(&expected);
        if expects(lane.checked_sub(1)) {
            Some((2 * lane - 1, '/'))
        } else if expects(lane.checked_add(1)) {
            Some((2 * lane + 1, '\\'))
        } else {
            None
        }
    }

    /// Inserts a lane to the right of another.
    fn branch_off(&mut self, lane: usize, expected: usize) {
        let mut line = Line::of(lane + 1);
        line.set(2 * lane + 1, '\\');
        for moved in lane + 1..self.lanes.len() {
            line.set(2 * moved + 1, '\\');
        }
        self.lanes.insert(lane + 1, expected);
        self.push(line, None);
    }

    /// Lets lanes that expect the same revision become one, the leftmost of them.
    fn run_together(&mut self) {
        while let Some((target, lane)) = self.pair() {
            let count = self.lanes.len();
            self.lanes.remove(lane);
            let mut line = Line::of(lane);
            for moved in lane..count {
                line.set(2 * moved - 1, '/');
            }
            if lane - target == 1 {
                self.push(line, None);
                continue;
            }
            // Under the lanes between, then into the target.
            for between in target + 1..lane - 1 {
                line.set(2 * between + 1, '_');
            }
            self.push(line, None);
            let mut line = Line::of(self.lanes.len());
            line.set(2 * target + 1, '/');
            self.push(line, None);
        }
    }

    /// Two lanes that expect the same revision.
    fn pair(&self) -> Option<(usize, usize)> {
        self.lanes.iter().enumerate().find_map(|(lane, expected)| {
            let target = self.lanes[..lane].iter().position(|left| left == expected);
            target.map(|target| (target, lane))
        })
    }

    fn push(&mut self, line: Line, row: Option<usize>) {
        self.lines.push(DrawnLine {
            lanes: line.0.into_iter().collect::<String>().trim_end().to_owned(),
            row,
        });
    }
}

/// The characters of a line: lanes at even places, what leads from one to another between them.
struct Line(Vec<char>);

impl Line {
    /// So many lanes that go straight down.
    fn of(lanes: usize) -> Self {
        Self((0..lanes).flat_map(|_| ['|', ' ']).collect())
    }

    fn set(&mut self, place: usize, character: char) {
        if self.0.len() <= place {
            self.0.resize(place + 1, ' ');
        }
        self.0[place] = character;
    }
}

#[cfg(test)]
mod tests {
    use super::super::pictures::graph;
    use super::*;

    fn drawn(picture: &[&str]) -> String {
        let graph = graph(picture);
        let mut revisions: Vec<_> = graph.topological().collect();
        revisions.reverse();
        let rows: Vec<DrawnRevision<'_>> = revisions
            .iter()
            .map(|revision| DrawnRevision {
                id: &revision.id,
                revises: &revision.revises,
                mark: '*',
            })
            .collect();
        let mut text = String::from("\n");
        for line in draw(&rows) {
            text.push_str(&line.lanes);
            if let Some(row) = line.row {
                text.push(' ');
                text.push_str(rows[row].id.as_str());
            }
            text.push('\n');
        }
        text
    }

    #[test]
    fn a_line_of_revisions_is_a_line() {
        assert_eq!(drawn(&["a", "a->b", "b->c"]), "\n* c\n* b\n* a\n");
    }

    #[test]
    fn a_fork_and_its_merge() {
        let text = drawn(&["a", "a->b", "b->c", "b->d", "c,d->e", "e->f"]);
        assert_eq!(text, "\n* f\n* e\n|\\\n* | c\n| * d\n|/\n* b\n* a\n");
    }

    #[test]
    fn branches_run_together_under_those_between() {
        let text = drawn(&["a", "a->b", "a->c", "a->d", "a->x", "x,a->y"]);
        assert_eq!(
            text,
            "\n* b\n| * c\n|/\n| * d\n|/\n| * y\n|/|\n| * x\n|/\n* a\n"
        );
    }

    #[test]
    fn several_bases_make_room_when_they_end() {
        assert_eq!(drawn(&["a", "x", "a->b", "x->y"]), "\n* b\n* a\n* y\n* x\n");
        let text = drawn(&["a", "x", "a,x->m", "x->y"]);
        assert_eq!(text, "\n* m\n|\\\n* | a\n /\n| * y\n|/\n* x\n");
    }

    #[test]
    fn a_merge_of_four() {
        let text = drawn(&["a", "a->b", "a->c", "a->d", "a->e", "b,c,d,e->m"]);
        assert_eq!(
            text,
            "\n* m\n|\\\n|\\ \\\n|\\ \\ \\\n* | | | b\n| * | | c\n|/ / /\n| * | d\n|/ /\n| * e\n|/\n* a\n"
        );
    }

    proptest::proptest! {
        #[test]
        fn every_revision_stands_in_one_line_and_lanes_never_leave_gaps(
            parents in proptest::collection::vec(proptest::collection::vec(0_usize..40, 0..4), 1..40)
        ) {
            let ids: Vec<RevisionId> = (0..parents.len()).map(|n| super::super::pictures::id(&format!("r{n}"))).collect();
            let revises: Vec<Vec<RevisionId>> = parents
                .iter()
                .enumerate()
                .map(|(row, parents)| parents.iter().map(|step| row + 1 + step).filter(|p| *p < ids.len()).map(|p| ids[p].clone()).collect())
                .collect();
            let rows: Vec<DrawnRevision<'_>> = ids
                .iter()
                .zip(&revises)
                .map(|(id, revises)| DrawnRevision { id, revises, mark: '*' })
                .collect();
            let lines = draw(&rows);
            let drawn: Vec<usize> = lines.iter().filter_map(|line| line.row).collect();
            proptest::prop_assert_eq!(drawn, (0..ids.len()).collect::<Vec<_>>());
            for line in &lines {
                proptest::prop_assert_eq!(line.lanes.matches('*').count(), usize::from(line.row.is_some()));
                proptest::prop_assert!(line.lanes.chars().all(|c| "*|/\\_ ".contains(c)), "{}", line.lanes);
            }
        }
    }
}
