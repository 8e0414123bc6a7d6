//! What is invented: a schema before and after a change, as one thing of which parts are there before, after, or both times.

use super::dialect::{CALLED, Dialect, Family, LISTED, MORE};
use super::dice::Dice;

/// Names that are hard to write.
const NAMES: &[&str] = &[
    "order",
    "Größe",
    "a b",
    "users",
    "it's",
    "x\"y",
    "SELECT",
    "t_1",
    "列",
    "Mixed",
    "b`c",
    "100%",
    "$1",
    "group",
    "имя",
    "c\\d",
    "a_name_that_is_quite_a_bit_longer_than_others_are_ok",
    "user",
    "-- x",
    "semi;colon",
    "value",
    "check",
    "Ünï",
];

/// The state before is at 0, that after at 1.
pub(crate) struct World {
    pub(crate) dialect: Dialect,
    pub(crate) tables: Vec<Table>,
    pub(crate) views: Vec<View>,
    pub(crate) listed: [Vec<String>; 2],
    /// What the first listed values are called.
    pub(crate) called: [Vec<String>; 2],
}

pub(crate) struct Table {
    pub(crate) names: [String; 2],
    pub(crate) there: [bool; 2],
    /// The first are those that others refer to.
    pub(crate) columns: Vec<Column>,
    pub(crate) key_length: usize,
    /// The columns of the primary key, if it has one.
    pub(crate) primary: [Vec<usize>; 2],
    /// How its first column is numbered, where it is.
    pub(crate) numbering: [usize; 2],
    pub(crate) parts: Vec<Part>,
    pub(crate) remarks: [bool; 2],
    pub(crate) trigger: [bool; 2],
    pub(crate) option: [bool; 2],
}

#[derive(Clone)]
pub(crate) struct Column {
    pub(crate) names: [String; 2],
    pub(crate) there: [bool; 2],
    pub(crate) family: [Family; 2],
    /// Where it refers to another table, its type is what it refers to: the table and the column.
    pub(crate) refers: Option<(usize, usize)>,
    pub(crate) data_type: [&'static str; 2],
    pub(crate) not_null: [bool; 2],
    pub(crate) default: [Option<String>; 2],
    /// The column that it is computed from, and by what chance.
    pub(crate) computed: Option<(usize, [u64; 2])>,
}

pub(crate) struct Part {
    pub(crate) name: Option<String>,
    pub(crate) there: [bool; 2],
    pub(crate) what: What,
    /// By what chance it is as it is.
    pub(crate) seed: [u64; 2],
}

pub(crate) enum What {
    Unique(Vec<usize>),
    Index(Vec<usize>),
    Check(usize),
    /// Columns that refer to the first ones of a table.
    Refers(Vec<usize>, usize),
}

pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) there: [bool; 2],
    pub(crate) table: usize,
    /// The view that it is over, rather than the table.
    pub(crate) over: Option<usize>,
    pub(crate) seed: [u64; 2],
    pub(crate) is_kept: bool,
}

impl Table {
    /// Whether it has rows all the time.
    pub(crate) fn stays(&self) -> bool {
        self.there == [true, true]
    }
}

impl Column {
    pub(crate) fn stays(&self) -> bool {
        self.there == [true, true] && self.computed.is_none()
    }

    /// Whether it can be in a key.
    fn is_distinct(&self) -> bool {
        self.stays() && !self.family.contains(&Family::Other)
    }
}

impl World {
    pub(crate) fn invented(dialect: Dialect, seed: u64) -> World {
        let dice = &mut Dice::of(seed);
        let mut names: Vec<&str> = NAMES.to_vec();
        let mut tables: Vec<Table> = Vec::new();
        for number in 0..1 + dice.below(4) {
            let table = table(dialect, dice, &mut names, &tables, number);
            tables.push(table);
        }
        refer_ahead(&mut tables, dice);
        let count = dice.below(4);
        let mut views: Vec<View> = Vec::new();
        for number in 0..count {
            views.push(View {
                name: format!("{} {number}", dice.of_these(&["view", "V\"iew", "sicht"])),
                there: dice.there(),
                table: dice.below(tables.len()),
                over: (number > 0 && dice.one_in(3)).then(|| dice.below(number)),
                seed: dice.twice(seed_of),
                is_kept: dialect == Dialect::Postgresql && dice.one_in(4),
            });
        }
        let listed = dice.twice(|dice| {
            let mut more = MORE.to_vec();
            let mut values: Vec<&str> = LISTED.to_vec();
            for _ in 0..dice.below(3) {
                let at = dice.below(values.len() + 1);
                values.insert(at, dice.take(&mut more));
            }
            if dice.one_in(5) {
                values.reverse();
            }
            values.into_iter().map(str::to_owned).collect()
        });
        let called = LISTED.map(str::to_owned).to_vec();
        let mut world = World {
            dialect,
            tables,
            views,
            listed,
            called: [called.clone(), called],
        };
        if dice.one_in(2) {
            world.call_values(dice);
        }
        world
    }

    /// Calls some of the values otherwise afterwards, where every column that lists them lists them all the time: a text that is
    /// to become one of them, or was one, stays as it is.
    fn call_values(&mut self, dice: &mut Dice) {
        let mut columns = self.tables.iter().flat_map(|table| &table.columns);
        let is_listed = |family: &Family| *family == Family::Listed;
        if columns.any(|it| is_listed(&it.family[0]) != is_listed(&it.family[1])) {
            return;
        }
        let mut left = CALLED.to_vec();
        for _ in 0..1 + dice.below(2) {
            let at = dice.below(LISTED.len());
            // In another case alone, which some collations take for the same.
            let new = match at == 2 && dice.one_in(3) {
                true => "Größer",
                false => dice.take(&mut left),
            };
            let old = std::mem::replace(&mut self.called[1][at], new.to_owned());
            for value in self.listed[1].iter_mut().filter(|value| **value == old) {
                new.clone_into(value);
            }
            let (old, new) = (self.dialect.text(&old), self.dialect.text(new));
            let columns = self.tables.iter_mut().flat_map(|table| &mut table.columns);
            for column in columns.filter(|column| is_listed(&column.family[1])) {
                let default = column.default[1].iter_mut();
                default
                    .filter(|it| **it == old)
                    .for_each(|it| it.clone_from(&new));
            }
        }
    }
}

fn seed_of(dice: &mut Dice) -> u64 {
    dice.below(1 << 20) as u64
}

/// A name, which may be another one afterwards.
fn names(dice: &mut Dice, left: &mut Vec<&str>, may_change: bool) -> [String; 2] {
    let first = dice.take(left).to_owned();
    match may_change && dice.one_in(9) {
        true => [first, dice.take(left).to_owned()],
        false => [first.clone(), first],
    }
}

fn table(
    dialect: Dialect,
    dice: &mut Dice,
    left: &mut Vec<&str>,
    others: &[Table],
    number: usize,
) -> Table {
    let there = match dice.one_in(4) {
        true => dice.there(),
        false => [true, true],
    };
    let stays = there == [true, true];
    let mut own: Vec<&str> = NAMES.to_vec();
    let key_length = 1 + usize::from(dice.one_in(3));
    let mut columns: Vec<Column> = Vec::new();
    for place in 0..key_length {
        let family = if place == 0 || dialect.is_mysql() || dice.one_in(2) {
            Family::Number
        } else {
            Family::Text
        };
        let types = dialect.types(family);
        columns.push(Column {
            names: names(dice, &mut own, stays),
            there: [true, true],
            family: [family; 2],
            refers: None,
            data_type: dice.twice(|dice| types[dice.below(2)]),
            not_null: dice.twice(|dice| dice.one_in(2)),
            default: [None, None],
            computed: None,
        });
    }
    let mut parts = Vec::new();
    for _ in 0..dice.below(4) {
        columns.push(plain(dialect, dice, &mut own, stays));
    }
    for (target, other) in others.iter().enumerate() {
        if dice.one_in(2)
            && (other.stays() || !stays && (0..2).all(|side| other.there[side] || !there[side]))
        {
            let first = columns.len();
            let may_be_null = dice.twice(|dice| dice.one_in(2));
            for key in 0..other.key_length {
                columns.push(reference(dice, &mut own, (target, key), may_be_null));
            }
            parts.push(part(
                dice,
                number,
                What::Refers((first..columns.len()).collect(), target),
            ));
        }
    }
    for at in 0..columns.len() {
        if dice.one_in(5) && at >= key_length && columns[at].stays() && columns[at].refers.is_none()
        {
            let mut made = plain(dialect, dice, &mut own, stays);
            made.computed = Some((at, dice.twice(seed_of)));
            made.there = dice.there();
            columns.push(made);
        }
    }
    more_parts(dice, number, &columns, &mut parts);
    let distinct: Vec<usize> = (key_length..columns.len())
        .filter(|&at| columns[at].is_distinct() && columns[at].refers.is_none())
        .collect();
    let primary = dice.twice(|dice| match dice.below(6) {
        0 => Vec::new(),
        1 if !distinct.is_empty() => vec![*dice.of_these(&distinct)],
        _ => (0..key_length).collect(),
    });
    Table {
        names: names(dice, left, stays),
        there,
        columns,
        key_length,
        primary,
        numbering: dice.twice(|dice| dice.below(5)),
        parts,
        remarks: dice.twice(|dice| dice.one_in(3)),
        trigger: dice.twice(|dice| dice.one_in(4)),
        option: dice.twice(|dice| dice.one_in(4)),
    }
}

fn plain(dialect: Dialect, dice: &mut Dice, own: &mut Vec<&str>, of_staying: bool) -> Column {
    use Family::{Day, Listed, Number, Other, Text};
    let first = *dice.of_these(&[Number, Number, Text, Text, Day, Listed, Other]);
    let changes = first != Other && dice.one_in(8);
    let family = [first, if changes { Text } else { first }];
    let family = if dice.one_in(2) {
        family
    } else {
        [family[1], family[0]]
    };
    let there = if of_staying {
        dice.there()
    } else {
        [true, true]
    };
    let mut types = [0, 1].map(|side| *dice.of_these(dialect.types(family[side])));
    if family[0] == Other || family[0] == family[1] && dice.one_in(2) {
        types[1] = types[0];
    }
    let mut default = [0, 1].map(|side| match dice.one_in(2) {
        true => dialect.default(family[side], types[side], dice),
        false => None,
    });
    if types[0] == types[1] && dice.one_in(2) && family[0] == family[1] {
        default[1] = default[0].clone();
    }
    // A row has to get a value of a column that comes, or comes again.
    let not_null = dice.twice(|dice| dice.one_in(2));
    let stays = there == [true, true];
    let not_null = [0, 1].map(|side| not_null[side] && (stays || default[side].is_some()));
    Column {
        names: names(dice, own, of_staying && stays),
        there,
        family,
        refers: None,
        data_type: types,
        not_null,
        default,
        computed: None,
    }
}

fn reference(
    dice: &mut Dice,
    own: &mut Vec<&str>,
    refers: (usize, usize),
    may_be_null: [bool; 2],
) -> Column {
    Column {
        names: names(dice, own, false),
        there: [true, true],
        family: [Family::Number; 2],
        refers: Some(refers),
        data_type: [""; 2],
        not_null: may_be_null.map(|it| !it),
        default: [None, None],
        computed: None,
    }
}

fn part(dice: &mut Dice, number: usize, what: What) -> Part {
    let chance = seed_of(dice);
    let names = [
        format!("p{number}_{chance}"),
        format!("P {number}'{chance}"),
        format!("größe{number}_{chance}"),
    ];
    Part {
        name: (!dice.one_in(3)).then(|| dice.of_these(&names).clone()),
        there: dice.there(),
        what,
        seed: dice.twice(seed_of),
    }
}

fn more_parts(dice: &mut Dice, number: usize, columns: &[Column], parts: &mut Vec<Part>) {
    let distinct: Vec<usize> = (0..columns.len())
        .filter(|&at| columns[at].is_distinct())
        .collect();
    let usable: Vec<usize> = (0..columns.len())
        .filter(|&at| {
            !columns[at].family.contains(&Family::Other) && columns[at].computed.is_none()
        })
        .collect();
    for _ in 0..dice.below(3) {
        let mut some = vec![*dice.of_these(&distinct)];
        let other = *dice.of_these(&usable);
        if dice.one_in(2) && !some.contains(&other) {
            some.insert(dice.below(2), other);
        }
        parts.push(part(dice, number, What::Unique(some)));
    }
    for _ in 0..dice.below(3) {
        let mut some = vec![*dice.of_these(&usable)];
        let other = *dice.of_these(&usable);
        if dice.one_in(2) && !some.contains(&other) {
            some.push(other);
        }
        let mut made = part(dice, number, What::Index(some));
        made.name
            .get_or_insert_with(|| format!("i{number}_{}", parts.len()));
        parts.push(made);
    }
    let checked: Vec<usize> = (0..columns.len())
        .filter(|&at| columns[at].stays() && columns[at].refers.is_none())
        .collect();
    for _ in 0..dice.below(3) {
        let column = *dice.of_these(&checked);
        parts.push(part(dice, number, What::Check(column)));
    }
}

/// Columns that are there once and refer to tables that come later, so that some refer to each other.
fn refer_ahead(tables: &mut [Table], dice: &mut Dice) {
    for at in 0..tables.len() {
        let target = dice.below(tables.len());
        if target < at
            || !dice.one_in(3)
            || tables[target].key_length > 1
            || !tables[target].stays()
        {
            continue;
        }
        let there = [[true, false], [false, true]][dice.below(2)];
        let place = tables[at].columns.len();
        tables[at].columns.push(Column {
            names: [format!("ahead {at}"), format!("ahead {at}")],
            there,
            ..reference(dice, &mut NAMES.to_vec(), (target, 0), [true; 2])
        });
        let mut made = part(dice, at, What::Refers(vec![place], target));
        made.there = there;
        tables[at].parts.push(made);
    }
}
