//! What the adapter must know of commands before the server sees them.

use crate::error::unreadable;
use crate::words::words;
use dapter_plugin_api::{AdapterError, ErrorKind, Result};

/// A command, word by word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) words: Vec<Vec<u8>>,
}

/// They change the connection, and with it what every later call means.
const OF_THE_CONNECTION: &[&str] = &[
    "AUTH",
    "HELLO",
    "SELECT",
    "RESET",
    "QUIT",
    "MULTI",
    "EXEC",
    "DISCARD",
    "WATCH",
    "UNWATCH",
    "SUBSCRIBE",
    "PSUBSCRIBE",
    "SSUBSCRIBE",
    "UNSUBSCRIBE",
    "PUNSUBSCRIBE",
    "SUNSUBSCRIBE",
    "MONITOR",
    "SYNC",
    "PSYNC",
    "CLIENT REPLY",
    "CLIENT TRACKING",
];

/// They take the history away.
const OF_THE_HISTORY: &[&str] = &["FLUSHALL", "FLUSHDB", "SWAPDB"];

/// They answer how much they changed. What others count is something else: a length, a value.
const COUNTING: &[&str] = &[
    "COPY",
    "DEL",
    "EXPIRE",
    "EXPIREAT",
    "GEOADD",
    "HDEL",
    "HSET",
    "HSETNX",
    "LREM",
    "MOVE",
    "MSETNX",
    "PERSIST",
    "PEXPIRE",
    "PEXPIREAT",
    "RENAMENX",
    "SADD",
    "SETNX",
    "SMOVE",
    "SREM",
    "UNLINK",
    "XDEL",
    "XTRIM",
    "ZADD",
    "ZREM",
];

/// They may run twice, and the server does not run them within a script.
const REPEATABLE: &[&str] = &[
    "ACL LOAD",
    "ACL SAVE",
    "ACL SETUSER",
    "BGREWRITEAOF",
    "BGSAVE",
    "CONFIG RESETSTAT",
    "CONFIG REWRITE",
    "CONFIG SET",
    "FUNCTION LOAD REPLACE",
    "LATENCY RESET",
    "MEMORY PURGE",
    "SAVE",
    "SCRIPT FLUSH",
    "SCRIPT LOAD",
    "SLOWLOG RESET",
    "WAIT",
    "WAITAOF",
];

impl Command {
    /// Reads a statement.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] if it is none, or one that would take away what dapter stands on.
    pub(crate) fn read(statement: &str) -> Result<Command> {
        let words = words(statement).map_err(|fault| unreadable(ErrorKind::Statement, &fault))?;
        if words.is_empty() {
            return Err(AdapterError::new(ErrorKind::Statement, "there is no command").at(0));
        }
        let command = Command { words };
        let refusal = |why: &str, hint: &str| {
            let name = command.name();
            let error = AdapterError::new(ErrorKind::Statement, format!("`{name}` {why}"));
            Err(error.at(0).with_hint(hint))
        };
        if command.begins_like(OF_THE_CONNECTION) {
            return refusal(
                "changes the connection, which is dapter's",
                "the URL names user and database; every command takes effect with its record",
            );
        }
        if command.begins_like(OF_THE_HISTORY) {
            return refusal(
                "would take the history of migrations away",
                "delete keys by name, or by a Lua script that goes through those with a prefix",
            );
        }
        Ok(command)
    }

    /// Its first word, in capitals.
    pub(crate) fn name(&self) -> String {
        let first = self.words.first().map_or(&[][..], Vec::as_slice);
        String::from_utf8_lossy(first).to_uppercase()
    }

    /// How much it changed, given the number that it answered.
    pub(crate) fn counted(&self, number: i64) -> u64 {
        match u64::try_from(number) {
            Ok(number) if COUNTING.contains(&self.name().as_str()) => number,
            _ => 0,
        }
    }

    /// The source of the Lua script that it runs, with what is behind that: the number of keys, keys and arguments.
    pub(crate) fn lua(&self) -> Option<(&[u8], &[Vec<u8>])> {
        let (source, rest) = self.words.get(1..)?.split_first()?;
        let keys: usize = std::str::from_utf8(rest.first()?).ok()?.parse().ok()?;
        // A shebang line is the server's to read.
        let plain = !source.starts_with(b"#!") && keys < rest.len();
        (self.name() == "EVAL" && plain).then_some((source, rest))
    }

    fn begins_like(&self, names: &[&str]) -> bool {
        names.iter().any(|name| {
            let mut words = self.words.iter();
            name.split(' ').all(|part| {
                words
                    .next()
                    .is_some_and(|word| word.eq_ignore_ascii_case(part.as_bytes()))
            })
        })
    }
}

/// Whether the command that begins like this may run a second time.
pub(crate) fn is_repeatable(beginning: &str) -> bool {
    let words = beginning.split_ascii_whitespace();
    let words = words.map(|word| word.as_bytes().to_vec()).collect();
    Command { words }.begins_like(REPEATABLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dapter_stands_on_is_not_taken_away() {
        for refused in [
            "flushall",
            "SELECT 3",
            "client  reply off",
            "MULTI",
            "",
            " ",
            "'",
        ] {
            let error = Command::read(refused).expect_err(refused);
            assert_eq!(error.kind, ErrorKind::Statement, "{refused}");
            assert!(error.position.is_some(), "{refused}");
        }
        for taken in ["SET select 3", "CLIENT KILL ID 3", "no-such-command"] {
            Command::read(taken).expect(taken);
        }
    }

    #[test]
    fn a_lua_script_is_taken_apart() {
        let lua = |text: &str| Command::read(text).expect("reads").lua().is_some();
        assert!(lua("eval 'return 1' 0"));
        assert!(lua("EVAL 'return 1' 1 key argument"));
        for other in [
            "EVAL 'return 1' 2 key",
            "EVAL 'return 1' x",
            "EVAL 'return 1'",
            "EVAL",
            "EVAL '#!lua\nreturn 1' 0",
            "EVALSHA 00 0",
        ] {
            assert!(!lua(other), "{other}");
        }
    }

    #[test]
    fn settings_may_be_made_twice() {
        assert!(is_repeatable("config set maxmemory 100mb"));
        assert!(is_repeatable("FUNCTION LOAD REPLACE '#!lua"));
        assert!(!is_repeatable("FUNCTION LOAD '#!lua"));
        assert!(!is_repeatable("FCALL move 0"));
    }
}
