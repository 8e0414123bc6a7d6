//! Encryption, and the proof that the server is the right one.
//!
//! Source: "SSL Support" in the manual of libpq.

use crate::settings::{TlsMode, TlsSettings};
use crate::url::error;
use dapter_plugin_api::{AdapterError, Result};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What makes encrypted connections; cheap to clone.
pub(crate) type Connector = MakeRustlsConnect;

/// How much of the server's certificate is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// Nothing but that the server has its key.
    None,
    /// That a trusted authority signed it.
    Chain,
    /// And that it is for the host that was asked for.
    ChainAndName,
}

/// What a mode demands. With root certificates of one's own, a server that has to encrypt has to prove itself too.
fn proof(settings: &TlsSettings) -> Proof {
    match settings.mode {
        TlsMode::VerifyFull => Proof::ChainAndName,
        TlsMode::VerifyCa => Proof::Chain,
        TlsMode::Require if settings.root_certificates.is_some() => Proof::Chain,
        _ => Proof::None,
    }
}

/// Makes the connector.
pub(crate) fn connector(settings: &TlsSettings) -> Result<Connector> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|source| failed("cannot set up TLS", &source))?;
    let builder = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier(settings, provider)?);
    let config = match (&settings.certificate, &settings.key) {
        (None, None) => builder.with_no_client_auth(),
        (Some(certificate), Some(key)) => {
            let certificates = certificates(certificate)?;
            let key = PrivateKeyDer::from_pem_file(key)
                .map_err(|source| failed(&format!("cannot read {}", key.display()), &source))?;
            builder
                .with_client_auth_cert(certificates, key)
                .map_err(|source| failed("cannot use the certificate and the key", &source))?
        }
        _ => {
            return Err(error("a certificate needs its key")
                .with_hint("give `sslcert` and `sslkey` together"));
        }
    };
    Ok(MakeRustlsConnect::new(config))
}

fn failed(message: &str, source: &(dyn std::error::Error + 'static)) -> AdapterError {
    let mut made = error(message);
    made.chain.push(source.to_string());
    made
}

fn verifier(
    settings: &TlsSettings,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    let proof = proof(settings);
    if proof == Proof::None {
        return Ok(Arc::new(Lenient {
            provider,
            chain: None,
        }));
    }
    let roots = Arc::new(roots(settings.root_certificates.as_deref())?);
    let chain = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
        .build()
        .map_err(|source| failed("cannot use the root certificates", &source))?;
    Ok(match proof {
        Proof::ChainAndName => chain,
        _ => Arc::new(Lenient {
            provider,
            chain: Some(chain),
        }),
    })
}

/// The authorities that are trusted: those of a file, or else those of the system.
fn roots(file: Option<&Path>) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in certificates(file)? {
                roots
                    .add(certificate)
                    .map_err(|source| failed(&format!("cannot use {}", file.display()), &source))?;
            }
        }
        None => {
            let system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(system.certs);
        }
    }
    if roots.is_empty() {
        return Err(
            error("there are no root certificates to prove the server with")
                .with_hint("name a file of them in `sslrootcert`"),
        );
    }
    Ok(roots)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|source| failed(&format!("cannot read {}", file.display()), &source))
}

/// Proves less than the name: the chain, or nothing. The server must have the certificate's key in any case.
#[derive(Debug)]
struct Lenient {
    provider: Arc<CryptoProvider>,
    chain: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        match chain.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            // The chain is checked before the name.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_demands_what_libpq_demands() {
        let table = [
            (TlsMode::Prefer, false, Proof::None),
            (TlsMode::Require, false, Proof::None),
            (TlsMode::Require, true, Proof::Chain),
            (TlsMode::VerifyCa, false, Proof::Chain),
            (TlsMode::VerifyFull, true, Proof::ChainAndName),
        ];
        for (mode, with_roots, expected) in table {
            let settings = TlsSettings {
                mode,
                root_certificates: with_roots.then(|| "ca.pem".into()),
                ..TlsSettings::default()
            };
            assert_eq!(proof(&settings), expected, "{mode:?}");
        }
    }

    #[test]
    fn a_file_that_is_missing_is_named() {
        let settings = TlsSettings {
            mode: TlsMode::VerifyFull,
            root_certificates: Some("/no/such/ca.pem".into()),
            ..TlsSettings::default()
        };
        let error = connector(&settings).err().expect("no file");
        assert!(error.message.contains("/no/such/ca.pem"), "{error}");
    }
}
