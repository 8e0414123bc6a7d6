//! How far an installed plugin is trusted, and whether it is to be used at all. Pure: files were read before.

use super::demands::{Demands, Strictness};
use super::document::DocumentError;
use super::expected::{Expected, Sha256, SignatureExpectation};
use super::refusal::Refusal;
use super::store::Receipt;
use super::trust::{KeyStanding, Trust};
use std::path::Path;

/// What is known of an installed plugin without reading its file.
#[derive(Debug)]
pub(super) struct Admission {
    pub(super) trust: Trust,
    pub(super) expected: Expected,
    pub(super) admitted: Result<(), Refusal>,
    /// Whether the project's lock file has this very version.
    pub(super) is_locked: bool,
}

impl Admission {
    /// Of a plugin whose receipt cannot be used.
    pub(super) fn without_receipt(error: DocumentError) -> Self {
        Self {
            trust: Trust::Modified,
            expected: Expected::default(),
            admitted: Err(Refusal::Receipt(error)),
            is_locked: false,
        }
    }

    /// Of a plugin with its receipt, which lies at `path`, and the signature beside it.
    pub(super) fn of(
        receipt: &Receipt,
        path: &Path,
        signature: Option<String>,
        demands: &Demands,
    ) -> Self {
        let locked = locked_hash(receipt, demands);
        let mut expected = Expected {
            sha256: Some(receipt.sha256),
            by: Some(path.to_owned()),
            ..Expected::default()
        };
        if let (Some(lock), Ok(Some(_))) = (&demands.lock, &locked) {
            expected.by = Some(lock.path.clone());
        }
        let is_locked = matches!(locked, Ok(Some(_)));
        let (trust, vouched) = vouched(receipt, signature, is_locked, demands, &mut expected);
        let admitted = vouched
            .and_then(|()| locked.map(drop))
            .and_then(|()| required(receipt, is_locked, demands));
        Self {
            trust,
            expected,
            admitted,
            is_locked,
        }
    }
}

/// The hash that the lock file has of this plugin, if the lock file has the plugin.
fn locked_hash(receipt: &Receipt, demands: &Demands) -> Result<Option<Sha256>, Refusal> {
    let Some(lock) = &demands.lock else {
        return Ok(None);
    };
    let Some(locked) = lock.file.get(&receipt.id) else {
        return Ok(None);
    };
    if locked.version != receipt.version {
        return Err(Refusal::LockedVersion {
            id: receipt.id.clone(),
            version: locked.version.to_string(),
        });
    }
    match locked.targets.get(&receipt.target) {
        Some(file) if file.sha256 == receipt.sha256 => Ok(Some(file.sha256)),
        Some(_) => Err(Refusal::LockedFile {
            id: receipt.id.clone(),
        }),
        // The lock file was written where nobody knew of this system.
        None => Ok(None),
    }
}

/// Who vouches for it.
fn vouched(
    receipt: &Receipt,
    signature: Option<String>,
    is_locked: bool,
    demands: &Demands,
    expected: &mut Expected,
) -> (Trust, Result<(), Refusal>) {
    let unsigned = match is_locked {
        true => Trust::Locked,
        false => Trust::Unsigned,
    };
    let Some(key) = receipt.signer else {
        return (unsigned, Ok(()));
    };
    let publisher = receipt.id.publisher();
    let refusal = match demands.trust.standing(publisher, key) {
        KeyStanding::Revoked(revoked) => {
            let refusal = Refusal::Revoked {
                key,
                why: revoked.why.clone(),
            };
            return (Trust::Revoked { key }, Err(refusal));
        }
        KeyStanding::Pinned(pinned) => match signature {
            Some(signature) => {
                expected.signature = Some(SignatureExpectation {
                    signature,
                    public_key: pinned.key.to_string(),
                });
                let publisher = publisher.to_owned();
                return (Trust::Verified { publisher, key }, Ok(()));
            }
            None => Refusal::NoSignature {
                id: receipt.id.clone(),
            },
        },
        KeyStanding::Other(_) => Refusal::OtherKey {
            publisher: publisher.to_owned(),
            key,
        },
        // A project's lock file vouches for its bytes.
        KeyStanding::Unknown if is_locked => return (Trust::Locked, Ok(())),
        KeyStanding::Unknown => Refusal::UnknownKey {
            publisher: publisher.to_owned(),
            key,
        },
    };
    (unsigned, Err(refusal))
}

/// Whether the project wants this version.
fn required(receipt: &Receipt, is_locked: bool, demands: &Demands) -> Result<(), Refusal> {
    if let Some(requirement) = demands.requirements.get(&receipt.id)
        && let Some(version) = &requirement.version
        && !version.matches(&receipt.version)
    {
        return Err(Refusal::Requirement {
            origin: requirement.origin.clone(),
            requirement: version.to_string(),
            id: receipt.id.clone(),
        });
    }
    match demands.strictness {
        Strictness::Locked if !is_locked => Err(Refusal::NotLocked),
        _ => Ok(()),
    }
}
