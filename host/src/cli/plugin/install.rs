//! `dapter plugin install`.

use std::io::{self, IsTerminal, Write};

use clap::Args;
use dapter::api::abi::descriptor::target;
use dapter::plugin::install::{Consent, Identity, InstallError, NewKey, Package};
use dapter::plugin::registry::Location;
use dapter::plugin::store::{Existing, NewPlugin, Put, put};
use dapter::plugin::trust::{KeyStanding, Pinned, TrustFile};
use dapter::plugin::{
    Demands, KeyId, LockedFile, LockedPlugin, PluginId, Refusal, Request, Sha256, Strictness,
};
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::paths::shown;
use super::super::session::Session;
use super::books::{change_trust, demands, now, store, write_lock};
use super::from_lock;
use super::from_source;
use super::probe::{check_capabilities, probe};
use super::sources::failure;

#[derive(Debug, Args)]
pub(crate) struct Install {
    /// A library, an archive with one, their address, or a name: acme/oracle, oracle@1.4.0, 'oracle@^1.2' [default: all that dapter-plugins.lock has]
    what: Option<String>,
    /// Install this one although nobody signed it
    #[arg(long, requires = "what")]
    allow_unsigned: bool,
    /// Replace another file of the same version, also one that the lock file has
    #[arg(long, requires = "what")]
    force: bool,
    /// Take it from this source alone
    #[arg(long, value_name = "NAME")]
    pub(super) source: Option<String>,
}

/// A plugin that was fetched and checked.
pub(super) struct Candidate {
    pub(super) package: Package,
    pub(super) identity: Identity,
    /// Where it came from, as receipts say it.
    pub(super) source: String,
    /// What the lock file says of it once it is installed; nothing where it has said it already.
    pub(super) pin: Option<LockedPlugin>,
}

pub(super) fn run(
    command: &Install,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let demands = demands(session)?;
    let Some(what) = &command.what else {
        return from_lock::run(&demands, session, *output);
    };
    let candidate = match what.parse::<Request>() {
        Ok(request) => from_source::fetch(request, command, &demands)?,
        Err(error) => match Location::parse(what, &here()?) {
            // Neither a name nor a path with anything in it.
            Ok(Location::File(path)) if !path.exists() && what.contains('@') => {
                return Err(failure(error));
            }
            location => {
                let location = resolved(location.map_err(failure)?);
                from_file(&location, command, &demands.trust, *output)?
            }
        },
    };
    let existing = match command.force {
        true => Existing::Replace,
        false => Existing::Keep,
    };
    let installed = finish(candidate, &demands, existing, session, *output)?;
    let text = installed.text();
    output.result(&json!({"installed": [installed.document]}), &text)
}

/// The location with links resolved, as receipts are to name it; as it is if there is nothing.
fn resolved(location: Location) -> Location {
    match location {
        Location::File(path) => Location::File(path.canonicalize().unwrap_or(path)),
        web => web,
    }
}

fn here() -> Result<std::path::PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure::refused(format!("the working directory is unknown: {error}")))
}

fn from_file(
    location: &Location,
    command: &Install,
    trust: &TrustFile,
    output: Output,
) -> Result<Candidate, Failure> {
    let package = Package::fetch(location).map_err(failure)?;
    let consent = match command.allow_unsigned {
        true => Consent::Given,
        false => Consent::Missing,
    };
    let identity = match package.of_file(trust, consent) {
        Err(InstallError::Unsigned { id }) if agrees(&id, &package, output) => {
            package.of_file(trust, Consent::Given)
        }
        identity => identity,
    };
    let identity = identity.map_err(failure)?;
    let pin = pin(&identity, location.to_string(), package.sha256);
    Ok(Candidate {
        source: location.to_string(),
        pin: Some(pin),
        identity,
        package,
    })
}

/// A pin of the file for this system alone.
fn pin(identity: &Identity, source: String, sha256: Sha256) -> LockedPlugin {
    LockedPlugin {
        id: identity.id.clone(),
        version: identity.version.clone(),
        source,
        signer: identity.signer,
        targets: [(target(), LockedFile { sha256, url: None })].into(),
    }
}

/// Asks whether a file that nobody signed is to be installed, if there is somebody to ask.
fn agrees(id: &PluginId, package: &Package, output: Output) -> bool {
    if !(output.is_chatty() && io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return false;
    }
    let question = format!(
        "nobody signed {id} ({}, sha256 {}); install it nonetheless? [y/N] ",
        package.location, package.sha256
    );
    let mut stderr = anstream::stderr();
    let asked = stderr
        .write_all(question.as_bytes())
        .and_then(|()| stderr.flush());
    let mut answer = String::new();
    asked.is_ok()
        && io::stdin().read_line(&mut answer).is_ok()
        && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// What was installed, for programs and for people.
pub(super) struct Installed {
    pub(super) document: Value,
    lines: Vec<String>,
}

impl Installed {
    pub(super) fn text(&self) -> String {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }
}

/// Puts a candidate into the store, pins its publisher's key if it is new, and tells the lock file if there is one.
pub(super) fn finish(
    candidate: Candidate,
    demands: &Demands,
    existing: Existing,
    session: &Session<'_>,
    output: Output,
) -> Result<Installed, Failure> {
    check_lock(&candidate, demands, existing).map_err(failure)?;
    let location = candidate.package.location.as_path();
    check_capabilities(&candidate.package.descriptor, location)?;
    let Candidate {
        package,
        identity,
        source,
        pin,
    } = candidate;
    let Identity {
        id,
        version,
        signer,
        new_key,
    } = identity;
    let title = format!("{id} {version} for {}", target());
    let signed_by = match signer {
        Some(key) if new_key.is_some() || is_pinned(&demands.trust, &id, key) => {
            format!("signed with the key {key}")
        }
        // Nobody here knows the key: what vouches for it is the lock file.
        Some(_) => "as the lock file has it".to_owned(),
        None => "not signed".to_owned(),
    };
    let mut lines = Vec::new();
    let mut document = json!({
        "id": id,
        "version": version,
        "target": target(),
        "source": source,
        "sha256": package.sha256.to_string(),
        "signer": signer,
        "new_key": new_key.as_ref().map(|new| new.key),
        "path": null,
        "outcome": "dry_run",
        "locked": false,
    });
    if session.global.dry_run {
        lines.push(format!("would install {title} from {source}, {signed_by}"));
        return Ok(Installed { document, lines });
    }
    probe(&package, session)?;
    if let Some(new) = new_key {
        pin_key(new, &source, output)?;
    }
    let new = NewPlugin {
        id,
        version,
        target: target(),
        source: source.clone(),
        bytes: &package.library,
        signature: package.signature.zip(signer),
        now: now(),
    };
    let (place, outcome) = put(&store()?, &new, existing).map_err(failure)?;
    let (word, outcome) = match outcome {
        Put::New => ("installed", "installed"),
        Put::Same => ("installed already:", "present"),
        Put::Replaced => ("replaced", "replaced"),
    };
    lines.push(format!("{word} {title} from {source}, {signed_by}"));
    document["path"] = json!(place.file);
    document["outcome"] = json!(outcome);
    if let Some(line) = update_lock(pin, demands)? {
        lines.push(line);
        document["locked"] = json!(true);
    }
    Ok(Installed { document, lines })
}

/// Trusts a publisher's key from now on, and shows it.
fn pin_key(new: NewKey, source: &str, output: Output) -> Result<(), Failure> {
    output.note(&format!(
        "the key of {} is trusted from now on: {} (number {})",
        new.publisher,
        new.key,
        new.key.id()
    ));
    change_trust(|trust| {
        trust.publishers.entry(new.publisher).or_insert(Pinned {
            key: new.key,
            from: source.to_owned(),
            since: now(),
        });
        Ok(())
    })
}

fn is_pinned(trust: &TrustFile, id: &PluginId, key: KeyId) -> bool {
    matches!(trust.standing(id.publisher(), key), KeyStanding::Pinned(_))
}

/// Whether the project's lock file lets this be installed.
fn check_lock(candidate: &Candidate, demands: &Demands, existing: Existing) -> Result<(), Refusal> {
    let Some(lock) = &demands.lock else {
        return Ok(());
    };
    let Identity { id, version, .. } = &candidate.identity;
    let locked = lock
        .file
        .get(id)
        .filter(|locked| locked.version == *version);
    let file = locked.and_then(|locked| locked.targets.get(&target()));
    match (file, demands.strictness) {
        (Some(file), _) if file.sha256 == candidate.package.sha256 => Ok(()),
        (Some(_), Strictness::Open) if existing == Existing::Replace => Ok(()),
        (Some(_), _) => Err(Refusal::LockedFile { id: id.clone() }),
        (None, Strictness::Locked) => Err(Refusal::NotLocked),
        (None, Strictness::Open) => Ok(()),
    }
}

fn update_lock(pin: Option<LockedPlugin>, demands: &Demands) -> Result<Option<String>, Failure> {
    let (Some(pin), Some(lock), Strictness::Open) = (pin, &demands.lock, demands.strictness) else {
        return Ok(None);
    };
    let mut changed = lock.clone();
    let targets = pin.targets.len();
    changed.file.pin(pin);
    if changed.file == lock.file {
        return Ok(None);
    }
    write_lock(&changed)?;
    let path = shown(&changed.path);
    Ok(Some(match targets {
        1 => format!(
            "{path} has its file for {} alone; add others with `dapter plugin lock ID --from FILE`",
            target()
        ),
        many => format!("{path} has its files for {many} systems"),
    }))
}
