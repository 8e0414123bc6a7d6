use super::*;
use dapter_plugin_api::ErrorKind;

fn parse_in(url: &str, options: &[(&str, &str)], environment: &[(&str, &str)]) -> Result<Settings> {
    let options = ConnectOptions {
        url: url.to_owned(),
        base_directory: PathBuf::from("/base"),
        options: options
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    };
    let environment = |wanted: &str| {
        let found = environment.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| (*value).to_owned())
    };
    Settings::parse(&options, &environment)
}

fn parse(url: &str) -> Settings {
    parse_in(url, &[], &[("USER", "me")]).expect(url)
}

fn hosts(settings: &Settings) -> Vec<String> {
    settings.hosts.iter().map(Host::to_string).collect()
}

#[test]
fn hosts_are_found_wherever_they_are_written() {
    let table: [(&str, &[&str]); 9] = [
        ("postgres://h/x", &["h port 5432"]),
        ("postgres://h1:1,h2:2/x", &["h1 port 1", "h2 port 2"]),
        ("postgres://h1,h2/x?port=7", &["h1 port 7", "h2 port 7"]),
        ("postgres://[::1]:7/x", &["::1 port 7"]),
        ("postgres:///x?host=/run/pg", &["/run/pg/.s.PGSQL.5432"]),
        ("postgres://%2Frun%2Fpg:9/x", &["/run/pg/.s.PGSQL.9"]),
        ("postgres:///x?hostaddr=10.0.0.1", &["10.0.0.1 port 5432"]),
        ("postgres://h/x?hostaddr=10.0.0.1", &["h port 5432"]),
        (
            "postgres:///x",
            &["/var/run/postgresql/.s.PGSQL.5432", "/tmp/.s.PGSQL.5432"],
        ),
    ];
    for (url, expected) in table {
        assert_eq!(hosts(&parse(url)), expected, "{url}");
    }
}

#[test]
fn the_environment_fills_in_what_is_not_said() {
    let environment = [
        ("PGHOST", "eh"),
        ("PGPORT", "99"),
        ("PGUSER", "eu"),
        ("PGPASSWORD", "ep"),
        ("PGDATABASE", "ed"),
        ("PGSSLMODE", "require"),
        ("PGAPPNAME", ""),
        ("USER", "me"),
    ];
    let settings = parse_in("postgres://", &[], &environment).expect("parses");
    assert_eq!(hosts(&settings), ["eh port 99"]);
    assert_eq!(
        (settings.user.as_str(), settings.database.as_str()),
        ("eu", "ed")
    );
    assert_eq!(settings.password.as_deref(), Some("ep"));
    assert_eq!(settings.tls.mode, TlsMode::Require);
    assert_eq!(settings.application_name, "dapter");
    let settings =
        parse_in("postgres://u:p@h/d?sslmode=disable", &[], &environment).expect("parses");
    assert_eq!(hosts(&settings), ["h port 5432"]);
    assert_eq!(
        (settings.user.as_str(), settings.database.as_str()),
        ("u", "d")
    );
    assert_eq!(settings.password.as_deref(), Some("p"));
    assert_eq!(settings.tls.mode, TlsMode::Disable);
}

#[test]
fn user_and_database_have_defaults() {
    let settings = parse("postgres://h");
    assert_eq!(
        (settings.user.as_str(), settings.database.as_str()),
        ("me", "me")
    );
    let error = parse_in("postgres://h", &[], &[]).expect_err("nobody");
    assert!(error.message.contains("no user"), "{error}");
}

#[test]
fn options_mean_the_same_in_the_url_and_in_the_configuration() {
    let in_url =
        parse("postgres://h/x?lock=row&connect_timeout=5&keepalives=0&tcp_user_timeout=1500");
    let options = [
        ("lock", "row"),
        ("connect_timeout", "5"),
        ("keepalives", "0"),
        ("tcp_user_timeout", "1500"),
    ];
    let configured = parse_in("postgres://h/x", &options, &[("USER", "me")]).expect("parses");
    for settings in [in_url, configured] {
        assert_eq!(settings.lock, LockMode::Row);
        assert_eq!(settings.connect_timeout, Some(Duration::from_secs(5)));
        assert!(settings.tcp.no_keepalives);
        assert_eq!(settings.tcp.user_timeout, Some(Duration::from_millis(1500)));
    }
}

#[test]
fn the_schema_of_the_history_never_depends_on_the_session() {
    let table = [
        ("postgres://h/x", "public", "public"),
        ("postgres://h/x?search_path=app,public", "app", "app"),
        ("postgres://h/x?search_path=%22$user%22,App", "app", "app"),
        (
            "postgres://h/x?options=-csearch_path%3Dtenant",
            "tenant",
            "tenant",
        ),
        (
            "postgres://h/x?history_schema=ops&search_path=app",
            "ops",
            "app",
        ),
    ];
    for (url, history, default) in table {
        let settings = parse(url);
        assert_eq!(settings.history_schema, history, "{url}");
        assert_eq!(settings.default_schema, default, "{url}");
    }
}

#[test]
fn tls_files_are_found_from_the_configuration() {
    let tls = parse("postgres://h/x?sslmode=verify-ca&sslrootcert=ca.pem&sslcert=/c&sslkey=k").tls;
    assert_eq!(tls.mode, TlsMode::VerifyCa);
    assert_eq!(tls.root_certificates, Some(PathBuf::from("/base/ca.pem")));
    assert_eq!(tls.certificate, Some(PathBuf::from("/c")));
    assert_eq!(tls.key, Some(PathBuf::from("/base/k")));
    assert_eq!(
        parse("postgres://h/x?sslrootcert=system").tls.mode,
        TlsMode::VerifyFull
    );
}

#[test]
fn what_is_not_understood_is_refused_without_being_shown() {
    type Options = &'static [(&'static str, &'static str)];
    let table: [(&str, Options, &str); 10] = [
        ("postgres://h/x?colour=hunter2", &[], "no option `colour`"),
        (
            "postgres://h/x",
            &[("Sslmode", "hunter2")],
            "no option `Sslmode`",
        ),
        ("postgres://h/x?sslmode=hunter2", &[], "`sslmode`"),
        ("postgres://h/x?lock=hunter2", &[], "`lock`"),
        (
            "postgres://h/x?client_encoding=hunter2",
            &[],
            "`client_encoding`",
        ),
        ("postgres://u:hunter2/x@h/x", &[], "the port is no number"),
        ("postgres://h/x?user=a&user=b", &[], "`user` is given twice"),
        ("postgres://a@h/x?user=b", &[], "`user` is given twice"),
        ("postgres://h/x?host=/run", &[], "`host` is given twice"),
        (
            "postgres://h/x?sslmode=require",
            &[("sslmode", "require")],
            "given twice",
        ),
    ];
    for (url, options, text) in table {
        let error = parse_in(url, options, &[("USER", "me")]).expect_err(url);
        assert_eq!(error.kind, ErrorKind::Connect, "{url}");
        assert!(error.message.contains(text), "{url}: {error}");
        assert!(error.hint.is_some(), "{url}");
        assert!(!format!("{error:?}").contains("hunter2"), "{url}");
    }
}

#[test]
fn settings_print_no_password() {
    let settings = parse("postgres://u:hunter2@h/x");
    assert!(!format!("{settings:?}").contains("hunter2"));
}
