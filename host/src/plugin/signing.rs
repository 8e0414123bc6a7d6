//! Makes keys and signatures, as `minisign` does.

use minisign::{KeyPair, SecretKey, SecretKeyBox};

use super::signature::{PublicKey, SignatureError};

/// A pair of keys, as the texts of their files.
#[derive(Clone)]
pub struct NewKeys {
    /// What everybody may have: the text of the `.pub` file.
    pub public: String,
    /// What nobody else may have: the text of the `.key` file.
    pub secret: String,
}

/// Shows nothing of the secret key.
impl std::fmt::Debug for NewKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKeys")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

/// How a secret key is protected in its file.
pub enum Protection {
    /// By a password.
    Password(String),
    /// By nothing but the permissions of its file.
    None,
}

/// Shows no password.
impl std::fmt::Debug for Protection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password",
            Self::None => "None",
        })
    }
}

/// Why no key or signature could be made.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The text is no secret key, or the password is not its own.
    #[error("the secret key cannot be used: {0}")]
    Key(String),
    /// The key needs a password.
    #[error("the secret key is protected with a password")]
    Password,
    /// Something else fails.
    #[error("it cannot be signed: {0}")]
    Signing(String),
}

impl SigningError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Key(_) => "name the file with the secret key, and check its password",
            Self::Password => "give it in the environment variable DAPTER_KEY_PASSWORD",
            Self::Signing(_) => super::inspect_error::REPORT,
        }
    }
}

/// Makes a pair of keys.
///
/// # Errors
/// [`SigningError::Signing`] if the system has no random numbers.
pub fn new_keys(protection: Protection) -> Result<NewKeys, SigningError> {
    let failed = |error: minisign::PError| SigningError::Signing(error.to_string());
    let pair = match protection {
        Protection::Password(password) => KeyPair::generate_encrypted_keypair(Some(password)),
        Protection::None => KeyPair::generate_unencrypted_keypair(),
    };
    let KeyPair { pk, sk } = pair.map_err(failed)?;
    Ok(NewKeys {
        public: pk.to_box().map_err(failed)?.into_string(),
        secret: sk.to_box(None).map_err(failed)?.into_string(),
    })
}

/// Signs bytes, and returns the text of the `.minisig` file. The comment is signed too.
///
/// # Errors
/// [`SigningError`].
pub fn sign(
    bytes: &[u8],
    comment: &str,
    secret_key: &str,
    password: Option<String>,
) -> Result<String, SigningError> {
    let key = read_secret_key(secret_key, password)?;
    let signature = minisign::sign(
        None,
        &key,
        bytes,
        Some(comment),
        Some("signature of a dapter plugin"),
    );
    let signature = signature.map_err(|error| SigningError::Signing(error.to_string()))?;
    Ok(signature.into_string())
}

/// The public key that belongs to a secret one.
///
/// # Errors
/// [`SigningError`].
pub fn public_key(secret_key: &str, password: Option<String>) -> Result<PublicKey, SigningError> {
    let secret = read_secret_key(secret_key, password)?;
    let public = minisign::PublicKey::from_secret_key(&secret)
        .map_err(|error| SigningError::Key(error.to_string()))?;
    let public = public.to_base64().parse();
    public.map_err(|error: SignatureError| SigningError::Key(error.to_string()))
}

fn read_secret_key(text: &str, password: Option<String>) -> Result<SecretKey, SigningError> {
    let bad_key = |error: minisign::PError| SigningError::Key(error.to_string());
    let key = SecretKeyBox::from_string(text).map_err(bad_key)?;
    match password {
        Some(password) => key.into_secret_key(Some(password)).map_err(bad_key),
        None => match key.into_unencrypted_secret_key() {
            Ok(key) => Ok(key),
            // Distinguished by what the key is once it is read: a protected one has its mark.
            Err(_) if is_protected(text) => Err(SigningError::Password),
            Err(error) => Err(bad_key(error)),
        },
    }
}

/// Whether the text of a secret key says that it is protected with a password: its third and fourth byte name how.
fn is_protected(secret_key: &str) -> bool {
    use base64::Engine;
    let line = secret_key.lines().nth(1).unwrap_or_default();
    let bytes = base64::engine::general_purpose::STANDARD.decode(line.trim());
    bytes.is_ok_and(|bytes| bytes.get(2..4) == Some(b"Sc"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::{KeyId, verify, verify_any};

    const COMMENT: &str = "acme/oracle 1.4.0 x86_64-linux-gnu";

    fn signed(bytes: &[u8]) -> (String, String) {
        let keys = new_keys(Protection::None).expect("keys");
        let signature = sign(bytes, COMMENT, &keys.secret, None).expect("signs");
        let key: PublicKey = keys.public.parse().expect("a key");
        assert_eq!(
            public_key(&keys.secret, None).expect("it belongs to it"),
            key
        );
        (signature, key.to_string())
    }

    #[test]
    fn what_was_signed_is_verified_and_nothing_else() {
        let (signature, key) = signed(b"library");
        let found = verify(b"library", &signature, &key).expect("good");
        assert_eq!(found.to_string(), COMMENT);
        assert_eq!(
            verify(b"librarx", &signature, &key),
            Err(SignatureError::Bad)
        );
        let forged = signature.replace("1.4.0", "1.5.0");
        assert_eq!(verify(b"library", &forged, &key), Err(SignatureError::Bad));
        let (_, other) = signed(b"");
        assert!(matches!(
            verify(b"library", &signature, &other),
            Err(SignatureError::OtherKey { .. })
        ));
        assert_eq!(
            verify(b"library", &signature, "RWQ"),
            Err(SignatureError::Key)
        );
        for length in [0, 10, 60, 130, 200, signature.len() - 40] {
            let error = verify(b"library", &signature[..length], &key).expect_err("cut");
            assert!(
                matches!(error, SignatureError::Unreadable(_) | SignatureError::Bad),
                "{length}: {error}"
            );
        }
    }

    #[test]
    fn a_key_with_another_ones_number_signs_nothing() {
        let (signature, key) = signed(b"library");
        let (_, other) = signed(b"");
        use base64::{Engine, engine::general_purpose::STANDARD};
        let mut forged = STANDARD.decode(&other).expect("base64");
        forged[2..10].copy_from_slice(&STANDARD.decode(&key).expect("base64")[2..10]);
        let forged: PublicKey = STANDARD.encode(forged).parse().expect("a key");
        assert_eq!(
            verify_any(b"library", &signature, &forged),
            Err(SignatureError::Bad)
        );
    }

    #[test]
    fn a_signature_says_what_it_is_for() {
        let keys = new_keys(Protection::None).expect("keys");
        let key: PublicKey = keys.public.parse().expect("a key");
        for comment in [
            "timestamp:1",
            "acme/oracle 1.4.0",
            "acme/oracle 1.4 a-b",
            "acme/oracle 1.4.0 ../x",
            "a/b 1.0.0 a-b c",
        ] {
            let signature = sign(b"x", comment, &keys.secret, None).expect("signs");
            let error = verify(b"x", &signature, &key.to_string()).expect_err(comment);
            assert_eq!(error, SignatureError::Comment(comment.to_owned()));
        }
        let id: KeyId = key.id().to_string().parse().expect("a number");
        assert_eq!(id, key.id());
    }

    #[test]
    fn a_secret_key_may_need_a_password() {
        // The password is asked for by the program: a key that needs one says so.
        let protected = "untrusted comment: x\nRWRTY0Iy\n";
        assert!(matches!(
            sign(b"x", COMMENT, protected, None),
            Err(SigningError::Password)
        ));
        assert!(matches!(
            sign(b"x", COMMENT, "nonsense", None),
            Err(SigningError::Key(_))
        ));
    }
}
