//! One target: its settings, its scripts, its database.

use std::time::{SystemTime, UNIX_EPOCH};

use dapter::api::{LockRow, ServerFacts};
use dapter::project::Target;
use dapter::{Migrator, Status};

use super::super::counted::counted;
use super::super::output::Failure;
use super::super::paths::shown;
use super::super::session::Session;
use super::super::status::lock_text;
use super::findings::Findings;

/// How far the clocks may be apart, in milliseconds, before somebody should look at them.
const CLOCKS_APART: i64 = 5_000;

/// Looks at everything about a target that can be looked at.
pub(super) fn look(target: &Target, session: &Session<'_>, findings: &mut Findings) {
    let name = target.name.as_str();
    let url = format!("{}, by {}", target.url.value, target.url.origin);
    findings.ok("settings", Some(name), url);
    let adapter = match session.adapter(target) {
        Ok(adapter) => adapter,
        Err(failure) => return findings.failed("plugin", Some(name), &failure),
    };
    findings.ok(
        "plugin",
        Some(name),
        format!("adapter {}", adapter.info().key),
    );
    let migrator = session.migrator_with(adapter, target);
    let looked = match scripts(target, &migrator, findings) {
        true => database(name, &migrator, findings),
        false => without_scripts(name, &migrator, findings),
    };
    if let Err(failure) = looked {
        findings.failed("database", Some(name), &failure);
        findings.advise(
            "check host, port and whether the server runs; --wait 30s waits for one that starts",
        );
    }
}

/// Looks at the scripts, and tells whether they can be used.
fn scripts(target: &Target, migrator: &Migrator, findings: &mut Findings) -> bool {
    let about = Some(target.name.as_str());
    let folder = shown(&target.directory.value);
    let scripts = match migrator.scripts() {
        Ok(scripts) => scripts,
        Err(error) => {
            findings.failed("scripts", about, &error.into());
            return false;
        }
    };
    let heads: Vec<&str> = scripts
        .graph()
        .heads()
        .map(|head| head.id.as_str())
        .collect();
    let count = scripts.iter().len();
    let message = match &heads[..] {
        [] => format!("none in {folder} yet"),
        heads => format!("{count} in {folder}, head {}", heads.join(", ")),
    };
    if heads.len() > 1 {
        findings.warn(
            "scripts",
            about,
            message,
            "`dapter merge` joins the heads, if they are not branches on purpose",
        );
    } else {
        findings.ok("scripts", about, message);
    }
    true
}

/// Looks at the database; an error is why it cannot be looked at any further.
fn database(name: &str, migrator: &Migrator, findings: &mut Findings) -> Result<(), Failure> {
    server(name, migrator, findings)?;
    let status = migrator.status()?;
    holder(name, status.holder.as_ref(), findings);
    history(name, &status, findings);
    Ok(())
}

/// The same as far as it can be understood without the scripts.
fn without_scripts(
    name: &str,
    migrator: &Migrator,
    findings: &mut Findings,
) -> Result<(), Failure> {
    server(name, migrator, findings)?;
    holder(name, migrator.lock_holder()?.as_ref(), findings);
    Ok(())
}

fn server(name: &str, migrator: &Migrator, findings: &mut Findings) -> Result<(), Failure> {
    match migrator.server_facts()? {
        Some(facts) => told(name, &facts, findings),
        None => {
            let message = "connected; the adapter tells no more about it";
            findings.ok("server", Some(name), message.to_owned());
        }
    }
    Ok(())
}

fn told(name: &str, facts: &ServerFacts, findings: &mut Findings) {
    let about = Some(name);
    findings.ok(
        "server",
        about,
        format!("{} {}", facts.product, facts.version),
    );
    match &facts.read_only {
        None => {}
        Some(why) => findings.warn(
            "rights",
            about,
            format!("nothing can be changed: {why}"),
            "looking works; to migrate, connect where and as whom the database may be changed",
        ),
    }
    for remark in &facts.remarks {
        findings.warn(
            "server",
            about,
            remark.clone(),
            "nothing, if that is as it should be",
        );
    }
    let Some(apart) = apart(facts) else { return };
    if apart.abs() > CLOCKS_APART {
        let seconds = apart / 1_000;
        findings.warn(
            "clock",
            about,
            format!("the server's clock and this machine's are {seconds} s apart"),
            "set both by a time server: times in the history are those of whoever migrates",
        );
    }
}

/// How far the server's clock is ahead of this machine's, in milliseconds.
fn apart(facts: &ServerFacts) -> Option<i64> {
    let here = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(facts.time_ms? - i64::try_from(here.as_millis()).ok()?)
}

fn holder(name: &str, holder: Option<&LockRow>, findings: &mut Findings) {
    match holder {
        None => findings.ok("lock", Some(name), "nobody holds it".to_owned()),
        Some(row) => findings.warn(
            "lock",
            Some(name),
            format!("held by {}", lock_text(row)),
            "wait for that run; `dapter unlock` is for one that is gone for certain",
        ),
    }
}

fn history(name: &str, status: &Status, findings: &mut Findings) {
    let about = Some(name);
    if let Some(refusal) = &status.refusal {
        findings.problem("history", about, refusal.to_string(), &refusal.hint());
        return;
    }
    for step in &status.half_done {
        findings.warn(
            "history",
            about,
            format!(
                "the {} of {} is half done: {} of {} statements",
                step.direction, step.revision, step.statements_done, step.statements_total
            ),
            "`dapter status` explains it and what the next run does",
        );
    }
    let at: Vec<&str> = status
        .current
        .iter()
        .map(|current| current.revision.as_str())
        .collect();
    let at = match at.is_empty() {
        true => "base".to_owned(),
        false => at.join(", "),
    };
    let again = status.repeatable.iter();
    let again = again.filter(|script| script.state.is_pending()).count();
    let pending = match (status.pending.len(), again) {
        (0, 0) => "nothing is pending".to_owned(),
        (revisions, scripts) => format!("{} pending", counted(revisions, scripts)),
    };
    findings.ok("history", about, format!("at {at}, {pending}"));
}
