//! The certificate that a server shows, and its key.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use webpki::EndEntityCert;
use zeroize::Zeroizing;

use crate::args::ServeArgs;
use crate::failure::{Failure, Kind};

/// The files of a certificate and of its key.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    certificate: PathBuf,
    key: PathBuf,
}

impl TlsFiles {
    /// Those that a command line names, if it does, and what they hold.
    pub(crate) fn of(arguments: &ServeArgs) -> Result<Option<(Self, ServerConfig)>, Failure> {
        let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) else {
            return Ok(None);
        };
        let files = Self { certificate: certificate.clone(), key: key.clone() };
        let config = files.load()?;
        Ok(Some((files, config)))
    }

    /// Reads both.
    pub(crate) fn load(&self) -> Result<ServerConfig, Failure> {
        ensure_processor()?;
        let provider = rustls_graviola::default_provider();
        let chain = self.chain()?;
        let key = self.key(&provider)?;
        self.ensure_pair(&provider, &chain, &*key)?;
        let resolver = SingleCertAndKey::from(CertifiedKey::new(chain, key));
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::of(Kind::Store, "no-tls-here", &error))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(resolver));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, Failure> {
        let text =
            fs::read(&self.certificate).map_err(|error| unread(&error, &self.certificate))?;
        let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
        match chain {
            Ok(chain) if !chain.is_empty() => Ok(chain),
            Ok(_) | Err(_) => {
                let message = "there is no certificate in it";
                Err(Failure::new(Kind::Refused, "invalid-tls-certificate", message)
                    .about(&self.certificate)
                    .hint("expected PEM, the server's certificate first and its issuers behind"))
            }
        }
    }

    fn key(&self, provider: &CryptoProvider) -> Result<Arc<dyn SigningKey>, Failure> {
        ensure_private(&self.key)?;
        let text = fs::read(&self.key).map_err(|error| unread(&error, &self.key))?;
        let text = Zeroizing::new(text);
        // What a parser says may show a part of what it read.
        let unfit = |message: &str| {
            let failure = Failure::new(Kind::Refused, "invalid-tls-key", message).about(&self.key);
            failure
                .hint("expected PEM, without a passphrase: ECDSA P-256 or P-384, Ed25519, or RSA")
        };
        let key = PrivateKeyDer::from_pem_slice(&text)
            .map_err(|_| unfit("there is no private key in it that is in clear"))?;
        let key = provider.key_provider.load_private_key(key);
        key.map_err(|_| unfit("its private key is of a kind that is not known"))
    }

    /// The key signs something, and the certificate says whether it is of that key: nothing else
    /// compares them before a device connects.
    fn ensure_pair(
        &self,
        provider: &CryptoProvider,
        chain: &[CertificateDer<'static>],
        key: &dyn SigningKey,
    ) -> Result<(), Failure> {
        let invalid = |error: &dyn std::error::Error| {
            Failure::of(Kind::Refused, "invalid-tls-certificate", error)
                .about(&self.certificate)
                .hint("expected an X.509 certificate of version 3")
        };
        let Some(first) = chain.first() else { return Ok(()) };
        let certificate = EndEntityCert::try_from(first).map_err(|error| invalid(&error))?;
        let mapping = provider.signature_verification_algorithms.mapping;
        let schemes: Vec<_> = mapping.iter().map(|(scheme, _)| *scheme).collect();
        let signed = key.choose_scheme(&schemes).and_then(|signer| {
            let signature = signer.sign(SIGNED).ok()?;
            Some((signer.scheme(), signature))
        });
        let is_pair = signed.is_some_and(|(scheme, signature)| {
            let by = mapping.iter().filter(|(known, _)| *known == scheme);
            by.flat_map(|(_, algorithms)| algorithms.iter())
                .any(|by| certificate.verify_signature(*by, SIGNED, &signature).is_ok())
        });
        if is_pair {
            return Ok(());
        }
        let failure = Failure::new(Kind::Refused, "tls-key-of-another", "it is another key's");
        let hint = format!("expected the certificate of {}", self.key.display());
        Err(failure.about(&self.certificate).hint(&hint))
    }
}

fn unread(error: &io::Error, file: &Path) -> Failure {
    Failure::of(Kind::Store, "no-tls-file", error).about(file)
}

/// Refuses a key that everybody on the machine may read, or write.
fn ensure_private(file: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = fs::metadata(file).map_err(|error| unread(&error, file))?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o007 == 0 {
        return Ok(());
    }
    let message = format!("everybody may read or write it: its mode is {mode:o}, expected 600");
    let failure = Failure::new(Kind::Refused, "tls-key-not-private", message).about(file);
    Err(failure.hint("`chmod 600` it, and think of the key as known"))
}

/// The cryptography is made of instructions that old processors do not have, and ends the program
/// there.
#[cfg(target_arch = "x86_64")]
fn ensure_processor() -> Result<(), Failure> {
    let has_all = is_x86_feature_detected!("aes")
        && is_x86_feature_detected!("pclmulqdq")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("adx")
        && is_x86_feature_detected!("avx")
        && is_x86_feature_detected!("avx2");
    processor(has_all)
}

/// As on x86-64.
#[cfg(target_arch = "aarch64")]
fn ensure_processor() -> Result<(), Failure> {
    use std::arch::is_aarch64_feature_detected;

    let has_all = is_aarch64_feature_detected!("neon")
        && is_aarch64_feature_detected!("aes")
        && is_aarch64_feature_detected!("pmull")
        && is_aarch64_feature_detected!("sha2");
    processor(has_all)
}

fn processor(has_all: bool) -> Result<(), Failure> {
    if has_all {
        return Ok(());
    }
    let message = "this processor is too old for the TLS of this program";
    Err(Failure::new(Kind::Refused, "no-tls-here", message)
        .hint("serve without it, behind a proxy that speaks TLS"))
}

/// Nothing that a handshake signs, of either version.
const SIGNED: &[u8] = b"plugmint: is this the key of that certificate?";
