//! Who vouches for a package, and under which id it may be installed.

use dapter_plugin_api::Descriptor;
use semver::Version;

use super::error::InstallError;
use super::package::Package;
use crate::plugin::id::{IdError, PluginId, version};
use crate::plugin::lock_file::LockedPlugin;
use crate::plugin::refusal::Refusal;
use crate::plugin::registry::{Entry, Index};
use crate::plugin::signature::{KeyId, PublicKey, SignatureError, Signed, signer, verify};
use crate::plugin::trust::{KeyStanding, TrustFile};

/// What a package is, as far as somebody vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The plugin.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// The key that signed it, if one did.
    pub signer: Option<KeyId>,
    /// A publisher's key that was not known before, and is to be pinned.
    pub new_key: Option<NewKey>,
}

/// A publisher's key that was not known before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The publisher.
    pub publisher: String,
    /// The key.
    pub key: PublicKey,
}

/// A version in the index of a source.
#[derive(Debug, Clone, Copy)]
pub struct Release<'a> {
    /// The version.
    pub entry: &'a Entry,
    /// The index it stands in, whose signature was checked.
    pub index: &'a Index,
}

/// Whether somebody agrees to a file that nobody signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// For this one.
    Given,
    /// Nobody was asked, or somebody said no.
    Missing,
}

impl Package {
    /// What a package of a source is. It must be signed with the publisher's key; one that is not known yet is taken
    /// from the index.
    ///
    /// # Errors
    /// [`InstallError`], also if the index names another key than the one that is pinned.
    pub fn of_release(
        &self,
        release: Release<'_>,
        trust: &TrustFile,
    ) -> Result<Identity, InstallError> {
        let Release { entry, index } = release;
        let publisher = entry.id.publisher();
        let plugin = format!("{} {}", entry.id, entry.version);
        let signature = self.signature.as_deref();
        let signature = signature.ok_or(InstallError::ReleaseUnsigned(plugin))?;
        let key = signer(signature)?;
        refuse_revoked(key, trust, index)?;
        let pinned = trust.publishers.get(publisher).map(|pinned| pinned.key);
        let named = index.publishers.get(publisher).map(|named| named.key);
        let (public, new_key) = match (pinned, named) {
            (Some(pinned), Some(named)) if pinned != named => {
                return Err(InstallError::KeyChanged {
                    publisher: publisher.to_owned(),
                    pinned: Box::new(pinned),
                    found: Box::new(named),
                });
            }
            (Some(pinned), _) => (pinned, None),
            (None, Some(named)) => {
                let publisher = publisher.to_owned();
                (
                    named,
                    Some(NewKey {
                        publisher,
                        key: named,
                    }),
                )
            }
            (None, None) => {
                return Err(InstallError::NoKey {
                    publisher: publisher.to_owned(),
                });
            }
        };
        let signed = verify(&self.library, signature, &public.to_string())?;
        signed.check(&self.descriptor)?;
        if (&signed.id, &signed.version) != (&entry.id, &entry.version) {
            return Err(SignatureError::OtherPlugin {
                signed: signed.to_string(),
                found: format!("{} {} in the index", entry.id, entry.version),
            }
            .into());
        }
        Ok(Identity {
            id: signed.id,
            version: signed.version,
            signer: Some(key),
            new_key,
        })
    }

    /// What a package is that somebody named by its file or address. If it is signed, its publisher's key must be known;
    /// if not, it is `local/NAME`, so that it can pass for nobody else's, and somebody must have agreed.
    ///
    /// # Errors
    /// [`InstallError`].
    pub fn of_file(&self, trust: &TrustFile, consent: Consent) -> Result<Identity, InstallError> {
        let Some(signature) = &self.signature else {
            return self.unsigned(consent);
        };
        let key = signer(signature)?;
        if let Some(revoked) = trust.revocation(key) {
            return Err(InstallError::Refused(Refusal::Revoked {
                key,
                why: revoked.why.clone(),
            }));
        }
        // Nobody has vouched for the comment yet: it only says whose key to check it with.
        let publisher = claimed_publisher(signature)?;
        match trust.standing(&publisher, key) {
            KeyStanding::Pinned(pinned) => {
                let signed = verify(&self.library, signature, &pinned.key.to_string())?;
                signed.check(&self.descriptor)?;
                let Signed { id, version, .. } = signed;
                Ok(Identity {
                    id,
                    version,
                    signer: Some(key),
                    new_key: None,
                })
            }
            KeyStanding::Other(_) => Err(Refusal::OtherKey { publisher, key }.into()),
            KeyStanding::Unknown if consent == Consent::Given => self.unsigned(consent),
            _ => Err(Refusal::UnknownKey { publisher, key }.into()),
        }
    }

    /// What a package is whose hash the lock file has, and which it therefore vouches for in its project. It must be
    /// signed: elsewhere it is used only by who knows the publisher's key. Where that is known, the signature must be good.
    ///
    /// # Errors
    /// [`InstallError`], also for a key that was revoked.
    pub fn of_locked(
        &self,
        locked: &LockedPlugin,
        trust: &TrustFile,
    ) -> Result<Identity, InstallError> {
        let identity = Identity {
            id: locked.id.clone(),
            version: locked.version.clone(),
            signer: None,
            new_key: None,
        };
        if self.descriptor.version != locked.version.to_string() {
            return Err(SignatureError::OtherPlugin {
                signed: format!("{} {}", locked.id, locked.version),
                found: format!("{} {}", self.descriptor.name, self.descriptor.version),
            }
            .into());
        }
        let Some(signature) = &self.signature else {
            return Err(match locked.id.is_local() {
                true => InstallError::Unsigned {
                    id: locked.id.clone(),
                },
                false => InstallError::ReleaseUnsigned(format!("{} {}", locked.id, locked.version)),
            });
        };
        let key = signer(signature)?;
        let publisher = locked.id.publisher();
        if locked.signer != Some(key) {
            return Err(Refusal::OtherKey {
                publisher: publisher.to_owned(),
                key,
            }
            .into());
        }
        match trust.standing(publisher, key) {
            KeyStanding::Pinned(_) => {
                let signed = self.of_file(trust, Consent::Missing)?;
                match (&signed.id, &signed.version) == (&locked.id, &locked.version) {
                    true => Ok(signed),
                    false => Err(SignatureError::OtherPlugin {
                        signed: format!("{} {}", signed.id, signed.version),
                        found: format!("{} {}", locked.id, locked.version),
                    }
                    .into()),
                }
            }
            KeyStanding::Unknown => Ok(Identity {
                signer: Some(key),
                ..identity
            }),
            KeyStanding::Other(_) => Err(Refusal::OtherKey {
                publisher: publisher.to_owned(),
                key,
            }
            .into()),
            KeyStanding::Revoked(revoked) => Err(Refusal::Revoked {
                key,
                why: revoked.why.clone(),
            }
            .into()),
        }
    }

    /// What a package is by its signature, for whoever lists it: one of the key that somebody has of its publisher, told the
    /// publisher and the number of the key that signed it.
    ///
    /// # Errors
    /// [`InstallError`], also if there is no such key.
    pub fn of_publisher(
        &self,
        key_of: impl FnOnce(&str, KeyId) -> Option<PublicKey>,
    ) -> Result<Signed, InstallError> {
        let Descriptor { name, version, .. } = &self.descriptor;
        let signature = self.signature.as_deref();
        let signature =
            signature.ok_or_else(|| InstallError::ReleaseUnsigned(format!("{name} {version}")))?;
        let publisher = claimed_publisher(signature)?;
        let key = key_of(&publisher, signer(signature)?);
        let key = key.ok_or(InstallError::NoKey { publisher })?;
        let signed = verify(&self.library, signature, &key.to_string())?;
        signed.check(&self.descriptor)?;
        Ok(signed)
    }

    fn unsigned(&self, consent: Consent) -> Result<Identity, InstallError> {
        let id = PluginId::local(&self.descriptor.name)?;
        if self.location.is_unprotected() {
            return Err(InstallError::UnsignedOverHttp { id });
        }
        if consent == Consent::Missing {
            return Err(InstallError::Unsigned { id });
        }
        Ok(Identity {
            version: version(&self.descriptor.version)?,
            id,
            signer: None,
            new_key: None,
        })
    }
}

/// The publisher that a signature names, which is not checked yet.
fn claimed_publisher(signature: &str) -> Result<String, InstallError> {
    const BEGINS: &str = "trusted comment: ";
    let line = signature.lines().nth(2).unwrap_or_default();
    let comment = line.strip_prefix(BEGINS).unwrap_or_default();
    let id = comment.split(' ').next().unwrap_or_default();
    let id: Result<PluginId, IdError> = id.parse();
    let id = id.map_err(|_| SignatureError::Comment(crate::plugin::id::shown(comment)))?;
    Ok(id.publisher().to_owned())
}

fn refuse_revoked(key: KeyId, trust: &TrustFile, index: &Index) -> Result<(), Refusal> {
    let by_user = trust.revocation(key).map(|revoked| &revoked.why);
    let by_index = index.revoked.iter().find(|revoked| revoked.key == key);
    match by_user.or(by_index.map(|revoked| &revoked.why)) {
        Some(why) => Err(Refusal::Revoked {
            key,
            why: why.clone(),
        }),
        None => Ok(()),
    }
}
