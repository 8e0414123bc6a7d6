//! Which targets a command line means, if it means many.

use dapter::project::Resolved;

use super::super::arguments::{Command, Many};
use super::super::output::Failure;
use super::super::session::Session;
use super::pattern;
use super::tenants;

/// The names of the targets, in the order of the configuration file and of its lists; `None` if one database is meant, as
/// it is without any of this.
pub(in crate::cli) fn chosen(
    command: &Command,
    session: &Session<'_>,
) -> Result<Option<Vec<String>>, Failure> {
    let named = session.named();
    let several = named.value.len() > 1 || named.value.iter().any(|name| pattern::is_one(name));
    let Some(many) = many(command) else {
        if is_script_of_many(command) {
            let message = "--sql prints the script of one database, and --all is every target";
            return Err(Failure::usage(message).hint("name one with --target"));
        }
        return match several {
            true => Err(only_one()),
            false => Ok(None),
        };
    };
    if many.all {
        return every_target(&named.value, session).map(Some);
    }
    if several {
        no_url(session)?;
        return meant(&named, session).map(Some);
    }
    let tenants = tenants_of_the_only_one(session)?;
    if tenants.is_none() && has_canary(command) {
        let message = "--canary is for many databases, and this is one";
        return Err(Failure::usage(message).hint("name many with --all, or with --target 'shop-*'"));
    }
    Ok(tenants)
}

/// A single target may stand for many databases.
fn tenants_of_the_only_one(session: &Session<'_>) -> Result<Option<Vec<String>>, Failure> {
    match session.only_name() {
        Some(name) if session.target_names().contains(&name.as_str()) => {
            let tenants = tenants::list(&name, session)?;
            Ok(tenants.map(|tenants| tenants::full_names(&name, &tenants).collect()))
        }
        _ => Ok(None),
    }
}

/// Whether one script is asked for and many databases are.
fn is_script_of_many(command: &Command) -> bool {
    match command {
        Command::Upgrade(upgrade) => upgrade.rollout.many.all,
        Command::Downgrade(downgrade) => downgrade.rollout.many.all,
        Command::Stamp(stamp) => stamp.many.all,
        _ => false,
    }
}

fn has_canary(command: &Command) -> bool {
    match command {
        Command::Upgrade(upgrade) => !upgrade.rollout.canary.is_empty(),
        Command::Downgrade(downgrade) => !downgrade.rollout.canary.is_empty(),
        _ => false,
    }
}

/// The options for many databases, of the commands that have them.
fn many(command: &Command) -> Option<Many> {
    match command {
        Command::Upgrade(upgrade) if !upgrade.offline.sql => Some(upgrade.rollout.many),
        Command::Downgrade(downgrade) if !downgrade.offline.sql => Some(downgrade.rollout.many),
        Command::Current(many) => Some(*many),
        Command::Status(status) => Some(status.many),
        Command::History(history) if !history.offline => Some(history.many),
        Command::Stamp(stamp) if !stamp.offline.sql => Some(stamp.many),
        Command::Repair(repair) => Some(repair.many),
        _ => None,
    }
}

fn only_one() -> Failure {
    Failure::usage("this command works on one database, and --target names many").hint(
        "`upgrade`, `downgrade`, `current`, `status`, `history`, `stamp` and `repair` work on many",
    )
}

fn no_url(session: &Session<'_>) -> Result<(), Failure> {
    match session.global.url {
        Some(_) => Err(
            Failure::usage("--url is one database, and many targets are asked for")
                .hint("leave one of them out"),
        ),
        None => Ok(()),
    }
}

/// The names of the targets that are named, or else of all, tenants among them.
pub(in crate::cli) fn every_target_named(session: &Session<'_>) -> Result<Vec<String>, Failure> {
    let named = session.named();
    match named.value.is_empty() {
        true => every_target(&[], session),
        false => meant(&named, session),
    }
}

fn every_target(named: &[String], session: &Session<'_>) -> Result<Vec<String>, Failure> {
    no_url(session)?;
    if !named.is_empty() {
        let message = "--all is every target, and a target is named";
        return Err(Failure::usage(message).hint("leave one of them out"));
    }
    let mut names = Vec::new();
    for target in session.target_names() {
        match tenants::list(target, session)? {
            Some(tenants) => names.extend(tenants::full_names(target, &tenants)),
            None => names.push(target.to_owned()),
        }
    }
    if session.target_names().is_empty() {
        let message = "--all is every target of dapter.toml, and there is none";
        return Err(Failure::usage(message).hint("add [targets.NAME] tables to it"));
    }
    Ok(names)
}

/// The targets that names and patterns mean, each once. Only tenants that may be meant are listed.
fn meant(named: &Resolved<Vec<String>>, session: &Session<'_>) -> Result<Vec<String>, Failure> {
    let patterns = &named.value;
    let mut names = Vec::new();
    // A target whose tenants are none is no mistake.
    let mut known = Vec::new();
    for target in session.target_names() {
        known.push(target.to_owned());
        let listed = patterns
            .iter()
            .any(|pattern| pattern::may_mean_tenants(pattern, target));
        match listed.then(|| tenants::list(target, session)).transpose()? {
            Some(Some(tenants)) => names.extend(tenants::full_names(target, &tenants)),
            Some(None) => names.push(target.to_owned()),
            None => {}
        }
    }
    for pattern in patterns {
        let mut all = known.iter().chain(&names);
        if !all.any(|name| pattern::means(pattern, name)) {
            known.extend(names);
            return Err(tenants::unknown(pattern, named.origin.clone(), known));
        }
    }
    names.retain(|name| patterns.iter().any(|pattern| pattern::means(pattern, name)));
    Ok(names)
}
