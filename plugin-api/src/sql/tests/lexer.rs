//! Tokens, per rule.

use super::super::{Lexer, Rules, TokenKind};

/// The tokens of a text but for its blanks, each with a letter for its kind.
fn picture(text: &str, rules: &Rules) -> String {
    let mut pieces = Vec::new();
    for token in Lexer::new(text, rules) {
        let letter = match token.kind {
            TokenKind::Whitespace => continue,
            TokenKind::LineComment => 'l',
            TokenKind::BlockComment => 'b',
            TokenKind::ExecutableCommentStart => '<',
            TokenKind::ExecutableCommentEnd => '>',
            TokenKind::Word => 'w',
            TokenKind::QuotedIdentifier => 'q',
            TokenKind::String => 's',
            TokenKind::Number => 'n',
            TokenKind::Variable => 'v',
            TokenKind::Terminator => 't',
            TokenKind::Symbol => 'y',
        };
        let open = if token.terminated { "" } else { "!" };
        pieces.push(format!("{letter}{open}:{}", token.text(text)));
    }
    pieces.join(" | ")
}

fn assert_pictures(table: &[(&str, &str)], rules: &Rules) {
    for (text, expected) in table {
        assert_eq!(picture(text, rules), *expected, "{text:?}");
    }
}

#[test]
fn alternative_quotes() {
    let rules = Rules {
        alternative_quotes: true,
        ..Rules::STANDARD
    };
    assert_pictures(
        &[
            ("q'{a;'b'}' c", "s:q'{a;'b'}' | w:c"),
            ("Q'[a]b]'", "s:Q'[a]b]'"),
            ("q'(a)' q'<a>'", "s:q'(a)' | s:q'<a>'"),
            ("q'!it's!';", "s:q'!it's!' | t:;"),
            ("q'éaé'", "s:q'éaé'"),
            ("q'{a", "s!:q'{a"),
            ("q'}'}'", "s:q'}'}'"),
            ("q'", "w:q | s!:'"),
            ("xq'a'", "w:xq | s:'a'"),
        ],
        &rules,
    );
    assert_pictures(&[("q'{a'", "w:q | s:'{a'")], &Rules::STANDARD);
}

#[test]
fn another_terminator_is_taken_from_where_it_is_told() {
    let text = "a; b^ b$$ b";
    for terminator in ["^", "$$", ""] {
        let mut lexer = Lexer::new(text, &Rules::STANDARD);
        lexer.set_terminator(terminator);
        let kinds: Vec<_> = lexer
            .filter(|token| token.kind == TokenKind::Terminator)
            .map(|token| token.text(text))
            .collect();
        assert_eq!(
            kinds,
            [terminator].repeat(usize::from(!terminator.is_empty()))
        );
    }
}

#[test]
fn sqlite_tokens() {
    assert_pictures(
        &[
            ("", ""),
            ("\u{feff}a", "w:a"),
            ("sel$1 été _x", "w:sel$1 | w:été | w:_x"),
            ("1 1.5e3 0xFF", "n:1 | n:1.5e3 | n:0xFF"),
            ("'it''s' 'a\\'", "s:'it''s' | s:'a\\'"),
            (
                "\"a\"\"b\" `a``b` [a\"b]",
                "q:\"a\"\"b\" | q:`a``b` | q:[a\"b]",
            ),
            ("x'00' X'00' e'0'", "s:x'00' | s:X'00' | w:e | s:'0'"),
            (":end @end $end ?1", "v::end | v:@end | v:$end | y:? | n:1"),
            ("a--b\nc", "w:a | l:--b | w:c"),
            ("/* /* */ a */", "b:/* /* */ | w:a | y:* | y:/"),
            ("/**/a/*/ */", "b:/**/ | w:a | b:/*/ */"),
            ("# a", "y:# | w:a"),
            ("a;b", "w:a | t:; | w:b"),
        ],
        &Rules::SQLITE,
    );
}

#[test]
fn postgresql_tokens() {
    assert_pictures(
        &[
            ("$$a;$$ $t$ $$ $t$", "s:$$a;$$ | s:$t$ $$ $t$"),
            ("a$$b $1 $", "w:a$$b | v:$1 | y:$"),
            ("$a$ x $b$a$", "s:$a$ x $b$a$"),
            ("$é$x$é$ $1a$", "s:$é$x$é$ | v:$1 | w:a$"),
            (r"E'a\'b' e'\\' 'a\'", r"s:E'a\'b' | s:e'\\' | s:'a\'"),
            ("E'a'\n -- x\n 'b\\'c'", "s:E'a'\n -- x\n 'b\\'c'"),
            (r"E'a' 'b\' ", r"s:E'a' | s:'b\'"),
            (
                "U&'\\0041' u&\"\\0041\" B'1' U &'a'",
                "s:U&'\\0041' | q:u&\"\\0041\" | s:B'1' | w:U | y:& | s:'a'",
            ),
            ("/* /* */ a */b", "b:/* /* */ a */ | w:b"),
            (
                "a::end [1] `",
                "w:a | y:: | y:: | w:end | y:[ | n:1 | y:] | y:`",
            ),
            ("--a\rb", "l:--a | w:b"),
        ],
        &Rules::POSTGRESQL,
    );
}

#[test]
fn mysql_tokens() {
    assert_pictures(
        &[
            (
                r#"'a\'b' "a\"b" 'a''b'"#,
                r#"s:'a\'b' | s:"a\"b" | s:'a''b'"#,
            ),
            ("`a``b` `a\\`", "q:`a``b` | q:`a\\`"),
            ("# a\nb", "l:# a | w:b"),
            (
                "5--3 -- x\n--\ny --",
                "n:5 | y:- | y:- | n:3 | l:-- x | l:-- | w:y | l:--",
            ),
            (
                "@a @@b @`c` a:=1",
                "v:@a | v:@@b | y:@ | q:`c` | w:a | y:: | y:= | n:1",
            ),
            (
                "/*!50003 a '*/' */ b",
                "<:/*!50003 | w:a | s:'*/' | >:*/ | w:b",
            ),
            ("/*! a /* b */ c */", "<:/*! | w:a | b:/* b */ | w:c | >:*/"),
            (
                "/*!100100 a */ /*M!1 */",
                "<:/*!100100 | w:a | >:*/ | b:/*M!1 */",
            ),
            (
                "/*+ hint */ x'00' n'a\\'b'",
                "b:/*+ hint */ | s:x'00' | s:n'a\\'b'",
            ),
        ],
        &Rules::MYSQL,
    );
}

#[test]
fn mariadb_skips_comments_for_mysql_only() {
    assert_pictures(
        &[
            ("/*!80013 it's */", "b:/*!80013 it's */"),
            ("/*!50611 a */", "<:/*!50611 | w:a | >:*/"),
            ("/*!100100 a */", "<:/*!100100 | w:a | >:*/"),
            (
                "/*M! a */ /*M!100100 b*/",
                "<:/*M! | w:a | >:*/ | <:/*M!100100 | w:b | >:*/",
            ),
        ],
        &Rules::MARIADB,
    );
}

#[test]
fn sql_modes_of_mysql() {
    let ansi = Rules::MYSQL.with_ansi_quotes();
    assert_pictures(&[("\"a\\\" 'a\\'b'", "q:\"a\\\" | s:'a\\'b'")], &ansi);
    let plain = Rules::MYSQL.without_backslash_escapes();
    assert_pictures(&[("\"a\\\" 'a\\'b", "s:\"a\\\" | s:'a\\' | w:b")], &plain);
}

#[test]
fn what_is_not_closed_says_so() {
    let table = [
        (Rules::SQLITE, "a 'b'' ", "w:a | s!:'b'' "),
        (Rules::SQLITE, "[a", "q!:[a"),
        (Rules::SQLITE, "/* a *", "b!:/* a *"),
        (Rules::POSTGRESQL, "/* /* */", "b!:/* /* */"),
        (Rules::POSTGRESQL, "$a$ $A$", "s!:$a$ $A$"),
        (Rules::POSTGRESQL, "E'a\\", "s!:E'a\\"),
        (Rules::POSTGRESQL, "E'a'\n'b", "s!:E'a'\n'b"),
        (Rules::MYSQL, "'é\\é", "s!:'é\\é"),
        (Rules::MYSQL, "\"a", "s!:\"a"),
    ];
    for (rules, text, expected) in table {
        assert_eq!(picture(text, &rules), expected);
    }
}

#[test]
fn a_dialect_of_ones_own() {
    let rules = Rules {
        hash_comments: true,
        ..Rules::STANDARD
    };
    assert_pictures(
        &[("a # b", "w:a | l:# b"), ("`a`", "y:` | w:a | y:`")],
        &rules,
    );
}
