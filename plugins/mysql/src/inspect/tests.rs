//! What the catalog tells, as it becomes a schema.

use super::assemble::without_counter;
use super::catalog::ColumnRow;
use super::column::{Reading, bare, column, unescaped};
use super::program::{preceding, renamed};
use super::qualified::without_database;
use super::sequence::sequence;
use crate::server::Product;
use dapter_plugin_api::schema::Sequence;

#[test]
fn the_next_number_is_no_part_of_a_table() {
    let table = [
        (
            "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4",
            "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
        ),
        (
            "CREATE TABLE `t` (\n  `a` int COMMENT ' AUTO_INCREMENT=7'\n) ENGINE=InnoDB",
            "CREATE TABLE `t` (\n  `a` int COMMENT ' AUTO_INCREMENT=7'\n) ENGINE=InnoDB",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(without_counter(text), expected);
    }
}

#[test]
fn the_databases_own_name_goes_from_names_alone() {
    let table = [
        (
            "select `shop`.`t`.`a` AS `a` from `shop`.`t`",
            "select `t`.`a` AS `a` from `t`",
        ),
        ("select '`shop`.' AS `x`", "select '`shop`.' AS `x`"),
        ("select `shop`.`f`(1) AS `x`", "select `f`(1) AS `x`"),
        ("nextval(`shop`.`s`)", "nextval(`s`)"),
        (
            "select `shop`.`a` AS `a` from `shop`.`t` `shop`",
            "select `shop`.`a` AS `a` from `t` `shop`",
        ),
        (
            "select `other`.`t`.`a` from `other`.`t`",
            "select `other`.`t`.`a` from `other`.`t`",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(without_database(text, "shop"), expected);
    }
}

#[test]
fn expressions_of_mysqls_catalog_are_read_as_they_are_written() {
    assert_eq!(unescaped(r"_utf8mb4\'x\\\\y\\\'z\'"), r"_utf8mb4'x\\y\'z'");
    assert_eq!(unescaped("`GrÃ¶Ã\u{9f}e` > 0"), "`Größe` > 0");
    assert_eq!(unescaped("`Größe` > 0"), "`Größe` > 0");
    let signed = r"(`a` - -(1.5)) <> -(5) and `b` <> \'-(5)\' and -(`a`)";
    let plain = r"(`a` - -1.5) <> -5 and `b` <> '-(5)' and -(`a`)";
    assert_eq!(unescaped(signed), plain);
    let table = [
        ("(`a` > 0)", "`a` > 0"),
        ("(`a`) + (`b`)", "(`a`) + (`b`)"),
        ("lower(`a`)", "lower(`a`)"),
        ("(`a` = ')')", "`a` = ')'"),
    ];
    for (text, expected) in table {
        assert_eq!(bare(text), expected);
    }
}

#[test]
fn defaults_are_expressions_on_both_servers() {
    let row = |data_type: &str, default: &str, extra: &str| ColumnRow {
        data_type: data_type.to_owned(),
        default: Some(default.to_owned()),
        nullable: true,
        extra: extra.to_owned(),
        ..ColumnRow::default()
    };
    let table = [
        (
            Product::MySql,
            row("varchar(9)", "it's \\", ""),
            Some(r"'it''s \\'"),
        ),
        (Product::MySql, row("int", "-5", ""), Some("-5")),
        (Product::MySql, row("varchar(3)", "5", ""), Some("'5'")),
        (Product::MySql, row("bit(1)", "b'1'", ""), Some("b'1'")),
        (Product::MySql, row("binary(1)", "0x61", ""), Some("0x61")),
        (
            Product::MySql,
            row("date", "2020-01-01", ""),
            Some("'2020-01-01'"),
        ),
        (
            Product::MySql,
            row("varchar(36)", "uuid()", "DEFAULT_GENERATED"),
            Some("(uuid())"),
        ),
        (
            Product::MySql,
            row("timestamp", "CURRENT_TIMESTAMP", "DEFAULT_GENERATED"),
            Some("CURRENT_TIMESTAMP"),
        ),
        (Product::MariaDb, row("varchar(9)", "'x'", ""), Some("'x'")),
        (Product::MariaDb, row("varchar(9)", "NULL", ""), None),
    ];
    for (product, row, expected) in table {
        let reading = Reading {
            product,
            database: "d",
            collation: "",
        };
        let text = row.default.clone();
        assert_eq!(
            column(row, reading).default.as_deref(),
            expected,
            "{text:?}"
        );
    }
}

#[test]
fn what_is_said_beside_a_column_is_an_option() {
    let row = ColumnRow {
        data_type: "text /*M!100301 COMPRESSED*/".to_owned(),
        extra: "on update current_timestamp(6), INVISIBLE, SOMETHING NEW".to_owned(),
        ..ColumnRow::default()
    };
    let reading = Reading {
        product: Product::MariaDb,
        database: "d",
        collation: "",
    };
    let column = column(row, reading);
    assert_eq!(column.data_type, "text");
    let options: Vec<(&str, &str)> = column
        .options
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let expected = [
        ("compressed", ""),
        ("invisible", ""),
        ("on update", "current_timestamp(6)"),
        ("something new", ""),
    ];
    assert_eq!(options, expected);
}

#[test]
fn a_sequence_is_read_or_left_whole() {
    let text = "CREATE SEQUENCE `s` start with -5 minvalue -9 maxvalue 7 increment by 2 nocache cycle ENGINE=InnoDB";
    let expected = Sequence {
        start: -5,
        increment: 2,
        min: -9,
        max: 7,
        cycle: true,
        ..Sequence::default()
    };
    assert_eq!(sequence(text), Some(expected));
    assert_eq!(sequence(&text.replace("InnoDB", "Aria")), None);
    assert_eq!(sequence(&text.replace("7", "18446744073709551615")), None);
}

#[test]
fn statements_of_programs_get_other_names_and_places() {
    let create = "CREATE DEFINER=`a`@`b` PROCEDURE p(in a int) begin select 1; end";
    let expected = "CREATE DEFINER=`a`@`b` PROCEDURE `select`(in a int) begin select 1; end";
    assert_eq!(
        renamed(create, "PROCEDURE", "select").as_deref(),
        Some(expected)
    );
    let create = "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW set new.a = 1";
    let expected = "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW PRECEDES h set new.a = 1";
    assert_eq!(preceding(create, "h").as_deref(), Some(expected));
    let behind = "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW FOLLOWS f set new.a = 1";
    assert_eq!(preceding(behind, "h"), None);
}
