//! Asking what has another name now.

use std::io::{self, BufRead, IsTerminal, Write};

use dapter::Migrator;
use dapter::diff::{Rename, RenameCandidates};

use super::output::Output;

/// The migrator, which asks about what looks like a rename where there is somebody to ask.
pub(super) fn asking(migrator: Migrator, output: Output) -> Migrator {
    let somebody_reads =
        output.is_chatty() && io::stdin().is_terminal() && io::stderr().is_terminal();
    match somebody_reads {
        true => migrator.with_rename_question(|candidates| {
            // Who can be asked nothing more has renamed nothing.
            chosen(candidates, &mut io::stdin().lock(), &mut anstream::stderr()).unwrap_or_default()
        }),
        false => migrator,
    }
}

/// Asks one after the other. A name that is given is offered no more.
fn chosen(
    candidates: &[RenameCandidates],
    answers: &mut impl BufRead,
    screen: &mut impl Write,
) -> io::Result<Vec<Rename>> {
    let mut chosen: Vec<Rename> = Vec::new();
    for candidate in candidates {
        let is_free = |rename: &Rename| !chosen.iter().any(|other| other.to == rename.to);
        let choices: Vec<Rename> = candidate.renames().filter(is_free).collect();
        if !choices.is_empty() {
            chosen.extend(choice(&candidate.from, &choices, answers, screen)?);
        }
    }
    Ok(chosen)
}

fn choice(
    from: &str,
    choices: &[Rename],
    answers: &mut impl BufRead,
    screen: &mut impl Write,
) -> io::Result<Option<Rename>> {
    writeln!(screen, "{from} is no longer there; was it renamed?")?;
    for (index, Rename { to, .. }) in choices.iter().enumerate() {
        writeln!(screen, "  {}  to {to}", index + 1)?;
    }
    loop {
        write!(screen, "number, or Enter if it was not: ")?;
        screen.flush()?;
        let mut answer = String::new();
        let is_over = answers.read_line(&mut answer)? == 0;
        let answer = answer.trim();
        if is_over || matches!(answer.to_lowercase().as_str(), "" | "0" | "n" | "no") {
            return Ok(None);
        }
        let number = answer.parse::<usize>().ok();
        let choice = number.and_then(|number| choices.get(number.checked_sub(1)?));
        match choice {
            Some(choice) => return Ok(Some(choice.clone())),
            None => writeln!(screen, "there is no `{answer}`")?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_renamed_that_nobody_chose() {
        let candidate = |from: &str| RenameCandidates {
            from: from.to_owned(),
            to: vec!["t.x".to_owned(), "t.y".to_owned()],
        };
        let candidates = [candidate("t.a"), candidate("t.b")];
        let table = [
            ("", ""),
            ("\n\n", ""),
            ("2\n1\n", "t.a=t.y t.b=t.x"),
            ("1\n2\nno\n", "t.a=t.x"),
            ("7\nx\n1\n\n", "t.a=t.x"),
        ];
        for (answers, expected) in table {
            let mut screen = Vec::new();
            let chosen = chosen(&candidates, &mut answers.as_bytes(), &mut screen).expect(answers);
            let told: Vec<String> = chosen.iter().map(Rename::to_string).collect();
            assert_eq!(told.join(" "), expected, "{answers:?}");
        }
    }
}
