//! One compare-and-swap of the history, with a command or without.
//!
//! What is expected is checked here, on what was read. The server then runs one script, within which nobody else comes: it
//! looks whether the fields are still what was read, writes the record, and runs the command; if that fails, the record is
//! taken back. If the fields have moved it is all done again.

use crate::command::Command;
use crate::history::{Keys, LOCK, field, read};
use crate::{error, history};
use dapter_plugin_api::{AdapterError, ErrorKind, HistoryChange, LockChange, LockRow, Result};
use redis::{Cmd, Connection, Value};

/// What the server runs, behind the definition of `statement`.
const SCRIPT: &str = include_str!("change.lua");

/// The words are a command.
const RUN_COMMAND: &str = "local function statement(words) return redis.call(unpack(words)) end";

/// The words are what stands behind the source in `EVAL`, which is the function `script`.
const RUN_LUA: &str = "
local function statement(words)
  local keys, arguments = {}, {}
  for at = 2, #words do
    local list = at <= tonumber(words[1]) + 1 and keys or arguments
    list[#list + 1] = words[at]
  end
  return script(keys, arguments)
end";

/// How often it is tried again. One of those in the way succeeds each time, so a hundred is a crowd.
const ATTEMPTS: u32 = 100;

/// How a change ended that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is made; the number that the command answered, or 0.
    Done(i64),
    /// Nothing was done: the server does not run this command in a script.
    NotInScripts,
}

/// Makes a change, and runs a command with it.
///
/// # Errors
/// [`ErrorKind::Conflict`] if anything expected is not there; what the server said. Nothing was changed then, but what a Lua
/// script had done before it failed.
pub(crate) fn make(
    connection: &mut Connection,
    keys: &Keys,
    change: &HistoryChange,
    command: Option<&Command>,
) -> Result<Outcome> {
    for _ in 0..ATTEMPTS {
        let found = found(connection, keys, change)?;
        let call = call(keys, &plan(change, &found)?, change, command)?;
        let reply: (String, Option<Value>) = match call.query::<Value>(connection) {
            Ok(reply) => answer(reply)?,
            Err(error) => return Err(error::told(&error)),
        };
        match reply {
            (how, Some(Value::Int(number))) if how == "done" => return Ok(Outcome::Done(number)),
            (how, Some(Value::BulkString(said))) if how == "failed" => {
                let said = String::from_utf8_lossy(&said);
                if command.is_some() && said.contains("not allowed from script") {
                    return Ok(Outcome::NotInScripts);
                }
                return Err(refusal(&said, command));
            }
            // Somebody else was faster.
            _ => {}
        }
    }
    Err(AdapterError::new(
        ErrorKind::Busy,
        "others change the history all the time",
    ))
}

/// The fields of a change that are looked at, as they are.
fn found(
    connection: &mut Connection,
    keys: &Keys,
    change: &HistoryChange,
) -> Result<Vec<Option<String>>> {
    let mut names: Vec<String> = vec![LOCK.to_owned()];
    names.extend(change.rows.iter().map(|row| field(&row.revision)));
    let mut get = redis::cmd("HMGET");
    get.arg(&keys.history).arg(names);
    get.query(connection).map_err(|error| error::told(&error))
}

/// A field of the history: what it holds and what it is to hold, `""` for nothing.
#[derive(Debug, PartialEq, Eq)]
struct Field {
    name: String,
    before: String,
    after: String,
}

/// Checks what is expected, and says which fields become what.
fn plan(change: &HistoryChange, found: &[Option<String>]) -> Result<Vec<Field>> {
    let (lock, rows) = found.split_first().ok_or_else(incomprehensible)?;
    let holder = lock.as_deref().map(read::<LockRow>).transpose()?;
    change.lock.check(holder.as_ref())?;
    let mut fields = Vec::new();
    if change.lock != LockChange::Ignore {
        fields.push(Field {
            name: LOCK.to_owned(),
            before: lock.clone().unwrap_or_default(),
            after: match lock_after(&change.lock, holder) {
                Some(row) => history::text(&row)?,
                None => String::new(),
            },
        });
    }
    for (row, text) in change.rows.iter().zip(rows) {
        let there = text.as_deref().map(history::row).transpose()?;
        row.expect.check(&row.revision, there.as_ref())?;
        fields.push(Field {
            name: field(&row.revision),
            before: text.clone().unwrap_or_default(),
            after: match &row.row {
                Some(row) => history::row_text(row)?,
                None => String::new(),
            },
        });
    }
    Ok(fields)
}

/// The lock row after a change, given the one before.
fn lock_after(change: &LockChange, before: Option<LockRow>) -> Option<LockRow> {
    match change {
        LockChange::Take { row, .. } => Some(row.clone()),
        LockChange::Renew { beat, .. } => before.map(|row| LockRow { beat: *beat, ..row }),
        LockChange::Release(_) => None,
        LockChange::Ignore | LockChange::Require(_) => before,
    }
}

/// The script with all that it is told.
fn call(
    keys: &Keys,
    fields: &[Field],
    change: &HistoryChange,
    command: Option<&Command>,
) -> Result<Cmd> {
    let none: &[Vec<u8>] = &[];
    let (script, words) = match command.map(|command| (command, command.lua())) {
        // On the first line, so that the server's line numbers are those of the source.
        Some((_, Some((source, rest)))) => (
            [
                b"local function script(KEYS, ARGV, ...) ",
                source,
                b"\nend",
                RUN_LUA.as_bytes(),
            ]
            .concat(),
            rest,
        ),
        Some((command, None)) => (RUN_COMMAND.as_bytes().to_vec(), command.words.as_slice()),
        None => (b"local statement".to_vec(), none),
    };
    let mut call = redis::cmd("EVAL");
    call.arg([&script, SCRIPT.as_bytes()].concat())
        .arg(2)
        .arg(&keys.history)
        .arg(&keys.log)
        .arg(fields.len());
    for Field {
        name,
        before,
        after,
    } in fields
    {
        call.arg(name).arg(before).arg(after);
    }
    call.arg(change.log.len());
    for entry in &change.log {
        call.arg(entry.to_text()?);
    }
    for word in words {
        call.arg(word.as_slice());
    }
    Ok(call)
}

/// How the script ended, and with what.
fn answer(reply: Value) -> Result<(String, Option<Value>)> {
    let Value::Array(parts) = reply else {
        return Err(incomprehensible());
    };
    let mut parts = parts.into_iter();
    match parts.next() {
        Some(Value::BulkString(how)) => {
            Ok((String::from_utf8_lossy(&how).into_owned(), parts.next()))
        }
        _ => Err(incomprehensible()),
    }
}

fn incomprehensible() -> AdapterError {
    AdapterError::new(
        ErrorKind::Other,
        "the server answered the script that changes the history with something else",
    )
}

/// What the server said of a command, in the words that it has for commands outside of scripts.
fn refusal(said: &str, command: Option<&Command>) -> AdapterError {
    let name = command.map(Command::name).unwrap_or_default();
    let is_lua = command.is_some_and(|command| command.lua().is_some());
    if !is_lua && said.contains("Unknown Redis command") {
        return error::line(&format!("ERR unknown command '{name}'"));
    }
    if !is_lua && said.contains("Wrong number of args calling Redis command") {
        return error::line(&format!("ERR wrong number of arguments for '{name}'"));
    }
    if said.contains("The user executing the script can't") {
        return error::line("NOPERM this user has no permission to run a command of this script");
    }
    error::line(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dapter_plugin_api::{AppliedRevision, Expect, RowChange};

    #[test]
    fn a_plan_holds_what_was_read_and_what_is_to_be() {
        let row = AppliedRevision {
            revision: "a".to_owned(),
            ..AppliedRevision::default()
        };
        let change = HistoryChange {
            rows: vec![RowChange {
                revision: "a".to_owned(),
                expect: Expect::Absent,
                row: Some(row.clone()),
            }],
            ..HistoryChange::default()
        };
        let fields = plan(&change, &[None, None]).expect("nothing is there");
        let expected = Field {
            name: "revision:a".to_owned(),
            before: String::new(),
            after: history::row_text(&row).expect("writes"),
        };
        assert_eq!(fields, [expected]);
        let there = Some(history::row_text(&row).expect("writes"));
        let refused = plan(&change, &[None, there]).expect_err("it is there");
        assert_eq!(refused.kind, ErrorKind::Conflict);
    }

    #[test]
    fn words_for_scripts_are_not_told_of_commands() {
        let command = Command::read("HSET a").expect("reads");
        let said = "ERR Wrong number of args calling Redis command from script";
        let error = refusal(said, Some(&command));
        assert_eq!(error.message, "wrong number of arguments for 'HSET'");
    }
}
