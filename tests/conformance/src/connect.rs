//! Connections: refused ones, and what their errors say.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, silent_about};
use crate::outcome::Ended;
use dapter_plugin_api::{ConnectOptions, ErrorKind, History};

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    a_url_of_another_scheme_is_refused,
    an_empty_url_is_refused,
    an_unknown_option_is_refused,
    a_url_that_is_not_understood_gives_nothing_away,
    what_the_subject_names_is_refused,
    connecting_changes_nothing,
    sessions_come_and_go,
)];

const SECRET: &str = "hunter2-Tr0ub4dor";

fn a_url_of_another_scheme_is_refused(bench: &Bench) -> Verdict {
    let url = format!("no-adapter-has-this-scheme://user:{SECRET}@localhost/database");
    let error = refused(
        bench.connect(&ConnectOptions::new(url)).map(|_| ()),
        ErrorKind::Connect,
    )?;
    presentable(&error)?;
    silent_about(&error, SECRET)
}

fn an_empty_url_is_refused(bench: &Bench) -> Verdict {
    presentable(&refused(
        bench.connect(&ConnectOptions::new("")).map(|_| ()),
        ErrorKind::Connect,
    )?)
}

/// Whether each of them is a URL, the adapter alone can tell; a refusal does not quote the password.
fn a_url_that_is_not_understood_gives_nothing_away(bench: &Bench) -> Verdict {
    let folder = tempfile::tempdir()?;
    for scheme in &bench.info().schemes {
        for rest in [
            format!("//user:{SECRET}@[::1/database"),
            format!("//user:{SECRET}@127.0.0.1:99999/database"),
            format!("//user:{SECRET}@/%zz?=%&no-such-parameter"),
        ] {
            let options = ConnectOptions {
                base_directory: folder.path().to_owned(),
                ..ConnectOptions::new(format!("{scheme}:{rest}"))
            };
            if let Err(refused) = bench.connect(&options) {
                presentable(&refused.error)?;
                // Of another kind, the URL was understood: what looks like a password here was the name of a folder, say.
                if refused.error.kind == ErrorKind::Connect {
                    silent_about(&refused.error, SECRET)?;
                }
            }
        }
    }
    Ok(())
}

/// A misspelt option that is ignored is a setting that silently does not hold.
fn an_unknown_option_is_refused(bench: &Bench) -> Verdict {
    let mut options = bench.empty()?.options;
    options
        .options
        .insert("no_adapter_has_this_option".to_owned(), SECRET.to_owned());
    let error = refused(bench.connect(&options).map(|_| ()), ErrorKind::Connect)?;
    presentable(&error)?;
    silent_about(&error, SECRET)?;
    let named = format!("{error:?}").contains("no_adapter_has_this_option");
    holds(
        named,
        &format!("the error does not name the option: {error}"),
    )
}

fn what_the_subject_names_is_refused(bench: &Bench) -> Verdict {
    if bench.subject.refused.is_empty() {
        return Err(Ended::inapplicable(
            "the subject names no connection that is refused",
        ));
    }
    for refusal in &bench.subject.refused {
        let answer = bench.connect(&refusal.options).map(|_| ());
        let told = refused(answer, refusal.kind).and_then(|error| {
            presentable(&error)?;
            refusal
                .secret
                .as_deref()
                .map_or(Ok(()), |secret| silent_about(&error, secret))
        });
        told.map_err(|ended| ended.within(&refusal.name))?;
    }
    Ok(())
}

fn connecting_changes_nothing(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    drop(database.connect()?);
    holds(
        database.history()? == History::default(),
        "a database that was only connected to has a history",
    )
}

fn sessions_come_and_go(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    for _ in 0..50 {
        database.connect()?.read_history()?;
    }
    database.connect()?.ensure_history()?;
    Ok(())
}
