//! The picture of tables as SVG, light or dark as its reader likes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dapter_plugin_api::schema::{ForeignKey, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, Schema};

use super::layout::{Layout, Pair, layout};
use super::text::{escaped, marks, tables};

/// The height of a row of a table.
const ROW: f64 = 22.0;
/// The height of a table's name.
const HEAD: f64 = 28.0;
/// The width of a character: fonts of this kind are about 0.6 as wide as high.
const CHARACTER: f64 = 7.25;
/// Between the texts of a row, and beside them.
const GAP: f64 = 12.0;
/// What a type may take; the rest of it is shown where the pointer rests.
const LONGEST_TYPE: usize = 28;

const STYLE: &str = "\
text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328}\
.name{font-weight:bold}.type,.mark{fill:#59636e}\
.back{fill:#ffffff}.box{fill:#f6f8fa;stroke:#afb8c1}.head{fill:#ddf4ff;stroke:#afb8c1}\
.line{fill:none;stroke:#0969da;stroke-width:1.3}.one{fill:#ffffff;stroke:#0969da;stroke-width:1.3}\
@media (prefers-color-scheme:dark){\
text{fill:#e6edf3}.type,.mark{fill:#9198a1}\
.back{fill:#0d1117}.box{fill:#151b23;stroke:#3d444d}.head{fill:#0c2d6b;stroke:#3d444d}\
.line{stroke:#4493f8}.one{fill:#0d1117;stroke:#4493f8}}";

/// The tables as an entity-relationship diagram: what is referred to stands left, and a crow's foot is where many rows
/// may refer to one.
#[must_use]
pub fn svg(schema: &Schema) -> String {
    let tables: Vec<(&SchemaObject, &Table)> = tables(schema).collect();
    let frames: Vec<Frame> = tables
        .iter()
        .map(|(object, it)| Frame::of(object, it))
        .collect();
    let numbers: BTreeMap<&ObjectName, usize> = tables
        .iter()
        .enumerate()
        .map(|(number, (object, _))| (&object.name, number))
        .collect();
    let keys: Vec<(usize, usize, &ForeignKey)> = tables
        .iter()
        .enumerate()
        .flat_map(|(from, (_, table))| table.foreign_keys.iter().map(move |key| (from, key)))
        .filter_map(|(from, key)| Some((from, *numbers.get(&key.table)?, key)))
        .collect();
    let sizes: Vec<Pair> = frames.iter().map(|frame| frame.size).collect();
    let references: Vec<(usize, usize)> = keys.iter().map(|&(from, to, _)| (from, to)).collect();
    let layout = layout(&sizes, &references);
    let Pair { x, y } = layout.size;
    let (width, height) = (x.ceil(), y.ceil());
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{} and {}</title>\n\
         <style>{STYLE}</style>\n<rect class=\"back\" width=\"{width}\" height=\"{height}\"/>\n",
        counted(tables.len(), "table"),
        counted(keys.len(), "foreign key"),
    );
    for ((from, to, key), passed) in keys.iter().zip(&layout.lines) {
        let ends = [(*from, tables[*from].1), (*to, tables[*to].1)];
        let line = Line {
            key,
            from: ends[0],
            to: ends[1],
            passed,
        };
        line.draw(&layout, &sizes, &mut text);
    }
    for ((object, table), (frame, at)) in tables.iter().zip(frames.iter().zip(&layout.boxes)) {
        frame.draw(object, table, *at, &mut text);
    }
    text.push_str("</svg>\n");
    text
}

/// How big a table is drawn.
struct Frame {
    size: Pair,
    marks: f64,
}

impl Frame {
    fn of(object: &SchemaObject, table: &Table) -> Self {
        let widest = |widths: &mut dyn Iterator<Item = f64>| widths.fold(0.0, f64::max);
        let columns = &table.columns;
        let marks = widest(
            &mut columns
                .iter()
                .map(|it| width(&marks(table, &it.name).join(" "))),
        );
        let names = widest(&mut columns.iter().map(|it| width(&it.name)));
        let types = widest(&mut columns.iter().map(|it| width(&shortened(&it.data_type))));
        let name = width(&object.name.to_string());
        let marks = if marks > 0.0 { marks + GAP } else { 0.0 };
        let x = (marks + names + types + 3.0 * GAP).max(name * 1.05 + 2.0 * GAP);
        let y = HEAD + ROW * columns.len() as f64;
        Frame {
            size: Pair { x, y },
            marks,
        }
    }

    fn draw(&self, object: &SchemaObject, table: &Table, at: Pair, text: &mut String) {
        let Pair { x, y } = at;
        let Pair {
            x: width,
            y: height,
        } = self.size;
        let name = escaped(&object.name.to_string());
        let (left, right) = (x + GAP, x + width - GAP);
        let _ = write!(
            text,
            "<g><title>{name}</title>\
             <rect class=\"box\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"4\"/>\
             <rect class=\"head\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{HEAD}\" rx=\"4\"/>\
             <text class=\"name\" x=\"{left:.1}\" y=\"{:.1}\">{name}</text>",
            y + 18.5
        );
        for (row, column) in table.columns.iter().enumerate() {
            let base = y + HEAD + ROW * row as f64 + 15.0;
            let marks = marks(table, &column.name).join(" ");
            if !marks.is_empty() {
                let _ = write!(
                    text,
                    "<text class=\"mark\" x=\"{left:.1}\" y=\"{base:.1}\">{marks}</text>"
                );
            }
            let _ = write!(
                text,
                "<text x=\"{:.1}\" y=\"{base:.1}\">{}</text>\
                 <text class=\"type\" text-anchor=\"end\" x=\"{right:.1}\" y=\"{base:.1}\">{}{}</text>",
                left + self.marks,
                escaped(&column.name),
                escaped(&shortened(&column.data_type)),
                match shortened(&column.data_type) == column.data_type {
                    true => String::new(),
                    false => format!("<title>{}</title>", escaped(&column.data_type)),
                }
            );
        }
        text.push_str("</g>\n");
    }
}

/// A foreign key between two tables.
struct Line<'s> {
    key: &'s ForeignKey,
    from: (usize, &'s Table),
    to: (usize, &'s Table),
    passed: &'s [Pair],
}

impl Line<'_> {
    fn draw(&self, layout: &Layout, sizes: &[Pair], text: &mut String) {
        let ((from, child), (to, parent)) = (self.from, self.to);
        let referred = match self.key.references.first() {
            Some(column) => Some(column),
            None => parent
                .primary_key
                .iter()
                .flat_map(|key| &key.columns)
                .map(|it| &it.column)
                .next(),
        };
        let start_y = layout.boxes[from].y + row(child, self.key.columns.first());
        let end_y = layout.boxes[to].y + row(parent, referred);
        let side = |number: usize, is_right: bool| {
            let width = if is_right { sizes[number].x } else { 0.0 };
            layout.boxes[number].x + width
        };
        // Towards the left it leaves on the left and comes in on the right; to itself it turns around on the right.
        let leads_left = layout.boxes[to].x < layout.boxes[from].x;
        let enters_right = leads_left || from == to;
        let start = Pair {
            x: side(from, !leads_left),
            y: start_y,
        };
        let end = Pair {
            x: side(to, enters_right),
            y: end_y,
        };
        let out = if leads_left { -1.0 } else { 1.0 };
        let back = if enters_right { 1.0 } else { -1.0 };
        let _ = write!(
            text,
            "<g><title>{}</title><path class=\"line\" d=\"",
            escaped(&self.key.columns.join(", "))
        );
        let mut here = Pair {
            x: start.x + out * 12.0,
            ..start
        };
        let last = Pair {
            x: end.x + back * 12.0,
            ..end
        };
        let _ = write!(text, "M{:.1} {:.1}H{:.1}", start.x, start.y, here.x);
        if from == to {
            let far = here.x + 14.0;
            let _ = write!(
                text,
                "C{far:.1} {:.1} {far:.1} {:.1} {:.1} {:.1}",
                here.y, last.y, last.x, last.y
            );
        } else {
            for next in self.passed.iter().copied().chain([last]) {
                curve(here, next, text);
                here = next;
            }
        }
        let _ = write!(text, "H{:.1}", end.x);
        feet(start, out, self.is_to_many(), text);
        let bar = end.x + back * 6.0;
        let _ = write!(text, "M{bar:.1} {:.1}v10\"/>", end.y - 5.0);
        if self.may_be_none() {
            let _ = write!(
                text,
                "<circle class=\"one\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\"/>",
                end.x + back * 13.0,
                end.y
            );
        }
        text.push_str("</g>\n");
    }

    /// Whether several rows may refer to one.
    fn is_to_many(&self) -> bool {
        let table = self.from.1;
        let keys = table.primary_key.iter().chain(&table.uniques);
        let mut alone = keys.map(|key| &key.columns).chain(
            table
                .indexes
                .iter()
                .filter(|it| it.unique && it.predicate.is_none())
                .map(|it| &it.columns),
        );
        !alone.any(|parts| {
            parts
                .iter()
                .all(|part| self.key.columns.contains(&part.column))
        })
    }

    /// Whether a row may refer to none.
    fn may_be_none(&self) -> bool {
        let table = self.from.1;
        let mut columns = self.key.columns.iter();
        columns.any(|name| table.column(name).is_some_and(|column| !column.not_null))
            && !table.primary_key.iter().any(|key| {
                let names: Vec<&String> = key.columns.iter().map(|part| &part.column).collect();
                self.key.columns.iter().all(|name| names.contains(&name))
            })
    }
}

/// From one point to another, beginning and ending level.
fn curve(from: Pair, to: Pair, text: &mut String) {
    let middle = f64::midpoint(from.x, to.x);
    let _ = match (from.y - to.y).abs() < 0.5 {
        true => write!(text, "L{:.1} {:.1}", to.x, to.y),
        false => write!(
            text,
            "C{middle:.1} {:.1} {middle:.1} {:.1} {:.1} {:.1}",
            from.y, to.y, to.x, to.y
        ),
    };
}

/// Where a line leaves the table that refers: a crow's foot, or a bar where only one row may.
fn feet(start: Pair, out: f64, to_many: bool, text: &mut String) {
    let Pair { x, y } = start;
    let _ = match to_many {
        true => write!(
            text,
            "M{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}",
            y - 5.0,
            x + out * 10.0,
            y + 5.0
        ),
        false => write!(text, "M{:.1} {:.1}v10", x + out * 6.0, y - 5.0),
    };
}

/// The middle of a column's row, or of the table's name, from the table's top.
fn row(table: &Table, column: Option<&String>) -> f64 {
    let place = column.and_then(|name| table.columns.iter().position(|it| it.name == *name));
    match place {
        Some(place) => HEAD + ROW * (place as f64 + 0.5),
        None => HEAD / 2.0,
    }
}

/// How wide a text is. Letters of East Asia are twice as wide as others.
fn width(text: &str) -> f64 {
    let cells = text.chars().map(|c| match c {
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffdc}' | '\u{1f300}'..='\u{3fffd}' => 2.0,
        _ => 1.0,
    });
    cells.sum::<f64>() * CHARACTER
}

fn shortened(data_type: &str) -> String {
    match data_type.chars().count() > LONGEST_TYPE {
        true => data_type
            .chars()
            .take(LONGEST_TYPE - 1)
            .chain(['…'])
            .collect(),
        false => data_type.to_owned(),
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dapter_plugin_api::schema::Column;

    fn table(name: &str, columns: &[&str], refers: &[(&str, &str)]) -> SchemaObject {
        let column = |name: &&str| Column {
            name: (*name).to_owned(),
            data_type: "integer".to_owned(),
            ..Column::default()
        };
        let key = |(column, table): &(&str, &str)| ForeignKey {
            columns: vec![(*column).to_owned()],
            table: ObjectName::plain(*table),
            ..ForeignKey::default()
        };
        let table = Table {
            columns: columns.iter().map(column).collect(),
            foreign_keys: refers.iter().map(key).collect(),
            ..Table::default()
        };
        SchemaObject::of_table(ObjectName::plain(name), table)
    }

    #[test]
    fn a_picture_is_the_same_again_and_holds_no_markup_of_names() {
        let schema = Schema::of(vec![
            table("a<b>&", &["id"], &[]),
            table(
                "c",
                &["id", "\"a\""],
                &[("\"a\"", "a<b>&"), ("id", "c"), ("id", "nowhere")],
            ),
        ]);
        let picture = svg(&schema);
        assert_eq!(picture, svg(&schema));
        assert!(picture.contains("<title>2 tables and 2 foreign keys</title>"));
        assert!(picture.contains("a&lt;b&gt;&amp;</text>"), "{picture}");
        assert!(
            !picture.contains("NaN") && !picture.contains("inf"),
            "{picture}"
        );
        assert!(svg(&Schema::default()).contains("0 tables"));
    }
}
