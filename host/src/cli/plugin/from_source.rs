//! Fetches a plugin that was named by its id.

use dapter::api::abi::descriptor::target;
use dapter::plugin::install::{InstallError, Package, Release};
use dapter::plugin::registry::Location;
use dapter::plugin::{
    Demands, LockedFile, LockedPlugin, Refusal, Request, Strictness, requirement,
};

use super::super::output::Failure;
use super::install::{Candidate, Install};
use super::sources::{Found, failure, known, newest, read_sources};

pub(super) fn fetch(
    request: Request,
    command: &Install,
    demands: &Demands,
) -> Result<Candidate, Failure> {
    let request = narrowed(request, demands)?;
    let sources = read_sources(&demands.trust, command.source.as_deref())?;
    let found = newest(&sources, &request).map_err(failure)?;
    let Some(found) = found else {
        return Err(failure(InstallError::NotFound {
            wanted: request.to_string(),
            known: known(&sources, &request),
            sources: sources.len(),
        }));
    };
    release(found, demands)
}

/// Fetches a version that was found in a source.
pub(super) fn release(found: Found<'_>, demands: &Demands) -> Result<Candidate, Failure> {
    let Found { source, entry } = found;
    let plugin = format!("{} {}", entry.id, entry.version);
    let file = entry.targets.get(&target()).ok_or_else(|| {
        failure(InstallError::NoTarget {
            plugin,
            target: target(),
            others: entry.targets.keys().cloned().collect(),
        })
    })?;
    let location = source.location.named(&file.url).map_err(failure)?;
    let by = format!("the index {}", source.location);
    let package = Package::fetch_known(&location, file.sha256, &by).map_err(failure)?;
    let release = Release {
        entry,
        index: &source.index,
    };
    let identity = package
        .of_release(release, &demands.trust)
        .map_err(failure)?;
    let mut pin = pin(found).map_err(failure)?;
    pin.signer = identity.signer;
    Ok(Candidate {
        source: source.location.to_string(),
        pin: Some(pin),
        identity,
        package,
    })
}

/// What the lock file says of a version in a source: its files for all systems.
pub(super) fn pin(found: Found<'_>) -> Result<LockedPlugin, InstallError> {
    let Found { source, entry } = found;
    let mut targets = std::collections::BTreeMap::new();
    for (target, file) in &entry.targets {
        let url = source.location.named(&file.url)?.to_string();
        let file = LockedFile {
            sha256: file.sha256,
            url: Some(url),
        };
        targets.insert(target.clone(), file);
    }
    let publisher = source.index.publishers.get(entry.id.publisher());
    Ok(LockedPlugin {
        id: entry.id.clone(),
        version: entry.version.clone(),
        source: source.location.to_string(),
        signer: publisher.map(|publisher| publisher.key.id()),
        targets,
    })
}

/// The request with what the project wants of the plugin, where the request itself does not say which version.
fn narrowed(mut request: Request, demands: &Demands) -> Result<Request, Failure> {
    let locked = demands.lock.iter().flat_map(|lock| lock.file.plugins());
    let mut locked = locked.filter(|plugin| request.names(&plugin.id));
    if demands.strictness == Strictness::Locked {
        let Some(plugin) = locked.next() else {
            return Err(failure(Refusal::NotLocked));
        };
        if !request.takes(&plugin.version) && request.requirement.is_some() {
            return Err(failure(Refusal::LockedVersion {
                id: plugin.id.clone(),
                version: plugin.version.to_string(),
            }));
        }
        request.publisher = Some(plugin.id.publisher().to_owned());
        request.requirement = Some(requirement(&plugin.version.to_string()).map_err(failure)?);
        return Ok(request);
    }
    if request.requirement.is_none() {
        let mut required = demands.requirements.iter();
        let required = required.find(|(id, _)| request.names(id));
        request.requirement = required.and_then(|(_, required)| required.version.clone());
    }
    Ok(request)
}

/// Where a file of the lock file can be had.
pub(super) fn location(url: &str, project: &std::path::Path) -> Result<Location, Failure> {
    Location::parse(url, project).map_err(failure)
}
