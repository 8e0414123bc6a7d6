//! What a plugin's file must be before any of it runs.

use super::inspect_error::InspectError;
use super::load_error::LoadProblem;
use super::signature::verify;
use sha2::Digest;
use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;
use std::str::FromStr;

/// How much of a file is read at once, in bytes.
const PIECE: usize = 128 << 10;

/// What a plugin's file must be before any of it runs: what a receipt or a lock file says of it.
///
/// The default expects nothing: a file of a folder that nobody keeps books about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The hash of the whole file.
    pub sha256: Option<Sha256>,
    /// The file that says so, for messages: a receipt or a lock file.
    pub by: Option<PathBuf>,
    /// The signature over the whole file.
    pub signature: Option<SignatureExpectation>,
    /// The folder in which it is remembered which files were found to be so, for loads after the first; without it, every
    /// load reads the whole file.
    pub remembered_in: Option<PathBuf>,
}

impl Expected {
    /// Whether nothing is expected.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.sha256.is_none() && self.signature.is_none()
    }

    /// Checks all bytes of a file (P04, P05).
    ///
    /// # Errors
    /// [`LoadProblem::Changed`], [`LoadProblem::Signature`], or that the bytes cannot be read.
    pub(super) fn check(&self, bytes: impl Read) -> Result<(), LoadProblem> {
        let kept = self.signature.as_ref().map(|_| Vec::new());
        let (found, kept) = digest(bytes, kept).map_err(InspectError::from)?;
        if let Some(expected) = self.sha256.filter(|expected| *expected != found) {
            let by = self.by.as_ref();
            return Err(LoadProblem::Changed {
                by: by.map_or_else(|| "its receipt".to_owned(), |by| by.display().to_string()),
                found,
                expected,
            });
        }
        match (&self.signature, kept) {
            (Some(signature), Some(bytes)) => check_signature(&bytes, signature),
            _ => Ok(()),
        }
    }
}

/// The hash of all bytes; keeps them if there is something to keep them in.
fn digest(
    mut bytes: impl Read,
    mut kept: Option<Vec<u8>>,
) -> io::Result<(Sha256, Option<Vec<u8>>)> {
    let mut digest = sha2::Sha256::new();
    let mut buffer = vec![0; PIECE];
    loop {
        let length = fill(&mut bytes, &mut buffer)?;
        let piece = &buffer[..length];
        if piece.is_empty() {
            return Ok((Sha256(digest.finalize().into()), kept));
        }
        digest.update(piece);
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(piece);
        }
    }
}

/// Reads once, whatever comes between; nothing more at the end.
fn fill(bytes: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match bytes.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

fn check_signature(bytes: &[u8], expected: &SignatureExpectation) -> Result<(), LoadProblem> {
    verify(bytes, &expected.signature, &expected.public_key)
        .map(drop)
        .map_err(|error| LoadProblem::Signature(error.to_string()))
}

/// A signature that must be good for the very bytes that are loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureExpectation {
    /// The text of the `.minisig` file.
    pub signature: String,
    /// The publisher's key, as minisign writes it.
    pub public_key: String,
}

/// A SHA-256. Written and read as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The hash of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Sha256(sha2::Sha256::digest(bytes).into())
    }
}

/// Lower-case hexadecimal digits.
impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 has 64 hexadecimal digits")]
pub struct NotASha256;

/// Of digits in either case.
impl FromStr for Sha256 {
    type Err = NotASha256;

    fn from_str(text: &str) -> Result<Self, NotASha256> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(NotASha256);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16).ok_or(NotASha256);
            let value = digit(0)? * 16 + digit(1)?;
            *byte = u8::try_from(value).map_err(|_| NotASha256)?;
        }
        Ok(Sha256(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::{NotASha256, Sha256};

    #[test]
    fn a_hash_is_written_and_read_as_digits() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let hash = Sha256::of(b"");
        assert_eq!(hash.to_string(), empty);
        assert_eq!(empty.to_uppercase().parse(), Ok(hash));
        for wrong in ["", "e3", &format!("{empty}00"), &empty.replace('e', "g")] {
            assert_eq!(wrong.parse::<Sha256>(), Err(NotASha256), "{wrong}");
        }
    }
}
