//! The lock row of the history, which every adapter keeps.

use crate::bench::{Bench, Database};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{presentable, refused, same};
use crate::outcome::Ended;
use crate::samples::{DIFFICULT, holder, release, require, take, with_lock};
use dapter_plugin_api::{ErrorKind, HistoryChange, LockChange, LockRow};

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    a_free_lock_is_taken,
    every_field_of_the_holder_is_kept,
    a_held_lock_is_not_taken,
    a_held_lock_is_taken_instead_of_its_holder,
    a_free_lock_is_taken_whoever_was_believed_to_hold_it,
    only_the_holder_meets_the_requirement,
    only_the_holder_releases,
    only_the_holder_gives_a_sign_of_life,
    a_released_lock_is_free,
    a_change_of_rows_leaves_the_lock_alone,
)];

/// Makes a change of the lock, and looks who holds it then.
fn holder_after(database: &Database<'_>, change: &HistoryChange) -> Result<Option<LockRow>, Ended> {
    database.connect()?.swap(change)?;
    Ok(database.history()?.lock)
}

/// Makes a change of the lock that must meet a conflict and leave the holder as it is.
fn conflicts(database: &Database<'_>, change: &HistoryChange, held_by: Option<&str>) -> Verdict {
    presentable(&refused(
        database.connect()?.swap(change),
        ErrorKind::Conflict,
    )?)?;
    same(
        "the holder",
        &database.history()?.lock,
        &held_by.map(holder),
    )
}

fn a_free_lock_is_taken(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    same("the holder at first", &database.history()?.lock, &None)?;
    same(
        "the holder",
        &holder_after(&database, &take("one", None))?,
        &Some(holder("one")),
    )
}

fn every_field_of_the_holder_is_kept(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let difficult = LockRow {
        host: DIFFICULT.to_owned(),
        user: DIFFICULT.to_owned(),
        ..holder("difficult")
    };
    let empty = LockRow {
        token: "empty".to_owned(),
        ..LockRow::default()
    };
    for (row, before) in [(difficult, None), (empty, Some("difficult".to_owned()))] {
        let change = with_lock(LockChange::Take {
            instead_of: before,
            row: row.clone(),
        });
        same("the holder", &holder_after(&database, &change)?, &Some(row))?;
    }
    Ok(())
}

fn a_held_lock_is_not_taken(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    database.connect()?.swap(&take("one", None))?;
    conflicts(&database, &take("two", None), Some("one"))?;
    conflicts(&database, &take("one", None), Some("one"))
}

fn a_held_lock_is_taken_instead_of_its_holder(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    database.connect()?.swap(&take("one", None))?;
    conflicts(&database, &take("two", Some("somebody else")), Some("one"))?;
    conflicts(&database, &take("two", Some("ONE")), Some("one"))?;
    same(
        "the holder",
        &holder_after(&database, &take("two", Some("one")))?,
        &Some(holder("two")),
    )?;
    conflicts(&database, &take("three", Some("one")), Some("two"))
}

fn a_free_lock_is_taken_whoever_was_believed_to_hold_it(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    same(
        "the holder",
        &holder_after(&database, &take("two", Some("one")))?,
        &Some(holder("two")),
    )
}

fn only_the_holder_meets_the_requirement(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    conflicts(&database, &require("one"), None)?;
    database.connect()?.swap(&take("one", None))?;
    same(
        "the holder",
        &holder_after(&database, &require("one"))?,
        &Some(holder("one")),
    )?;
    conflicts(&database, &require("two"), Some("one"))?;
    conflicts(&database, &require(""), Some("one"))
}

fn only_the_holder_releases(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    conflicts(&database, &release("one"), None)?;
    database.connect()?.swap(&take("one", None))?;
    conflicts(&database, &release("two"), Some("one"))?;
    same(
        "the holder",
        &holder_after(&database, &release("one"))?,
        &None,
    )
}

fn only_the_holder_gives_a_sign_of_life(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    conflicts(&database, &renew("one", 1), None)?;
    database.connect()?.swap(&take("one", None))?;
    conflicts(&database, &renew("two", 1), Some("one"))?;
    for beat in [1, 2, 70_000] {
        same(
            "the holder",
            &holder_after(&database, &renew("one", beat))?,
            &Some(LockRow {
                beat,
                ..holder("one")
            }),
        )?;
    }
    Ok(())
}

fn renew(token: &str, beat: u64) -> HistoryChange {
    with_lock(LockChange::Renew {
        token: token.to_owned(),
        beat,
    })
}

fn a_released_lock_is_free(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    for token in ["one", "two", "one"] {
        same(
            "the holder",
            &holder_after(&database, &take(token, None))?,
            &Some(holder(token)),
        )?;
        same(
            "the holder after the release",
            &holder_after(&database, &release(token))?,
            &None,
        )?;
        conflicts(&database, &release(token), None)?;
    }
    Ok(())
}

fn a_change_of_rows_leaves_the_lock_alone(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    database.connect()?.swap(&take("one", None))?;
    let change = crate::samples::add([crate::samples::row("a", 1)]);
    same(
        "the holder",
        &holder_after(&database, &change)?,
        &Some(holder("one")),
    )
}
