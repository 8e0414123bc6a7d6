//! What a new user does first.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

#[test]
fn from_an_empty_folder_to_a_table_and_back() {
    let sandbox = Sandbox::new();
    sandbox.name_ids();
    assert_snapshot!(sandbox.transcript("
        dapter init
        DATABASE_URL=sqlite:app.db dapter create \"Add users\"
    "), @r#"
    $ dapter init
    made migrations
    made migrations/versions
    made migrations/script.sql
    made dapter.toml
    next: set DATABASE_URL (to sqlite:app.db, say), or write the URL into dapter.toml
    then: dapter create "What the first migration does"

    $ DATABASE_URL=sqlite:app.db dapter create "Add users"
    migrations/versions/YYYYMMDDThhmm_aaaaaaaaaaaa_add_users.sql
    "#);

    let script = sandbox.only_file("migrations/versions");
    sandbox.edit(
        &script,
        "-- dapter:upgrade\n",
        "-- dapter:upgrade\nCREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);\n",
    );
    sandbox.edit(
        &script,
        "-- dapter:downgrade\n",
        "-- dapter:downgrade\nDROP TABLE users;\n",
    );
    sandbox.edit("dapter.toml", "${DATABASE_URL}", "sqlite:app.db");
    assert_snapshot!(sandbox.transcript("
        dapter show
        dapter upgrade --dry-run
        dapter upgrade
        dapter current
        dapter upgrade
        dapter downgrade -1 --yes
        dapter current
    "), @r#"
    $ dapter show
    migrations/versions/YYYYMMDDThhmm_aaaaaaaaaaaa_add_users.sql
    -- Add users
    -- dapter:revision   aaaaaaaaaaaa
    -- dapter:created    YYYY-MM-DDThh:mm:ssZ

    -- dapter:upgrade
    CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);

    -- dapter:downgrade
    DROP TABLE users;

    $ dapter upgrade --dry-run
    + aaaaaaaaaaaa Add users
        CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)

    1 revision would be applied to sqlite:app.db

    $ dapter upgrade
    applied aaaaaaaaaaaa Add users ([time])
    1 revision applied to sqlite:app.db in [time], now at aaaaaaaaaaaa

    $ dapter current
    aaaaaaaaaaaa  YYYY-MM-DDThh:mmZ  Add users (head)

    $ dapter upgrade
    nothing to do: sqlite:app.db is at aaaaaaaaaaaa

    $ dapter downgrade -1 --yes
    undid   aaaaaaaaaaaa Add users ([time])
    1 revision undone on sqlite:app.db in [time], now at base

    $ dapter current
    base (nothing is applied)
    "#);
}

#[test]
fn the_bookshop_up_down_and_up_again() {
    let sandbox = Sandbox::new();
    sandbox.copy("examples/bookshop");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade 8715591f
        dapter upgrade +1
        dapter --quiet upgrade
        dapter current
        dapter downgrade -1 --yes
        dapter --quiet downgrade base --yes
        dapter current
        dapter --target warehouse upgrade
        dapter --target warehouse downgrade base
    "), @r#"
    $ dapter upgrade 8715591f
    applied 613c48b44bf5 Create publishers, authors and books ([time])
    applied 622f315461d4 Create customers and their addresses ([time])
    applied c09e25eb113b Create orders and order lines ([time])
    applied db2be1f92d4d Import the distributor's opening catalogue ([time])
    applied a55438d062f0 Add views for the listing and for order totals ([time])
    applied 3e5fba504b44 Create warehouses and stock levels ([time])
    applied ebd210dff57d Keep a ledger of stock movements ([time])
    applied ff6fb65e9f86 Enter the opening count of the main warehouse ([time])
    applied 90d204b1b379 Search titles and blurbs with full text ([time])
    applied f3ec8c7eb8e4 Index open orders and titles in lower case ([time])
    applied 87c8475b04e7 Log every change of an order's status ([time])
    applied 8715591f0c9c Import customers and orders of the old shop ([time])
    12 revisions applied to sqlite:bookshop.db in [time], now at 8715591f0c9c

    $ dapter upgrade +1
    error: `+1` is ambiguous: the step up from `8715591f0c9c` leads to c66e77e06792 (Create contacts and consents for the CRM), 856208b069ed (Award loyalty points for completed orders)
      help: name the revision to go to
    [exit 1]

    $ dapter --quiet upgrade

    $ dapter current
    542ad7e3e95c  YYYY-MM-DDThh:mmZ  Show the tax in every order line (head)

    $ dapter downgrade -1 --yes
    undid   542ad7e3e95c Show the tax in every order line ([time])
    1 revision undone on sqlite:bookshop.db in [time], now at 8ab771649556

    $ dapter --quiet downgrade base --yes

    $ dapter current
    base (nothing is applied)

    $ dapter --target warehouse upgrade
    applied db5478cc20f9 Create the scanners and the log of their scans ([time])
    applied a288a1d94d29 Keep day totals instead of who scanned what ([time])
    applied dae6ec6ac53f Rank titles by how often they are picked ([time])
    3 revisions applied to sqlite:warehouse.db in [time], now at dae6ec6ac53f

    $ dapter --target warehouse downgrade base
    error: revision a288a1d94d29 (migrations/warehouse/versions/YYYYMMDDThhmm_a288a1d94d29_keep_day_totals_instead_of_who_scanned_what.sql) is irreversible: the single scans are gone on purpose; only their totals by day are kept
      help: restore a backup, or write a new revision that goes where you want to be
    [exit 1]
    "#);
}

#[test]
fn init_leaves_everything_as_it_is() {
    let sandbox = Sandbox::new();
    sandbox.write("migrations/versions/notes.txt", "mine");
    sandbox.write(
        "migrations/script.sql",
        "-- ${message}\n-- my own template\n",
    );
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter init --dry-run
        dapter init
    "), @r#"
    $ dapter init --dry-run
    would leave migrations as it is
    would leave migrations/versions as it is
    would leave migrations/script.sql as it is
    would leave dapter.toml as it is

    $ dapter init
    left migrations as it is
    left migrations/versions as it is
    left migrations/script.sql as it is
    left dapter.toml as it is
    next: dapter create "What the first migration does"
    "#);
    assert_eq!(sandbox.read("migrations/versions/notes.txt"), "mine");
    assert_eq!(
        sandbox.read("migrations/script.sql"),
        "-- ${message}\n-- my own template\n"
    );

    let sandbox = Sandbox::new();
    sandbox.write("migrations", "a file, no folder");
    assert_snapshot!(sandbox.transcript("dapter init"), @r#"
    $ dapter init
    error: cannot initialise the migrations directory
      note: migrations is in the way: it is no directory
      help: move it away, or name another directory
    [exit 1]
    "#);
}

#[test]
fn branches_and_their_merge() {
    let sandbox = Sandbox::project();
    assert_snapshot!(sandbox.transcript("
        dapter create Shop --rev-id a1
        dapter create Orders --rev-id b1
        dapter create Contacts --rev-id c1 --revises a1 --splice --branch crm
        dapter create Invoices
        dapter heads
        dapter upgrade
        dapter upgrade crm@head
        dapter current
        dapter create \"Join them\" --rev-id d1 --revises heads --dry-run
        dapter create \"Join them\" --rev-id d1 --revises heads
        dapter upgrade
        dapter history
        dapter downgrade -1 --yes
    "), @r#"
    $ dapter create Shop --rev-id a1
    migrations/versions/YYYYMMDDThhmm_a1_shop.sql

    $ dapter create Orders --rev-id b1
    migrations/versions/YYYYMMDDThhmm_b1_orders.sql

    $ dapter create Contacts --rev-id c1 --revises a1 --splice --branch crm
    migrations/versions/YYYYMMDDThhmm_c1_contacts.sql

    $ dapter create Invoices
    error: the scripts have 2 heads: b1 (Orders), c1 (Contacts)
      note: b1 is in migrations/versions/YYYYMMDDThhmm_b1_orders.sql:2
      note: c1 is in migrations/versions/YYYYMMDDThhmm_c1_contacts.sql:2
      help: say `heads` for all of them, `label@head` for one branch, or an id
      help: `dapter merge` joins them
    [exit 1]

    $ dapter heads
    b1  Orders
    c1  Contacts
    2 heads: `dapter merge` joins them

    $ dapter upgrade
    error: the scripts have 2 heads: b1 (Orders), c1 (Contacts)
      note: b1 is in migrations/versions/YYYYMMDDThhmm_b1_orders.sql:2
      note: c1 is in migrations/versions/YYYYMMDDThhmm_c1_contacts.sql:2
      help: say `heads` for all of them, `label@head` for one branch, or an id
      help: `dapter merge` joins them
    [exit 1]

    $ dapter upgrade crm@head
    applied a1 Shop ([time])
    applied c1 Contacts ([time])
    2 revisions applied to sqlite:app.db in [time], now at c1

    $ dapter current
    c1  YYYY-MM-DDThh:mmZ  Contacts (head)

    $ dapter create "Join them" --rev-id d1 --revises heads --dry-run
    -- Join them
    -- dapter:revision   d1
    -- dapter:revises    b1, c1
    -- dapter:created    YYYY-MM-DDThh:mm:ssZ

    -- dapter:upgrade

    -- dapter:downgrade

    $ dapter create "Join them" --rev-id d1 --revises heads
    migrations/versions/YYYYMMDDThhmm_d1_join_them.sql

    $ dapter upgrade
    applied b1 Orders ([time])
    applied d1 Join them ([time])
    2 revisions applied to sqlite:app.db in [time], now at d1

    $ dapter history
    applied  d1  YYYY-MM-DDThh:mmZ  Join them (merge, head, current)
    applied  b1  YYYY-MM-DDThh:mmZ  Orders
    applied  c1  YYYY-MM-DDThh:mmZ  Contacts (branch crm)
    applied  a1  YYYY-MM-DDThh:mmZ  Shop

    $ dapter downgrade -1 --yes
    error: `-1` is ambiguous: the step down from `d1` leads to b1 (Orders), c1 (Contacts)
      help: name the revision to go to
    [exit 1]
    "#);
}

#[test]
fn what_create_refuses() {
    let sandbox = Sandbox::with_scripts(&[("a1", "", "")]);
    assert_snapshot!(sandbox.transcript("
        dapter create
        dapter create Again --rev-id a1
        dapter create Named --rev-id head
        dapter create Labelled --branch \"a b\"
        dapter create Late --rev-id b1 --depends-on nowhere
        dapter create Lost --revises b
        dapter --directory elsewhere create Lost
    "), @r#"
    $ dapter create
    error: the following required arguments were not provided:
      <MESSAGE>

    Usage: dapter create <MESSAGE>

    For more information, try '--help'.
    [exit 2]

    $ dapter create Again --rev-id a1
    error: cannot create the migration
      note: revision a1 exists already, in migrations/versions/a1.sql
      help: leave the id out and a new one is made
    [exit 1]

    $ dapter create Named --rev-id head
    error: --rev-id: `head` is a reserved word
      help: choose another name: base, head, heads and current have a meaning of their own
    [exit 2]

    $ dapter create Labelled --branch "a b"
    error: --branch-label: `a b` holds the character ' ', which is not allowed
      help: use letters, digits and underscores; blanks and @ - + : , have a meaning of their own
    [exit 2]

    $ dapter create Late --rev-id b1 --depends-on nowhere
    error: migrations/versions: revision `b1` depends on `nowhere`, which is neither a revision nor a branch label
      help: name an existing revision or branch label
    [exit 1]

    $ dapter create Lost --revises b
    error: no revision or branch is called `b`
      help: `dapter history` lists all revisions
    [exit 1]

    $ dapter --directory elsewhere create Lost
    error: there is no migrations directory at elsewhere
      help: make one with `dapter init`, or name another directory
    [exit 1]
    "#);
    sandbox.write("migrations/script.sql", "-- ${mesage}\n");
    assert_snapshot!(sandbox.transcript("dapter create Misspelt"), @r#"
    $ dapter create Misspelt
    error: migrations/script.sql: the template has no placeholder `${revision}`
      help: add it: the new script has a value for it

    error: migrations/script.sql: the template has no placeholder `${revises}`
      help: add it: the new script has a value for it

    error: unknown placeholder `${mesage}`
     --> migrations/script.sql:1:1
      |
    1 | -- ${mesage}
      | ^^^^^^^^^^^^
      |
      = help: the placeholders are message, revision, revises, branch, depends_on, created, upgrade, downgrade; write `$${` for `${` itself

    error: 3 errors; nothing was done
    [exit 1]
    "#);
}
