//! A role that may make no databases: what is tried is in a schema that nobody else sees, and that goes with its connection.

use crate::Test;
use crate::support::{Adapter, Client, Database};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{ConnectOptions, ErrorKind};

pub(crate) const TESTS: &[Test] = &[
    (
        "what_is_built_there_is_told_as_if_it_were_here",
        what_is_built_there_is_told_as_if_it_were_here,
    ),
    ("nothing_is_left_of_it", nothing_is_left_of_it),
    ("scripts_are_refused", scripts_are_refused),
];

const BUILT: [&str; 5] = [
    "CREATE TYPE public.mood AS ENUM ('sad', 'ok')",
    "CREATE TABLE users (id integer PRIMARY KEY, mood public.mood DEFAULT 'ok')",
    "CREATE FUNCTION happy() RETURNS bigint LANGUAGE sql AS \
     $$SELECT count(*) FROM public.users u WHERE u.mood = 'ok'::\"public\".mood$$",
    "CREATE FUNCTION public.told() RETURNS text LANGUAGE plpgsql AS \
     'BEGIN RETURN (SELECT public.happy()); END'",
    "DO $$BEGIN CREATE VIEW public.all_users AS SELECT id FROM public.users; END$$",
];

/// A role without rights on the server, and where it finds a database that it may do everything in.
struct Role<'a> {
    database: &'a Database<'a>,
    name: String,
    url: String,
}

impl<'a> Role<'a> {
    fn of(database: &'a Database<'a>) -> Self {
        let name = format!("maker_{}", database.name);
        database.psql(&format!(
            "CREATE ROLE {name} LOGIN PASSWORD 'r'; GRANT ALL ON DATABASE {} TO {name}; GRANT ALL ON SCHEMA public TO {name};",
            database.name
        ));
        let (_, place) = database.url.rsplit_once('@').expect("a URL with a user");
        let url = format!("{}://{name}:r@{place}", database.adapter.scheme());
        Role {
            database,
            name,
            url,
        }
    }

    /// A session in the scratch schema, and how it was got.
    fn scratch(&self) -> (Client, ConnectOptions) {
        let adapter = self.database.adapter;
        let options = ConnectOptions::new(&self.url);
        let made = block_on(adapter.adapter().create_scratch(&options)).expect("can be made");
        (adapter.connect_with(&made).expect("connects"), made)
    }

    fn schemas(&self) -> Vec<String> {
        self.database
            .psql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'dapter%';")
    }

    fn end(self) {
        let Role { database, name, .. } = self;
        database.psql(&format!("DROP OWNED BY {name}; DROP ROLE {name};"));
    }
}

fn what_is_built_there_is_told_as_if_it_were_here(adapter: &Adapter) {
    let database = adapter.database();
    let role = Role::of(&database);
    let (mut scratch, _) = role.scratch();
    let mut real = adapter.connect(&role.url).expect("connects");
    for statement in BUILT {
        scratch.run(statement);
        real.run(statement);
    }
    let there = block_on(scratch.inspect()).expect("is read");
    let here = block_on(real.inspect()).expect("is read");
    let named = |name: &str| {
        let find = |objects: &[dapter_plugin_api::SchemaObject]| {
            let found = objects.iter().find(|object| object.name.name == name);
            found.cloned().unwrap_or_else(|| panic!("no {name}"))
        };
        (find(&there.objects), find(&here.objects))
    };
    for name in ["mood", "users", "happy", "told", "all_users"] {
        let (there, here) = named(name);
        assert_eq!((there.kind, there.body), (here.kind, here.body));
    }
    let error =
        scratch.fails("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT Public.g()'");
    assert!(error.message.contains("Public.g"), "{error}");
    drop((scratch, real));
    role.end();
}

fn nothing_is_left_of_it(adapter: &Adapter) {
    let database = adapter.database();
    let role = Role::of(&database);
    let (mut scratch, options) = role.scratch();
    scratch.run(BUILT[0]);
    assert_eq!(role.schemas(), [""; 0], "nobody else sees it");
    drop(scratch);
    block_on(adapter.adapter().drop_scratch(&options)).expect("is gone");
    assert_eq!(role.schemas(), [""; 0]);

    let (mut scratch, _) = role.scratch();
    scratch.run(BUILT[0]);
    database.psql(&format!(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = '{}';",
        role.name
    ));
    let error = scratch.fails(BUILT[1]);
    assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error}");
    assert_eq!(role.schemas(), [""; 0]);
    let made = database.psql("SELECT datname FROM pg_database WHERE datname LIKE 'dapter_scratch%' AND pg_catalog.pg_get_userbyid(datdba) LIKE 'maker%';");
    assert_eq!(made, [""; 0]);
    drop(scratch);
    role.end();
}

fn scripts_are_refused(adapter: &Adapter) {
    let database = adapter.database();
    let role = Role::of(&database);
    let (mut scratch, _) = role.scratch();
    let error = block_on(scratch.read_history()).expect_err("is refused");
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert!(error.hint.unwrap_or_default().contains("--scratch-url"));
    drop(scratch);
    role.end();
}
