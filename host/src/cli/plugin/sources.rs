//! The indexes of the sources that the user added.

use std::path::Path;

use dapter::plugin::install::InstallError;
use dapter::plugin::registry::{Entry, Index, Location, read_index};
use dapter::plugin::trust::TrustFile;
use dapter::plugin::{PluginError, Request};
use dapter::{MigrationError, plugin::PluginId};

use super::super::output::Failure;
use super::books::change_trust;

/// An index, and where it came from.
pub(super) struct Source {
    /// What the user calls it.
    pub(super) name: String,
    pub(super) location: Location,
    pub(super) index: Index,
}

/// A version that was found in a source.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) source: &'a Source,
    pub(super) entry: &'a Entry,
}

/// Reads the indexes of all sources, or of the one that is named, and remembers how far each had come.
///
/// One that cannot be used is an error, and not passed over: whoever can make a source fail would decide where a plugin
/// comes from.
pub(super) fn read_sources(trust: &TrustFile, only: Option<&str>) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for (name, source) in &trust.sources {
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let location = Location::parse(&source.url, Path::new("/"))
            .map_err(|error| failure(InstallError::from(error)))?;
        let index = read_index(&location, &source.key, source.serial)
            .map_err(|error| failure(InstallError::from(error)))?;
        sources.push(Source {
            name: name.clone(),
            location,
            index,
        });
    }
    if let (Some(only), true) = (only, sources.is_empty()) {
        return Err(Failure::usage(format!("there is no source `{only}`"))
            .hint("`dapter plugin source list` shows those there are"));
    }
    remember(&sources, trust)?;
    Ok(sources)
}

fn remember(sources: &[Source], trust: &TrustFile) -> Result<(), Failure> {
    let is_news = |source: &&Source| {
        let known = trust.sources.get(&source.name);
        known.is_some_and(|known| known.serial < source.index.serial)
    };
    if !sources.iter().any(|source| is_news(&source)) {
        return Ok(());
    }
    change_trust(|trust| {
        for source in sources {
            if let Some(known) = trust.sources.get_mut(&source.name) {
                known.serial = known.serial.max(source.index.serial);
            }
        }
        Ok(())
    })
}

/// The newest version that a request takes. A name without a publisher must be one publisher's.
pub(super) fn newest<'a>(
    sources: &'a [Source],
    request: &Request,
) -> Result<Option<Found<'a>>, InstallError> {
    let mut found: Vec<Found<'a>> = Vec::new();
    for source in sources {
        let entries = source.index.matching(request);
        found.extend(entries.into_iter().map(|entry| Found { source, entry }));
    }
    let mut ids: Vec<&PluginId> = found.iter().map(|found| &found.entry.id).collect();
    ids.sort();
    ids.dedup();
    if ids.len() > 1 {
        return Err(InstallError::SeveralPublishers {
            ids: ids.into_iter().map(PluginId::to_string).collect(),
        });
    }
    // Of the same version in two sources the first is taken: their files are signed with the same key.
    Ok(found
        .into_iter()
        .reduce(|best, next| match next.entry.version > best.entry.version {
            true => next,
            false => best,
        }))
}

/// What there is of a name that was asked for: versions that do not do, or were yanked.
pub(super) fn known(sources: &[Source], request: &Request) -> Vec<String> {
    let entries = sources.iter().flat_map(|source| &source.index.plugins);
    let mut known: Vec<String> = entries
        .filter(|entry| request.names(&entry.id))
        .map(|entry| match &entry.yanked {
            Some(why) => format!("{} {} (yanked: {why})", entry.id, entry.version),
            None => format!("{} {}", entry.id, entry.version),
        })
        .collect();
    known.sort();
    known.dedup();
    known
}

pub(super) fn failure(error: impl Into<InstallError>) -> Failure {
    MigrationError::from(PluginError::Install(error.into())).into()
}
