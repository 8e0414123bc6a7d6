//! Settings: where they come from, and what is said of wrong ones.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

#[test]
fn every_mistake_in_the_file_is_reported() {
    let sandbox = Sandbox::project();
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nulr = \"sqlite:app.db\"\ndirectory = 3\ntransaction = \"eech\"\n\
         lock_wait = \"5 parsecs\"\n[targets.crm]\nhost = \"localhost\"\n[target.shop]\n",
    );
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: dapter.toml:2:1: unknown key `ulr` in `targets.default`
      help: did you mean `url`?

    error: dapter.toml:3:13: `targets.default.directory` must be a string, not of type integer

    error: dapter.toml:4:15: unknown transaction mode `eech`
      help: write `each`, `all` or `none`

    error: dapter.toml:5:13: `5 parsecs` is not a duration
      help: write a whole number and a unit: 500ms, 60s, 5m, 1h

    error: dapter.toml:6:10: `targets.crm` has separate fields but no `scheme`
      help: add the scheme that chooses the adapter: scheme = "postgresql"

    error: dapter.toml:8:2: unknown key `target`
      help: did you mean `targets`?
    [exit 1]
    "#);
    sandbox.write("dapter.toml", "[targets.default\n");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: dapter.toml:1:17: unclosed table, expected `]`
    [exit 1]
    "#);
}

#[test]
fn variables_and_their_defaults() {
    let sandbox = Sandbox::project();
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"${SHOP_URL}\"\n[targets.crm]\nurl = \"${CRM_URL:-sqlite:crm.db}\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        SHOP_URL=sqlite:shop.db dapter upgrade
        SHOP_URL=shop.db dapter upgrade
        dapter --target crm upgrade
        DAPTER_TARGET=crm dapter upgrade
        CRM_URL=sqlite:other.db dapter upgrade --target crm
        DAPTER_DATABASE_URL=sqlite:third.db dapter upgrade
    "), @r#"
    $ dapter upgrade
    error: dapter.toml:2:7: environment variable `SHOP_URL` is not set, and `targets.default.url` needs it
      help: set SHOP_URL, or give a default: ${SHOP_URL:-…}
    [exit 1]

    $ SHOP_URL=sqlite:shop.db dapter upgrade
    nothing to do: sqlite:shop.db is at base

    $ SHOP_URL=shop.db dapter upgrade
    error: dapter.toml:2:7: the database URL has no scheme, so no adapter can be chosen
      help: a SQLite file is written sqlite:PATH; for example sqlite:app.db or postgresql://user@host/database
    [exit 1]

    $ dapter --target crm upgrade
    nothing to do: sqlite:crm.db is at base

    $ DAPTER_TARGET=crm dapter upgrade
    nothing to do: sqlite:crm.db is at base

    $ CRM_URL=sqlite:other.db dapter upgrade --target crm
    nothing to do: sqlite:other.db is at base

    $ DAPTER_DATABASE_URL=sqlite:third.db dapter upgrade
    nothing to do: sqlite:third.db is at base
    "#);
}

#[test]
fn targets_and_files_that_are_not_there() {
    let sandbox = Sandbox::project();
    sandbox.write(
        "dapter.toml",
        "[targets.shop]\nurl = \"sqlite:shop.db\"\n[targets.crm]\nurl = \"sqlite:crm.db\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter current
        dapter --target shap current
        DAPTER_TARGET=shap dapter current
        dapter --config nowhere.toml current
        dapter --config migrations current
        dapter --target shop --directory nowhere current
        dapter --url sqlite:other.db current
    "), @"
    $ dapter current
    error: there are several targets and none of them is named `default`: crm, shop
      help: choose one with --target NAME; `upgrade`, `status` and others also take --all
    [exit 1]

    $ dapter --target shap current
    error: there is no target `shap`
      help: did you mean `shop`? the targets are: crm, shop (named by the command line)
    [exit 2]

    $ DAPTER_TARGET=shap dapter current
    error: there is no target `shap`
      help: did you mean `shop`? the targets are: crm, shop (named by environment variable DAPTER_TARGET)
    [exit 1]

    $ dapter --config nowhere.toml current
    error: could not read `nowhere.toml`
      note: No such file or directory (os error 2)
      help: check the path; `nowhere.toml` does not exist
    [exit 1]

    $ dapter --config migrations current
    error: --config: migrations is a folder
      help: name the file: migrations/dapter.toml
    [exit 2]

    $ dapter --target shop --directory nowhere current
    error: there is no migrations directory at nowhere
      help: make one with `dapter init`, or name another directory
    [exit 1]

    $ dapter --url sqlite:other.db current
    base (nothing is applied)
    ");
    let sandbox = Sandbox::new();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter --target crm upgrade
    "), @r#"
    $ dapter upgrade
    error: no database URL for target `default`
      help: give --url, set DATABASE_URL, or write a dapter.toml with `dapter init`
    [exit 1]

    $ dapter --target crm upgrade
    error: there is no target `crm`
      help: no targets are configured; add [targets.crm] to dapter.toml, or leave the name out (the command line)
    [exit 2]
    "#);
}

#[test]
fn the_project_is_found_from_a_folder_below() {
    let sandbox = Sandbox::with_scripts(&[("a1", "", "")]);
    sandbox.write("src/deep/main.rs", "");
    assert_snapshot!(sandbox.transcript("
        cd src/deep: dapter upgrade
        cd src/deep: dapter show
        cd src/deep: dapter create \"From below\" --rev-id b1
    "), @r#"
    $ cd src/deep: dapter upgrade
    applied a1 Make a1 ([time])
    1 revision applied to sqlite:app.db in [time], now at a1

    $ cd src/deep: dapter show
    ../../migrations/versions/a1.sql
    -- Make a1
    -- dapter:revision a1

    -- dapter:upgrade


    -- dapter:downgrade

    $ cd src/deep: dapter create "From below" --rev-id b1
    ../../migrations/versions/YYYYMMDDThhmm_b1_from_below.sql
    "#);
    assert!(
        sandbox.path("app.db").exists(),
        "the URL is relative to dapter.toml"
    );
}

#[test]
fn database_urls_that_are_none() {
    let sandbox = Sandbox::project();
    assert_snapshot!(sandbox.transcript("
        dapter --url app.db upgrade
        dapter --url :// upgrade
        dapter --url \"\" upgrade
        dapter --url sqlit:app.db upgrade
    "), @r#"
    $ dapter --url app.db upgrade
    error: --url: the database URL has no scheme, so no adapter can be chosen
      help: a SQLite file is written sqlite:PATH; for example sqlite:app.db or postgresql://user@host/database
    [exit 2]

    $ dapter --url :// upgrade
    error: --url: the database URL has no scheme, so no adapter can be chosen
      help: a SQLite file is written sqlite:PATH; for example sqlite:app.db or postgresql://user@host/database
    [exit 2]

    $ dapter --url "" upgrade
    error: --url: the database URL is empty
      help: for example sqlite:app.db or postgresql://user@host/database
    [exit 2]

    $ dapter --url sqlit:app.db upgrade
    error[P01]: no plugin offers the URL scheme `sqlit`
                  found: dapter-sqlite-plugin [version] (sqlite, sqlite3)
                  searched: the user's data folder /home/dapter/plugins (does not exist)
                  searched: beside the executable /installed/bin (no plugin)
                  searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
      help: did you mean `sqlite`?
    [exit 5]
    "#);
}

#[test]
fn a_password_is_never_printed() {
    const SECRET: &str = "s3cr3t";
    let sandbox = Sandbox::project();
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"postgresql://me:s3cr3t@localhost:99999/shop\"\n\
         [targets.port]\nurl = \"mysql://me:s3cr3t@localhost:port/shop?password=s3cr3t\"\n\
         [targets.fields]\nscheme = \"postgresql\"\nuser = \"me\"\npassword = \"s3cr3t%@\"\nhost = \"localhost\"\n\
         [targets.path]\nurl = \"sqlite://me:s3cr3t@/nowhere/app.db?password=s3cr3t\"\n\
         [targets.many]\nurl = \"postgresql://me:s3cr3t@localhost:99999/{tenant}\"\ntenants = [\"a\", \"b\"]\n\
         [targets.asked]\nurl = \"postgresql://me:s3cr3t@localhost:99999/{tenant}\"\n\
         tenants = { query = \"SELECT 1\", url = \"sqlite:nowhere/app.db?password=s3cr3t\" }\n",
    );
    sandbox.write(
        "broken.toml",
        "[targets.default]\nurl = \"postgresql://me:s3cr3t@localhost/shop\n",
    );
    sandbox.write(
        "typo.toml",
        "[targets.default]\npasword = \"s3cr3t\"\nurl = 3\n",
    );
    for options in [
        "",
        "--target port",
        "--target fields",
        "--target path",
        "--target many/*",
        "--target many/a",
        "--target asked",
        "--target asked/a",
        "--target default --target path",
        "--target postgresql://me:s3cr3t@localhost/*",
        "--config broken.toml",
        "--config typo.toml",
        "--url postgresql://me:s3cr3t@localhost/shop",
        "--url postgresql://me:s3cr3t@local@host/shop",
        "--url sqlite:nowhere/app.db?password=s3cr3t",
        "--url me:s3cr3t@localhost/shop",
        "--url //me:s3cr3t@localhost/shop",
    ] {
        for command in ["upgrade", "current --json", "init --dry-run", "unlock"] {
            let line = format!("dapter {options} {command}");
            let output = sandbox.dapter(&line);
            let text = [output.stdout, output.stderr].concat();
            let text = String::from_utf8_lossy(&text);
            assert!(!text.contains(SECRET), "{line} prints\n{text}");
        }
    }
}
