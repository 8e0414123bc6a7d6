//! What generated scripts are made of.

use proptest::prelude::*;

use super::super::Rules;
use super::soundness::DIALECTS;

/// One of the dialects.
pub(super) fn rules() -> impl Strategy<Value = Rules> {
    prop::sample::select(&DIALECTS)
}

/// Pieces with a meaning to some lexer or splitter.
const FRAGMENTS: &[&str] = &[
    ";",
    ";",
    ";",
    "'",
    "''",
    "\"",
    "`",
    "[",
    "]",
    "\\",
    "\\.",
    "\n",
    "\r\n",
    " ",
    "--",
    "-- ",
    "#",
    "/*",
    "*/",
    "/*!",
    "/*!50003 ",
    "/*!80013",
    "/*M!",
    "$$",
    "$a$",
    "$",
    "$1",
    "@",
    "@@",
    ":",
    ":a",
    ".",
    "(",
    ")",
    "=",
    "E'",
    "U&'",
    "U&\"",
    "x'",
    "é",
    "\u{feff}",
    "\0",
    "1",
    "1.5",
    "a",
    "\nDELIMITER ",
    "DELIMITER //",
    "//",
    "\nDELIMITER ;\n",
    "BEGIN ",
    "END ",
    "END",
    "CASE ",
    "WHEN ",
    "THEN ",
    "ELSE ",
    "IF ",
    "IF(",
    "LOOP ",
    "REPEAT ",
    "UNTIL ",
    "WHILE ",
    "DO ",
    "FOR ",
    "DECLARE ",
    "EXIT ",
    "HANDLER ",
    "CREATE ",
    "OR ",
    "REPLACE ",
    "TEMP ",
    "TRIGGER ",
    "FUNCTION ",
    "PROCEDURE ",
    "EVENT ",
    "RULE ",
    "DEFINER",
    "EACH ",
    "ROW ",
    "FOLLOWS ",
    "ATOMIC ",
    "NOT ",
    "COPY ",
    "FROM ",
    "stdin",
    "\n\\.\n",
    "SELECT ",
    "SET ",
    "RETURN ",
    "EXPLAIN ",
    "ALTER ",
];

/// Text in which quotes, comments and keywords meet in every order.
pub(super) fn mixture() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..60).prop_map(|pieces| pieces.concat())
}

/// What may stand between two statements besides the terminator.
pub(super) const GAPS: &[&str] = &[
    "",
    " ",
    "\n",
    "\r\n\t",
    "-- it's; a\n",
    "\n\n\n",
    "/* ; ' \" */",
    "\u{feff}",
    ";",
    " ; \n;",
];

/// As [`GAPS`], where the script may change its terminator.
pub(super) const DELIMITER_LINES: &[&str] = &[
    "\nDELIMITER $$\n",
    "\n delimiter // -- back to '; later\n",
    "\nDELIMITER ;\n",
    "\nDelimiter '|'\r\n",
];
