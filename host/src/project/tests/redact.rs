//! What is hidden of a URL, and in the text of others.

use proptest::prelude::*;

use crate::project::redact::{Redactor, redact_url};

#[test]
fn secrets_of_urls_are_masked() {
    for (rest, shown) in [
        // Nothing to hide.
        ("app.db", "app.db"),
        (":memory:", ":memory:"),
        ("//:memory:", "//:memory:"),
        ("///abs/path.db?mode=ro", "///abs/path.db?mode=ro"),
        ("C:\\data\\app.db", "C:\\data\\app.db"),
        ("//h", "//h"),
        ("//u@h/db", "//u@h/db"),
        ("//h:5432/db?sslmode=require", "//h:5432/db?sslmode=require"),
        ("//h1:1,h2:2,[::1]:3/db", "//h1:1,h2:2,[::1]:3/db"),
        ("//u:@h/db", "//u:@h/db"),
        // The ordinary password.
        ("//u:hunter2@h/db", "//u:***@h/db"),
        ("//:hunter2@h/db", "//:***@h/db"),
        ("//u%3Ahunter2@h/db", "//u%3A***@h/db"),
        // Unencoded ones.
        ("//u:hun@ter2@h/db", "//u:***@h/db"),
        ("//u:hun/ter2@h/db", "//u:***@h/db"),
        ("//u:hun?ter2#x@h/db", "//u:***@h/db"),
        ("//u:hun:ter2@h/db", "//u:***@h/db"),
        // Odd forms.
        ("u:hunter2@h/db", "***@h/db"),
        ("/u:hunter2@h/db", "***@h/db"),
        ("oracle:thin:scott/hunter2@h", "***@h"),
        ("//u:hunter2", "//u:***"),
        ("//u:hunter2%40h/db", "//u:***"),
        ("//h:5432x/db", "//h:***"),
        // Parameters.
        ("//h/db?password=hunter2", "//h/db?password=***"),
        (
            "//h/db?user=u&PassWord=hunter2&x=y",
            "//h/db?user=u&PassWord=***&x=y",
        ),
        (
            "//h/db?sslpassword=a&token=b&sslkey=c&client_secret=d&pwd=e&x=f",
            "//h/db?sslpassword=***&token=***&sslkey=***&client_secret=***&pwd=***&x=f",
        ),
        ("//h/db?p%61ss=hunter2", "//h/db?p%61ss=***"),
        ("//h/db?password=hun&ter2", "//h/db?password=***"),
        ("//h/db?password=hun&ter2&x=y", "//h/db?password=***&x=y"),
        ("//h/db?password=hun=ter2", "//h/db?password=***"),
        ("//h/db?password=hun@ter2", "//h/db?password=***"),
        ("//u:hun@h:1/db?password=ter2@x", "//u:***"),
        (
            "//h/db?options=-c%20password%3Dhunter2",
            "//h/db?options=-c%20password%3D***",
        ),
        ("//h/db#access_token=hunter2", "//h/db#access_token=***"),
        ("//h;user=u;password=hun;ter2", "//h;user=u;password=***"),
        (
            "Server=h;User Id=u;Pwd = hunter2;",
            "Server=h;User Id=u;Pwd =***",
        ),
        ("host=h password=hunter2 user=u", "host=h password=***"),
        ("file.db?key=hunter2&mode=ro", "file.db?key=***&mode=ro"),
        ("//h/db?é=1&paß=2&é_token=3", "//h/db?é=1&paß=2&é_token=***"),
    ] {
        assert_eq!(redact_url(rest), shown, "{rest}");
    }
}

#[test]
fn secrets_are_hidden_in_foreign_text() {
    let rest = "//crm:p%40ss%2fw%25rd@h/db?token=t0k+en&sslmode=x";
    for (text, shown) in [
        ("nothing to hide at h/db", "nothing to hide at h/db"),
        (
            "cannot open //crm:p%40ss%2fw%25rd@h/db?token=t0k+en&sslmode=x now",
            "cannot open //crm:***@h/db?token=***&sslmode=x now",
        ),
        ("bad password p@ss/w%rd!", "bad password ***!"),
        ("bad password `p%40ss%2fw%25rd`", "bad password `***`"),
        ("bad password p%40ss%2Fw%25rd", "bad password ***"),
        ("bad password %70@ss/w%25rd", "bad password ***"),
        ("p@ss/w%rdp@ss/w%rd", "******"),
        ("header t0k en, t0k+en, t0k%20en", "header ***, ***, ***"),
        ("café p@ss/w%rd café", "café *** café"),
    ] {
        assert_eq!(Redactor::for_url(rest).apply(text), shown, "{text}");
    }
}

#[test]
fn escaped_and_short_secrets() {
    let apply = |rest: &str, text: &str| Redactor::for_url(rest).apply(text);
    assert_eq!(apply("//u:a\"b\\c@h", r#"got "a\"b\\c""#), r#"got "***""#);
    assert_eq!(
        apply("//u:a@h", "a failed attempt, password=a"),
        "*** failed attempt, password=***"
    );
    assert_eq!(apply("//u:%FF%FExx@h", "got \u{fffd}\u{fffd}xx"), "got ***");
    assert_eq!(apply("x:scott/tiger@h", "tiger is wrong"), "*** is wrong");
    assert_eq!(apply("//u@h", "any text u@h"), "any text u@h");
}

#[test]
fn a_secret_that_a_database_cut_short_is_hidden() {
    let mut redactor = Redactor::for_url("//h/db");
    redactor.hide_cut_short("it's-a-long-secret");
    for (text, expected) in [
        ("near 'VALUES ('it''s-a-lon...'", "near 'VALUES ('***...'"),
        ("near it's-a-long-secret'", "near ***'"),
        ("it's a pity", "it's a pity"),
    ] {
        assert_eq!(redactor.apply(text), expected);
    }
}

proptest! {
    #[test]
    fn masking_never_panics_and_is_stable(rest in r"[a-z:/@?&=%;#\[\]é. 0-9]{0,40}", text in any::<String>()) {
        redact_url(&rest);
        Redactor::for_url(&rest).apply(&text);
    }

    #[test]
    fn a_password_typed_as_it_is_does_not_show(password in r"[!-~]{0,6}Hunter2é[!-~]{0,6}") {
        for rest in [
            format!("//u:{password}@h/db"),
            format!("u:{password}@h/db"),
            format!("//h/db?x=y&password={password}"),
        ] {
            // An `&name=` inside a parameter's value is where the next parameter begins.
            prop_assume!(!password.contains('&') || !password.contains('='));
            prop_assert!(!redact_url(&rest).contains("Hunter2é"), "{}", redact_url(&rest));
            let message = format!("failed: {rest}; password was {password:?} or {password}");
            let shown = Redactor::for_url(&rest).apply(&message);
            prop_assert!(!shown.contains("Hunter2é"), "{}", shown);
        }
    }
}
