//! Targets that stand for many databases.

use super::*;

const TENANTS: &str = r#"
[targets.tenants]
url = "postgresql://u:${PW:-hunter2}@host/{tenant}"
tenants = ["acme", "a b/c"]
"#;

fn tenant(config: &str, name: &str) -> Target {
    let (_folder, project) = project(config);
    project.target(&named(name), &nothing).unwrap()
}

fn mistakes(config: &str) -> String {
    let folder = folder(config);
    shown(&Project::discover(folder.path()).unwrap_err())
}

fn source(config: &str, environment: Environment<'_>) -> Result<TenantSource, String> {
    let (_folder, project) = project(config);
    let tenants = project.tenants("tenants", environment);
    let tenants = tenants.map_err(|error| shown(&error))?;
    Ok(tenants.expect("has tenants").value)
}

#[test]
fn a_tenants_name_is_put_where_it_belongs() {
    let acme = tenant(&TENANTS.replace("a b/c", "a b"), "tenants/acme");
    assert_eq!(acme.name, "tenants/acme");
    assert_eq!(acme.url.value.expose(), "postgresql://u:hunter2@host/acme");

    let config = "\
[targets.t]
url = 'sqlite:t/{tenant}.db?x={tenant}'
tenants = ['@ü%', 'b']
options = { search_path = '{tenant}, public', other = 'x' }
";
    let odd = tenant(config, "t/@ü%");
    assert_eq!(
        odd.url.value.expose(),
        "sqlite:t/%40%C3%BC%25.db?x=%40%C3%BC%25"
    );
    assert_eq!(odd.options.expose()["search_path"], "@ü%, public");

    let config = "\
[targets.t]
scheme = 'mysql'
host = 'db'
database = 'shop_{tenant}'
tenants = ['a@b']
";
    let fields = tenant(config, "t/a@b");
    assert_eq!(fields.url.value.expose(), "mysql://db/shop_a%40b");
}

#[test]
fn braces_mean_nothing_without_tenants() {
    let config = "[targets.t]\nurl = 'sqlite:{tenant}.db'\n";
    assert_eq!(tenant(config, "t").url.value.expose(), "sqlite:{tenant}.db");
}

#[test]
fn one_of_many_has_to_be_named() {
    let config = TENANTS.replace("a b/c", "ada");
    let many = "target `tenants` stands for many databases\n\
                name one of them, as in --target tenants/NAME";
    assert_eq!(target_error(&config, &named("tenants"), &nothing), many);
    assert_eq!(target_error(&config, &Overrides::default(), &nothing), many);
    assert_eq!(
        target_error(&config, &named("tenants/adda"), &nothing),
        "there is no target `tenants/adda`\n\
         did you mean `tenants/ada`? the targets are: tenants, tenants/acme, tenants/ada (named by the command line)"
    );
    // Somebody else says where the database is.
    let (_folder, project) = project(&config);
    let elsewhere = |name: &str| (name == VARIABLE_DATABASE_URL).then(|| "sqlite:x".to_owned());
    let target = project.target(&Overrides::default(), &elsewhere).unwrap();
    assert_eq!(target.url.value.expose(), "sqlite:x");
}

#[test]
fn mistakes_in_the_file() {
    assert_eq!(
        mistakes(&TENANTS.replace("acme", "acme\", \"\", 3, \"acme")),
        "\
dapter.toml:4:20: the tenant \"\" is empty
dapter.toml:4:24: `targets.tenants.tenants` must be a string, not of type integer
dapter.toml:4:35: the tenant \"a b/c\" could lead to another folder
a tenant's name may hold anything but slashes and control characters"
    );
    assert_eq!(
        mistakes("[targets.t]\nurl = 'sqlite:{tenant}'\ntenants = ['a', 'b', 'a']\n"),
        "dapter.toml:3:11: the tenant \"a\" is listed twice\n\
         list each tenant once: with DISTINCT in a query, with sort -u in a command"
    );
    let with = |tenants: &str| {
        let text = mistakes(&format!(
            "[targets.t]\nurl = 'x:{{tenant}}'\ntenants = {tenants}\n"
        ));
        text.lines().next().unwrap_or_default().to_owned()
    };
    for (tenants, message) in [
        (
            "'a'",
            "`targets.t.tenants` must be an array of names, or a table with `query` or `command`, not of type string",
        ),
        (
            "{}",
            "`targets.t.tenants` has neither `query` nor `command`",
        ),
        (
            "{ query = 'q', command = 'c' }",
            "`targets.t.tenants` has both `query` and `command`",
        ),
        (
            "{ url = 'u', command = 'c' }",
            "`targets.t.tenants` has a `url`, and `command` asks none",
        ),
        (
            "{ qery = 'q' }",
            "unknown key `qery` in `targets.t.tenants`",
        ),
        ("{ query = '$' }", "a lone `$` has no meaning"),
    ] {
        assert!(with(tenants).ends_with(message), "{}", with(tenants));
    }
}

#[test]
fn tenants_of_one_and_the_same_database() {
    let config = "[targets.t]\nurl = 'sqlite:app.db'\ntenants = ['a']\n";
    assert_eq!(
        target_error(config, &named("t/a"), &nothing),
        "dapter.toml:3:11: the tenants are one and the same database: neither the URL nor an option says `{tenant}`\n\
         write it where the tenant's name belongs: url = \"postgresql://host/{tenant}\""
    );
}

#[test]
fn where_the_names_come_from() {
    let config = "\
[targets.tenants]
url = 'postgresql://u:${PW}@host/shop'
options = { search_path = '{tenant}', sslmode = 'require' }
tenants = { query = 'names in ${WHERE}' }
";
    let environment = |name: &str| match name {
        "PW" => Some(SECRET.to_owned()),
        "WHERE" => Some("shop".to_owned()),
        _ => None,
    };
    // Schemas of one database: it is the one that is asked, without what names a tenant.
    match source(config, &environment) {
        Ok(TenantSource::Query {
            database,
            statement,
        }) => {
            assert_eq!(statement, "names in shop");
            assert_eq!(
                database.url.value.to_string(),
                "postgresql://u:***@host/shop"
            );
            let options: Vec<&String> = database.options.expose().keys().collect();
            assert_eq!(options, ["sslmode"]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        source(&config.replace("shop'", "{tenant}'"), &environment).unwrap_err(),
        "dapter.toml:4:11: the query needs a database to ask, and the target's URL is a tenant's\n\
         add the URL of the database that knows the tenants: { query = \"…\", url = \"…\" }"
    );
    let elsewhere = config
        .replace("shop'", "{tenant}'")
        .replace("}' }", "}', url = 'mysql://registry/all' }");
    match source(&elsewhere, &environment) {
        Ok(TenantSource::Query { database, .. }) => {
            assert_eq!(database.url.value.expose(), "mysql://registry/all");
        }
        other => panic!("{other:?}"),
    }
    let command =
        "[targets.tenants]\nurl = 'sqlite:{tenant}'\ntenants = { command = 'ls ${WHERE}' }\n";
    match source(command, &environment) {
        Ok(TenantSource::Command { line, .. }) => assert_eq!(line, "ls shop"),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        source(command, &nothing).unwrap_err(),
        "dapter.toml:3:23: environment variable `WHERE` is not set, and `targets.tenants.tenants.command` needs it\n\
         set WHERE, or give a default: ${WHERE:-…}"
    );
}
