//! Settings as people write them.

use super::*;
use dapter_plugin_api::ErrorKind;

type Pairs = &'static [(&'static str, &'static str)];

fn parse_in(url: &str, options: Pairs, variables: Pairs, exists: bool) -> Result<Settings> {
    let options = ConnectOptions {
        url: url.to_owned(),
        base_directory: PathBuf::from("/base"),
        options: options
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    };
    let variable = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let environment = Environment {
        variable: &variable,
        exists: &|_| exists,
    };
    Settings::parse(&options, &["mysql", "mariadb"], &environment)
}

fn parse(url: &str) -> Result<Settings> {
    parse_in(url, &[], &[("USER", "me")], false)
}

fn parsed(url: &str) -> Settings {
    // Settings print nothing, so they cannot be expected by `expect`.
    parse(url).unwrap_or_else(|error| panic!("{url}: {error:?}"))
}

fn tcp(host: &str, port: u16) -> Address {
    Address::Tcp {
        host: host.to_owned(),
        port,
    }
}

#[test]
fn the_address_comes_from_the_url_or_the_environment() {
    let socket = |path: &str| Address::Socket(path.to_owned());
    let table: [(&str, Pairs, bool, Address); 10] = [
        ("mysql://h/d", &[], true, tcp("h", 3306)),
        (
            "mysql://h:7/d",
            &[("MYSQL_TCP_PORT", "8")],
            true,
            tcp("h", 7),
        ),
        ("mysql://h/d", &[("MYSQL_TCP_PORT", "8")], true, tcp("h", 8)),
        ("mysql://localhost/d", &[], true, tcp("localhost", 3306)),
        ("mysql:///d", &[], true, socket("/run/mysqld/mysqld.sock")),
        ("mysql:///d", &[], false, tcp("localhost", 3306)),
        ("mysql://:7/d", &[], true, tcp("localhost", 7)),
        (
            "mysql:///d",
            &[("MYSQL_UNIX_PORT", "/s")],
            true,
            socket("/s"),
        ),
        (
            "mysql:///d",
            &[("MYSQL_HOST", "e"), ("MYSQL_UNIX_PORT", "/s")],
            true,
            tcp("e", 3306),
        ),
        ("mysql://h/d?unix_socket=/x%20y", &[], true, socket("/x y")),
    ];
    for (url, variables, exists, expected) in table {
        let found = parse_in(&url.replace("://", "://u@"), &[], variables, exists)
            .map(|found| found.address);
        assert_eq!(found.ok(), Some(expected), "{url}");
    }
}

#[test]
fn user_and_password_come_from_the_url_or_the_environment() {
    let variables: Pairs = &[("USER", "me"), ("MYSQL_PWD", "s3cret")];
    let login =
        |url| parse_in(url, &[], variables, false).map(|found| (found.user, found.password));
    let expected = |user: &str, password: &str| Some((user.to_owned(), Some(password.to_owned())));
    assert_eq!(login("mysql://h/d").ok(), expected("me", "s3cret"));
    assert_eq!(login("mysql://u:p@h/d").ok(), expected("u", "p"));
    assert_eq!(login("mysql://u:@h/d").ok(), expected("u", ""));
    assert!(parse_in("mysql://h/d", &[], &[], false).is_err());
}

#[test]
fn options_mean_what_they_say() {
    let found = parsed(
        "mysql://h/d?ssl_mode=verify_ca&ssl_ca=ca.pem&ssl_cert=/c&ssl_key=k&connect_timeout=3&sql_mode=ANSI&charset=UTF8MB4&lock=row",
    );
    assert_eq!(found.tls.mode, TlsMode::VerifyCa);
    assert_eq!(found.tls.ca, Some(PathBuf::from("/base/ca.pem")));
    assert_eq!(
        found.tls.identity,
        Some((PathBuf::from("/c"), PathBuf::from("/base/k")))
    );
    assert_eq!(found.connect_timeout, Duration::from_secs(3));
    assert!(found.mode().ansi_quotes);
    assert_eq!(found.lock, LockKind::Row);
    let plain = parsed("mysql://h/d");
    assert_eq!(
        (plain.tls.mode, plain.lock),
        (TlsMode::Preferred, LockKind::Native)
    );
    let authority = parsed("mysql://h/d?ssl_ca=/ca");
    assert_eq!(authority.tls.mode, TlsMode::VerifyIdentity);
    let socket = parsed("mysql://h/d?socket=/s");
    assert_eq!(socket.tls.mode, TlsMode::Disabled);
}

#[test]
fn what_is_not_understood_is_refused_with_a_way_out() {
    let table = [
        ("mysql://h", "names no database"),
        ("mysql://h/", "names no database"),
        ("mysql://h/d?colour=hunter2", "no option `colour`"),
        ("mysql://h/d?ssl_mode=hunter2", "`ssl_mode`"),
        (
            "mysql://h/d?ssl_mode=REQUIRED&ssl-mode=REQUIRED",
            "given twice",
        ),
        ("mysql://h/d?ssl_cert=c", "both"),
        ("mysql://h/d?ssl_mode=REQUIRED&ssl_ca=c", "no use"),
        ("mysql://h/d?socket=/s&ssl_mode=REQUIRED", "not encrypted"),
        ("mysql://h/d?socket=", "`socket`"),
        ("mysql://h/d?connect_timeout=0", "`connect_timeout`"),
        ("mysql://h/d?sql_mode=%27hunter2", "`sql_mode`"),
        ("mysql://h/d?charset=latin1", "`charset`"),
        ("mysql://h/d?lock=hunter2", "`lock`"),
        ("mysql://h/d?compression=on", "no option `compression`"),
    ];
    for (url, text) in table {
        let error = parse(url).err().expect(url);
        assert_eq!(error.kind, ErrorKind::Connect, "{url}");
        assert!(error.message.contains(text), "{url}: {error}");
        assert!(error.hint.is_some(), "{url}");
        assert!(!format!("{error:?}").contains("hunter2"), "{url}");
    }
}
