//! What the adapter says of itself.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, same};
use dapter_plugin_api::Capability;
use std::collections::BTreeSet;

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::All =>
        the_key_is_a_word,
        schemes_are_url_schemes,
        extension_and_comment_suit_a_script,
        capabilities_are_named_once,
        a_session_says_the_same,
        the_subject_fits_the_adapter,
    ),
    promises!(Gate::Declared(Capability::TransactionalDdl) => transactional_ddl_comes_with_transactions),
    promises!(Gate::Declared(Capability::Query) => the_subject_has_a_query),
    promises!(Gate::Declared(Capability::Cancel) => the_subject_has_a_slow_statement),
];

/// The key stands in section directives, `-- dapter:upgrade KEY`, and in messages.
fn the_key_is_a_word(bench: &Bench) -> Verdict {
    let key = &bench.info().key;
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    holds(
        key.starts_with(|c: char| c.is_ascii_lowercase()) && key.chars().all(word),
        &format!("`{key}` is no key"),
    )
}

/// RFC 3986, section 3.1, in lower case.
fn schemes_are_url_schemes(bench: &Bench) -> Verdict {
    let schemes = &bench.info().schemes;
    holds(
        !schemes.is_empty(),
        "no URL chooses the adapter: it has no scheme",
    )?;
    for scheme in schemes {
        let allowed =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
        let fits =
            scheme.starts_with(|c: char| c.is_ascii_lowercase()) && scheme.chars().all(allowed);
        holds(fits, &format!("`{scheme}` is no URL scheme"))?;
    }
    same(
        "the number of different schemes",
        &schemes.iter().collect::<BTreeSet<_>>().len(),
        &schemes.len(),
    )
}

fn extension_and_comment_suit_a_script(bench: &Bench) -> Verdict {
    let info = bench.info();
    let extension = &info.extension;
    let fits = !extension.is_empty()
        && extension
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    holds(
        fits,
        &format!("`{extension}` is no extension of a script file"),
    )?;
    let known = ["--", "#", "//"].contains(&info.comment.as_str());
    holds(
        known,
        &format!(
            "`{}` does not begin a comment that directives can be written in",
            info.comment
        ),
    )
}

fn capabilities_are_named_once(bench: &Bench) -> Verdict {
    let names = &bench.info().capabilities;
    same(
        "the number of different capabilities",
        &names.iter().collect::<BTreeSet<_>>().len(),
        &names.len(),
    )
}

fn a_session_says_the_same(bench: &Bench) -> Verdict {
    let client = bench.empty()?.connect()?;
    same(
        "what the session says of its adapter",
        client.session().info(),
        bench.info(),
    )
}

/// The suite would test less than it seems to.
fn the_subject_fits_the_adapter(bench: &Bench) -> Verdict {
    let url = bench.empty()?.options.url;
    let scheme = url.split(':').next().unwrap_or_default();
    let known = bench.info().schemes.iter().any(|known| known == scheme);
    holds(
        known,
        &format!(
            "the subject's databases have the scheme `{scheme}`, which is none of the adapter's"
        ),
    )?;
    holds(
        !bench.script().statements.is_empty(),
        "the subject's script has no statement",
    )?;
    holds(
        !bench.script().text.contains('\r'),
        "the subject's script has CR in it",
    )
}

fn transactional_ddl_comes_with_transactions(bench: &Bench) -> Verdict {
    holds(
        bench.info().has(Capability::Transactions),
        "transactional DDL is declared, and transactions are not",
    )?;
    bench.ddl().map(drop)
}

fn the_subject_has_a_query(bench: &Bench) -> Verdict {
    let look = bench.look()?;
    holds(
        look.before != look.after,
        "the subject's query returns the same before and after `put`",
    )
}

fn the_subject_has_a_slow_statement(bench: &Bench) -> Verdict {
    bench.slow().map(|_| ())
}
