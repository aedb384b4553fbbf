//! TLS by rustls with ring: a certificate that is made at start for servers, and a client that
//! takes any certificate when it is told to.

use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, ServerConfig, SignatureScheme,
};

use crate::machine::Failure;
use crate::transport::TlsEnd;

/// A server's end, and its certificate for those who shall trust it.
#[derive(Clone, Debug)]
pub struct Identity {
    /// What the server's connections take.
    pub end: TlsEnd,
    /// What a client hands to [`trusting`].
    pub certificate: CertificateDer<'static>,
}

/// A fresh certificate for these host names, signed by itself.
///
/// # Errors
///
/// If a name cannot stand in a certificate.
pub fn identity(names: &[&str]) -> Result<Identity, Failure> {
    let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names)?;
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let certificate = cert.der().clone();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)?;
    Ok(Identity {
        end: TlsEnd::Server(Arc::new(config)),
        certificate,
    })
}

/// A client that expects `name` and trusts this certificate alone.
///
/// # Errors
///
/// If `name` is no host name or the certificate cannot be read.
pub fn trusting(name: &str, certificate: CertificateDer<'static>) -> Result<TlsEnd, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate)?;
    trusting_roots(name, roots)
}

fn trusting_roots(name: &str, roots: RootCertStore) -> Result<TlsEnd, Failure> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsEnd::Client(
        Arc::new(config),
        ServerName::try_from(name.to_owned())?,
    ))
}

/// A client that expects `name` and trusts whom this system trusts; the environment variable
/// `SSL_CERT_FILE` names other certificates to trust.
///
/// # Errors
///
/// If `name` is neither a host name nor an address, or nobody is trusted.
pub fn trusting_the_system(name: &str) -> Result<TlsEnd, Failure> {
    let mut roots = RootCertStore::empty();
    let (usable, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if usable == 0 {
        return Err("this system has no certificates to trust".into());
    }
    trusting_roots(name, roots)
}

/// A client that takes any certificate: safe against listeners, not against impostors.
///
/// # Errors
///
/// If `name` is neither a host name nor an address.
pub fn insecure(name: &str) -> Result<TlsEnd, Failure> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        .with_no_client_auth();
    Ok(TlsEnd::Client(
        Arc::new(config),
        ServerName::try_from(name.to_owned())?,
    ))
}

/// Checks that the peer holds the key of the certificate it shows, and nothing else.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
