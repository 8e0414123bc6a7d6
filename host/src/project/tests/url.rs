//! Database URLs: read, built and shown.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use crate::project::{DatabaseUrl, Parts};

fn parse(text: &str) -> DatabaseUrl {
    DatabaseUrl::parse(text).unwrap()
}

#[test]
fn urls_are_kept_as_written_and_shown_without_secrets() {
    for (text, scheme, shown) in [
        ("sqlite:app.db", "sqlite", "sqlite:app.db"),
        ("sqlite:///abs/path.db", "sqlite", "sqlite:///abs/path.db"),
        ("sqlite://rel.db", "sqlite", "sqlite://rel.db"),
        ("sqlite::memory:", "sqlite", "sqlite::memory:"),
        ("sqlite:", "sqlite", "sqlite:"),
        (
            "postgresql+async://u:hunter2@h/db",
            "postgresql+async",
            "postgresql+async://u:***@h/db",
        ),
        (
            "mysql://h/db?password=hunter2",
            "mysql",
            "mysql://h/db?password=***",
        ),
        ("my-db.v2:x", "my-db.v2", "my-db.v2:x"),
    ] {
        let url = parse(text);
        assert_eq!(url.scheme(), scheme);
        assert_eq!(url.expose(), text);
        assert_eq!(url.to_string(), shown);
        assert_eq!(format!("{url:?}"), format!("DatabaseUrl({shown})"));
    }
    assert_eq!(
        parse(" PostgreSQL://U:P@H/Db\n").expose(),
        "postgresql://U:P@H/Db"
    );
}

#[test]
fn texts_that_are_no_url() {
    let no_scheme = "the database URL has no scheme, so no adapter can be chosen";
    let control = "the database URL contains a control character, such as a line end";
    for (text, message) in [
        ("", "the database URL is empty"),
        (" \n", "the database URL is empty"),
        ("hunter2", no_scheme),
        ("hunter2.db", no_scheme),
        ("./hunter2.db", no_scheme),
        ("/abs/hunter2:x", no_scheme),
        ("C:\\hunter2.db", no_scheme),
        ("my_user:hunter2@h/db", no_scheme),
        ("1sql:hunter2", no_scheme),
        ("://u:hunter2@h", no_scheme),
        ("mysql://u:hunter2\n@h", control),
        ("mysql://u:hunter2\0@h", control),
    ] {
        let error = DatabaseUrl::parse(text).unwrap_err();
        assert_eq!(error.to_string(), message, "{text}");
        assert!(!format!("{error:?}").contains("hunter2"), "{text}");
    }
    let error = DatabaseUrl::parse("app.db").unwrap_err();
    assert!(error.hint().contains("sqlite:PATH"));
}

#[test]
fn parts_make_urls() {
    let parts =
        |scheme: &str, host: &str, port: u16, user: &str, password: &str, database: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Parts {
                scheme: scheme.to_owned(),
                host: some(host),
                port: (port > 0).then_some(port),
                user: some(user),
                password: some(password),
                database: some(database),
                options: BTreeMap::new(),
            }
        };
    for (parts, expected) in [
        (
            parts("postgresql", "db.internal", 5432, "crm", "p@s%/s", "crm"),
            "postgresql://crm:p%40s%25%2Fs@db.internal:5432/crm",
        ),
        (parts("MySQL", "h", 0, "", "", ""), "mysql://h"),
        (
            parts("mysql", "", 3306, "", "", "d/b"),
            "mysql://:3306/d%2Fb",
        ),
        (parts("mysql", "", 0, "u", "", "db"), "mysql://u@/db"),
        (parts("mysql", "", 0, "", "p", ""), "mysql://:p@"),
        (parts("pg", "::1", 1, "", "", ""), "pg://[::1]:1"),
        (
            parts("pg", "[fe80::1%eth0]", 0, "", "", ""),
            "pg://[fe80::1%25eth0]",
        ),
        (parts("pg", "a,b", 0, "", "", ""), "pg://a,b"),
        (parts("pg", "/run/pg", 0, "", "", "d"), "pg://%2Frun%2Fpg/d"),
        (
            parts("sqlite", "", 0, "", "", "dir/my app@1%é.db"),
            "sqlite:dir/my%20app%401%25é.db",
        ),
        (
            parts("sqlite", "", 0, "", "", ":memory:"),
            "sqlite::memory:",
        ),
        (parts("sqlite", "", 0, "", "", "//x"), "sqlite:////x"),
        (parts("sqlite", "", 0, "", "", ""), "sqlite:"),
    ] {
        assert_eq!(DatabaseUrl::from_parts(&parts).unwrap().expose(), expected);
    }
}

#[test]
fn parts_with_options_and_without_a_scheme() {
    let mut parts = Parts {
        scheme: "pg".to_owned(),
        host: Some("h".to_owned()),
        password: Some("hunter2".to_owned()),
        ..Parts::default()
    };
    parts
        .options
        .insert("api key".to_owned(), "hunter2&x".to_owned());
    parts.options.insert("mode".to_owned(), "ro".to_owned());
    let url = DatabaseUrl::from_parts(&parts).unwrap();
    assert_eq!(
        url.expose(),
        "pg://:hunter2@h?api%20key=hunter2%26x&mode=ro"
    );
    assert_eq!(url.to_string(), "pg://:***@h?api%20key=***&mode=ro");
    assert!(!format!("{parts:?}").contains("hunter2"));
    parts.scheme = "pg://u:hunter2@h".to_owned();
    let error = DatabaseUrl::from_parts(&parts).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the scheme is not one that a URL can have"
    );
}

proptest! {
    #[test]
    fn parsing_never_panics(text in any::<String>()) {
        if let Ok(url) = DatabaseUrl::parse(&text) {
            prop_assert!(!url.scheme().is_empty());
            prop_assert_eq!(&parse(url.expose()), &url);
            let _ = (url.to_string(), url.redact(&text));
        }
    }

    #[test]
    fn any_password_survives_and_stays_hidden(
        user in any::<String>(),
        password in any::<String>(),
        host in "[a-z]{1,8}",
    ) {
        // Without letters, so that no part of the message contains the password by chance.
        let password = format!("{password}\u{1f511}");
        let url = DatabaseUrl::from_parts(&Parts {
            scheme: "pg".to_owned(),
            host: Some(host.clone()),
            user: Some(user.clone()),
            password: Some(password.clone()),
            database: Some(user.clone()),
            ..Parts::default()
        }).unwrap();
        let rest = url.expose().strip_prefix("pg://").unwrap();
        let (userinfo, place) = rest.split_once('@').unwrap();
        let (shown_user, shown_password) = userinfo.split_once(':').unwrap();
        let (shown_host, shown_database) = place.split_once('/').unwrap();
        let decode = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        prop_assert_eq!(decode(shown_user), user.clone());
        prop_assert_eq!(decode(shown_password), password.clone());
        prop_assert_eq!(shown_host, host);
        prop_assert_eq!(decode(shown_database), user);
        prop_assert_eq!(&parse(url.expose()), &url);
        let message = format!("{} {password} {shown_password} {password:?}", url.expose());
        let redacted = format!("{} {url} {url:?}", url.redact(&message));
        for secret in ["\u{1f511}", "%F0%9F%94%91"] {
            prop_assert!(!redacted.contains(secret), "{}", redacted);
        }
    }
}
