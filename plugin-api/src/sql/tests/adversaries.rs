//! Long texts that a careless lexer or splitter reads again and again.

use super::super::{Lexer, Rules, split};

/// Enough for quadratic time to take minutes.
const REPEATS: usize = 50_000;

#[test]
fn long_repetitions_take_one_pass() {
    let table = [
        (Rules::SQLITE, "", "CREATE TRIGGER "),
        (Rules::SQLITE, "CREATE TRIGGER t BEGIN ", "SELECT 1; END "),
        (Rules::POSTGRESQL, "", "$a-"),
        (Rules::POSTGRESQL, "", "$a$"),
        (Rules::POSTGRESQL, "", "/*"),
        (Rules::POSTGRESQL, "", "E'a'\n --\n"),
        (Rules::POSTGRESQL, "COPY t FROM stdin;\n", "\\.x"),
        (Rules::POSTGRESQL, "CREATE RULE r DO ", "("),
        (Rules::MYSQL, "", "/*!"),
        (Rules::MYSQL, "", "x DELIMITER "),
        (Rules::MYSQL, "x", "\n DELIMITER y "),
        (Rules::MYSQL, "DELIMITER ab\n", "aab"),
        (Rules::MYSQL, "DELIMITER $$$$$$$$$$$$$$$b\n", "$"),
        (Rules::MYSQL, "CREATE PROCEDURE p() ", "BEGIN "),
        (Rules::MYSQL, "CREATE PROCEDURE p() BEGIN ", "IF a THEN "),
        (Rules::MYSQL, "", "'\\"),
    ];
    for (rules, start, repeated) in table {
        let text = start.to_owned() + &repeated.repeat(REPEATS);
        let tokens = Lexer::new(&text, &rules).count();
        let statements = split(&text, &rules).map_or(0, |spans| spans.len());
        assert!(tokens.max(statements) <= text.len());
    }
}
