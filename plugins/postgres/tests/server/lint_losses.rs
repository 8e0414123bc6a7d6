//! What the rules say of lost data is so.

use crate::Test;
use crate::lint::{codes, prepared};
use crate::support::{Adapter, server};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{ErrorKind, Value};

pub(crate) const TESTS: &[Test] = &[
    (
        "data_is_gone_where_the_rules_say",
        data_is_gone_where_the_rules_say,
    ),
    (
        "a_database_and_what_a_role_owns_are_gone",
        a_database_and_what_a_role_owns_are_gone,
    ),
];

fn data_is_gone_where_the_rules_say(adapter: &Adapter) {
    for (statement, code, gone) in [
        ("DROP TABLE o", "PG401", "SELECT to_regclass('o') IS NULL"),
        (
            "ALTER TABLE t DROP b",
            "PG402",
            "SELECT count(*) = 0 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b'",
        ),
        (
            "DROP SCHEMA s CASCADE",
            "PG403",
            "SELECT to_regclass('s.t') IS NULL",
        ),
        ("TRUNCATE o", "PG404", "SELECT count(*) = 0 FROM o"),
        ("DELETE FROM o", "PG405", "SELECT count(*) = 0 FROM o"),
        (
            "DROP TYPE y CASCADE",
            "PG406",
            "SELECT count(*) = 0 FROM information_schema.columns WHERE table_name = 'ty'",
        ),
    ] {
        let (_database, mut client) = prepared(adapter);
        assert_eq!(client.value(gone), Value::Bool(false), "{statement}");
        assert_eq!(codes(adapter, &[statement]), [code]);
        client.run(statement);
        assert_eq!(client.value(gone), Value::Bool(true), "{statement}");
    }
    // Without CASCADE the server refuses what the rules let pass.
    let (_database, mut client) = prepared(adapter);
    for statement in ["DROP SCHEMA s", "DROP TYPE y"] {
        assert_eq!(codes(adapter, &[statement]), [""; 0]);
        assert_eq!(client.fails(statement).sqlstate.as_deref(), Some("2BP01"));
    }
}

fn a_database_and_what_a_role_owns_are_gone(adapter: &Adapter) {
    let (database, mut client) = prepared(adapter);
    let name = format!("{}_gone", database.name);
    let make = format!("CREATE DATABASE {name}");
    assert_eq!(codes(adapter, &[&make]), [""; 0]);
    client.run(&make);
    let url = server().url(adapter.scheme(), &name);
    drop(adapter.connect(&url).expect("it is there"));
    let statement = format!("DROP DATABASE {name} WITH (FORCE)");
    assert_eq!(codes(adapter, &[&statement]), ["PG407"]);
    client.run(&statement);
    let error = adapter.connect(&url).err().expect("it is gone");
    assert_eq!(error.kind, ErrorKind::DatabaseMissing, "{error:?}");

    let role = format!("{}_owner", database.name);
    client.run(&format!("CREATE ROLE {role}"));
    for table in ["t", "o"] {
        client.run(&format!("ALTER TABLE {table} OWNER TO {role}"));
    }
    let there = "SELECT to_regclass('t') IS NOT NULL";
    let safe = format!("REASSIGN OWNED BY {role} TO CURRENT_USER");
    assert_eq!(codes(adapter, &[&safe]), [""; 0]);
    for (statement, code, stays) in [
        (
            format!("DROP OWNED BY {role} CASCADE"),
            &["PG408"][..],
            false,
        ),
        (safe, &[], true),
    ] {
        assert_eq!(codes(adapter, &[&statement]), code);
        block_on(client.begin()).expect("begins");
        client.run(&statement);
        assert_eq!(client.value(there), Value::Bool(stays), "{statement}");
        block_on(client.rollback()).expect("rolls back");
    }
    client.run(&format!("DROP OWNED BY {role} CASCADE"));
    client.run(&format!("DROP ROLE {role}"));
}
