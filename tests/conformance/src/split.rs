//! Splitting scripts into statements, without a database.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, same};
use crate::outcome::Ended;
use dapter_plugin_api::{ErrorKind, Statement};

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    the_statements_of_a_script_are_found,
    lines_and_columns_are_where_statements_start,
    the_same_text_gives_the_same_statements,
    nothing_is_no_statement,
    line_breaks_of_windows_make_no_difference,
    a_byte_order_mark_is_answered,
    what_stands_before_moves_the_statements,
    a_big_script_is_split,
    every_beginning_of_a_script_is_answered,
    what_cannot_be_split_is_refused,
)];

/// The statements of a script as texts, with `\n` for every line break.
fn texts(script: &str, statements: &[Statement]) -> Result<Vec<String>, Ended> {
    let text = |statement: &Statement| {
        let text = statement
            .text(script)
            .ok_or_else(|| Ended::from("a statement is no range of the script"))?;
        Ok(text.replace("\r\n", "\n"))
    };
    statements.iter().map(text).collect()
}

/// Line and column of a byte offset, as their definition says: from 1, columns in characters.
fn place(script: &str, offset: usize) -> (usize, usize) {
    let before = script.get(..offset).unwrap_or(script);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        1 + before.matches('\n').count(),
        1 + before[line_start..].chars().count(),
    )
}

/// Every statement says rightly where it starts.
fn placed(script: &str, statements: &[Statement]) -> Verdict {
    let told: Vec<(usize, usize)> = statements
        .iter()
        .map(|s| (s.line as usize, s.column as usize))
        .collect();
    let counted: Vec<(usize, usize)> = statements.iter().map(|s| place(script, s.start)).collect();
    same("lines and columns of the statements", &told, &counted)
}

/// Splits a text that differs from the subject's script in what must make no difference.
fn same_statements(bench: &Bench, script: &str) -> Result<Vec<Statement>, Ended> {
    let statements = bench.split(script)?;
    placed(script, &statements)?;
    same(
        "the statements",
        &texts(script, &statements)?,
        &bench.script().statements,
    )?;
    Ok(statements)
}

fn the_statements_of_a_script_are_found(bench: &Bench) -> Verdict {
    let script = &bench.script().text;
    same(
        "the statements",
        &texts(script, &bench.split(script)?)?,
        &bench.script().statements,
    )
}

fn lines_and_columns_are_where_statements_start(bench: &Bench) -> Verdict {
    let script = &bench.script().text;
    placed(script, &bench.split(script)?)
}

fn the_same_text_gives_the_same_statements(bench: &Bench) -> Verdict {
    let script = &bench.script().text;
    let first = bench.split(script)?;
    let database = bench.prepared()?;
    database.connect()?.execute(bench.put())?;
    bench.split(" ")?;
    same(
        "the statements when split again",
        &bench.split(script)?,
        &first,
    )
}

fn nothing_is_no_statement(bench: &Bench) -> Verdict {
    for nothing in ["", " ", "\n", "\r\n\r\n", " \t\n\n  \n"] {
        same(
            &format!("the statements of {nothing:?}"),
            &bench.split(nothing)?,
            &Vec::new(),
        )?;
    }
    Ok(())
}

fn line_breaks_of_windows_make_no_difference(bench: &Bench) -> Verdict {
    let unix = bench.split(&bench.script().text)?;
    let windows = same_statements(bench, &bench.script().text.replace('\n', "\r\n"))?;
    let lines = |statements: &[Statement]| {
        statements
            .iter()
            .map(|s| (s.line, s.column))
            .collect::<Vec<_>>()
    };
    same("lines and columns", &lines(&windows), &lines(&unix))
}

/// The host takes the mark away from a script; in a text that comes another way it is a character like others.
fn a_byte_order_mark_is_answered(bench: &Bench) -> Verdict {
    for script in [
        "\u{feff}".to_owned(),
        format!("\u{feff}{}", bench.script().text),
    ] {
        answered(bench, &script)?;
    }
    Ok(())
}

fn what_stands_before_moves_the_statements(bench: &Bench) -> Verdict {
    let plain = bench.split(&bench.script().text)?;
    let moved = same_statements(bench, &format!("\n \t\r\n\n{}", bench.script().text))?;
    let lines = |statements: &[Statement], by: u32| {
        statements.iter().map(|s| s.line + by).collect::<Vec<_>>()
    };
    same("the lines", &lines(&moved, 0), &lines(&plain, 3))
}

/// Some megabytes, in a time that grows with the size and not faster: nobody waits for the other.
fn a_big_script_is_split(bench: &Bench) -> Verdict {
    const SIZE: usize = 5 * 1024 * 1024;
    let script = bench.script();
    let times = SIZE / script.text.len().max(1);
    let big = script.text.repeat(times);
    let expected = match script.statements.len() {
        1 => 1,
        several => several * times,
    };
    let statements = bench.split(&big)?;
    same("the number of statements", &statements.len(), &expected)?;
    let last = statements.last().ok_or("the script has no statement")?;
    same(
        "line and column of the last",
        &(last.line as usize, last.column as usize),
        &place(&big, last.start),
    )
}

/// A script that was cut off anywhere is split or refused; nothing else can happen.
fn every_beginning_of_a_script_is_answered(bench: &Bench) -> Verdict {
    let script = &bench.script().text;
    for (end, _) in script.char_indices() {
        answered(bench, &script[..end])?;
    }
    Ok(())
}

fn what_cannot_be_split_is_refused(bench: &Bench) -> Verdict {
    match &bench.subject.unsplittable {
        Some(script) => refused_in(script, bench.split(script)),
        None => Err(Ended::inapplicable(
            "the subject has no script that cannot be split",
        )),
    }
}

/// The script is split or refused, and either rightly says where.
fn answered(bench: &Bench, script: &str) -> Verdict {
    match bench.split(script) {
        Ok(statements) => placed(script, &statements),
        Err(refusal) => refused_in(script, Err(refusal)),
    }
}

/// The script is refused, and the error tells where the fault is.
fn refused_in(script: &str, answer: Result<Vec<Statement>, crate::client::Refused>) -> Verdict {
    let error = refused(answer, ErrorKind::Script)?;
    presentable(&error)?;
    let position = error
        .position
        .ok_or("the error does not tell where the fault is")?;
    holds(
        position <= script.len() as u64,
        "the position of the fault lies behind the script",
    )
}
