//! Signatures as minisign makes them, and the keys that they are checked with.
//!
//! Formats: <https://jedisct1.github.io/minisign/#signature-format>. A key is two letters, eight bytes that number it and 32
//! bytes of Ed25519; a signature two letters, the number of its key and 64 bytes. The trusted comment of a plugin's
//! signature is `ID VERSION TARGET`.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dapter_plugin_api::Descriptor;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::id::{PluginId, shown, version};

const ALGORITHM: &[u8] = b"Ed";
const KEY_BYTES: usize = 42;
const SIGNATURE_BYTES: usize = 74;

/// The largest signature file that is looked at, in bytes: one has about 400.
pub const LARGEST_SIGNATURE: u64 = 4 << 10;

/// A publisher's key. Written and read as minisign does: `RW` and 54 more characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; KEY_BYTES]);

/// The number of a key, which its signatures bear: sixteen hexadecimal digits, as minisign prints it.
///
/// Anybody can make a key with any number: it tells keys apart, and vouches for nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId([u8; 8]);

/// What a good signature says of a plugin's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The plugin.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// The system it was built for.
    pub target: String,
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The text is no signature.
    #[error("the signature is not whole: {0}")]
    Unreadable(&'static str),
    /// The text is no key.
    #[error("the key cannot be read: it is not one of minisign")]
    Key,
    /// Another key made it.
    #[error("it was signed with the key {signer}, and {expected} was expected")]
    OtherKey {
        /// The key that made it.
        signer: KeyId,
        /// The key that should have.
        expected: KeyId,
    },
    /// The key did not make it for these bytes.
    #[error(
        "the signature is not for this file: one of them was changed, or they do not belong together"
    )]
    Bad,
    /// The signature is good, and does not say what it is for.
    #[error("the signature does not say which plugin it is for: its trusted comment is `{0}`")]
    Comment(String),
    /// The signature is good, and for another plugin.
    #[error("the signature is for {signed}, and the file is {found}")]
    OtherPlugin {
        /// What the signature names.
        signed: String,
        /// What the file is.
        found: String,
    },
}

impl SignatureError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::Bad => {
                "download the file and its .minisig again; if that does not help, tell the publisher before anything else"
            }
            Self::Key => "a key is one line that begins with RW, as `minisign -G` prints it",
            Self::OtherKey { .. } => {
                "ask the publisher, by a way you trust, whether the key was changed; `dapter plugin trust list` shows the keys you have"
            }
            Self::Comment(_) => {
                "the publisher must sign with the trusted comment `PUBLISHER/NAME VERSION TARGET`, as `dapter plugin sign` does"
            }
            Self::OtherPlugin { .. } => "take the signature that belongs to this file",
        }
    }
}

/// Checks that a key has signed these very bytes, and returns for what.
///
/// # Errors
/// [`SignatureError`].
pub fn verify(bytes: &[u8], signature: &str, public_key: &str) -> Result<Signed, SignatureError> {
    let comment = verify_any(bytes, signature, &public_key.parse()?)?;
    Signed::parse(&comment).ok_or_else(|| SignatureError::Comment(shown(&comment)))
}

/// Checks that a key has signed these very bytes, whatever they are, and returns the trusted comment.
///
/// # Errors
/// [`SignatureError`].
pub fn verify_any(
    bytes: &[u8],
    signature: &str,
    key: &PublicKey,
) -> Result<String, SignatureError> {
    let signer = signer(signature)?;
    if signer != key.id() {
        return Err(SignatureError::OtherKey {
            signer,
            expected: key.id(),
        });
    }
    let signature = minisign_verify::Signature::decode(signature)
        .map_err(|_| SignatureError::Unreadable("it does not have the lines of one"))?;
    let public = minisign_verify::PublicKey::from_base64(&key.to_string())
        .map_err(|_| SignatureError::Key)?;
    // The old way of signing, without hashing first, is as good; authors may have such signatures.
    const OLD_WAY_TOO: bool = true;
    public
        .verify(bytes, &signature, OLD_WAY_TOO)
        .map_err(|_| SignatureError::Bad)?;
    Ok(signature.trusted_comment().to_owned())
}

/// The key that a signature claims to be made with; nothing is checked yet.
///
/// # Errors
/// [`SignatureError::Unreadable`].
pub fn signer(signature: &str) -> Result<KeyId, SignatureError> {
    let line = signature.lines().nth(1);
    let line = line.ok_or(SignatureError::Unreadable("it has fewer than four lines"))?;
    let bytes = STANDARD.decode(line.trim());
    let bytes = bytes.map_err(|_| SignatureError::Unreadable("its second line is damaged"))?;
    if bytes.len() != SIGNATURE_BYTES || signature.lines().count() < 4 {
        return Err(SignatureError::Unreadable("a part of it is missing"));
    }
    let id = bytes[2..10].try_into();
    id.map(KeyId)
        .map_err(|_| SignatureError::Unreadable("it names no key"))
}

impl Signed {
    /// Reads a trusted comment: `acme/oracle 1.4.0 x86_64-linux-gnu`.
    fn parse(comment: &str) -> Option<Self> {
        let mut words = comment.split(' ');
        let (id, text, target) = (words.next()?, words.next()?, words.next()?);
        let signed = Self {
            id: id.parse().ok()?,
            version: version(text).ok()?,
            target: target.to_owned(),
        };
        (words.next().is_none() && is_target(target)).then_some(signed)
    }

    /// Checks that the file is what was signed.
    ///
    /// # Errors
    /// [`SignatureError::OtherPlugin`] if its descriptor has another version or target.
    pub fn check(&self, descriptor: &Descriptor) -> Result<(), SignatureError> {
        if self.version.to_string() == descriptor.version && self.target == descriptor.target {
            return Ok(());
        }
        let Descriptor {
            name,
            version,
            target,
            ..
        } = descriptor;
        Err(SignatureError::OtherPlugin {
            signed: self.to_string(),
            found: format!("{name} {version} for {target}"),
        })
    }
}

/// The trusted comment.
impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.id, self.version, self.target)
    }
}

/// Whether a text can be the name of a system that plugins are built for: `x86_64-linux-gnu`. It names folders.
#[must_use]
pub fn is_target(text: &str) -> bool {
    const LONGEST: usize = 64;
    text.len() <= LONGEST
        && text.contains('-')
        && text.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        })
}

impl PublicKey {
    /// The key's number.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let mut id = [0; 8];
        id.copy_from_slice(&self.0[2..10]);
        KeyId(id)
    }
}

/// Of the key alone, or of the text of a `.pub` file: a comment, then the key.
impl FromStr for PublicKey {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty());
        let bytes = STANDARD
            .decode(line.unwrap_or_default())
            .map_err(|_| SignatureError::Key)?;
        let bytes: [u8; KEY_BYTES] = bytes.try_into().map_err(|_| SignatureError::Key)?;
        match bytes.starts_with(ALGORITHM) {
            true => Ok(Self(bytes)),
            false => Err(SignatureError::Key),
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        if text.len() != 16 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(SignatureError::Key);
        }
        let number = u64::from_str_radix(text, 16).map_err(|_| SignatureError::Key)?;
        Ok(Self(number.to_le_bytes()))
    }
}

impl TryFrom<String> for PublicKey {
    type Error = SignatureError;

    fn try_from(text: String) -> Result<Self, SignatureError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> String {
        key.to_string()
    }
}

impl TryFrom<String> for KeyId {
    type Error = SignatureError;

    fn try_from(text: String) -> Result<Self, SignatureError> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(key: KeyId) -> String {
        key.to_string()
    }
}
