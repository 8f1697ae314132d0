//! Making connections, with TLS as the URL says.

use std::{fmt, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::errors::from_postgres;
use crate::{
    StorageError,
    url::{PostgresPlace, TlsMode},
};

/// How long making one connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// Knows how to reach the server.
pub(super) struct Connector {
    pub(super) config: tokio_postgres::Config,
    /// None for `sslmode=disable`.
    pub(super) tls: Option<MakeRustlsConnect>,
    /// Sent first on every connection.
    settings: String,
}

impl Connector {
    pub(super) fn new(place: &PostgresPlace, lock_timeout: Duration) -> Result<Self, StorageError> {
        let mut config = place.config.clone();
        if config.get_application_name().is_none() {
            config.application_name("countersign");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        let tls = match place.tls {
            TlsMode::Disable => None,
            TlsMode::Prefer | TlsMode::Require => Some(MakeRustlsConnect::new(unverified()?)),
            TlsMode::VerifyFull => Some(MakeRustlsConnect::new(verified(place)?)),
        };
        Ok(Self {
            config,
            tls,
            settings: settings(lock_timeout),
        })
    }

    /// Makes a connection; it lives as long as the client.
    pub(super) async fn connect(&self) -> Result<Client, StorageError> {
        let client = match &self.tls {
            None => {
                let (client, connection) = self
                    .config
                    .connect(NoTls)
                    .await
                    .map_err(unreachable_server)?;
                tokio::spawn(watch(connection));
                client
            }
            Some(tls) => {
                let (client, connection) = self
                    .config
                    .connect(tls.clone())
                    .await
                    .map_err(unreachable_server)?;
                tokio::spawn(watch(connection));
                client
            }
        };
        client
            .batch_execute(&self.settings)
            .await
            .map_err(from_postgres)?;
        Ok(client)
    }
}

/// No sequential scans: see the settings of the readers.
/// `synchronous_commit` is only ever raised: a cluster may ask for more than "on".
fn settings(lock_timeout: Duration) -> String {
    let lock_timeout = lock_timeout.as_millis().max(1);
    format!(
        "SET lock_timeout = {lock_timeout};
         SET idle_in_transaction_session_timeout = '60s';
         SET jit = off;
         SET enable_seqscan = off;
         SELECT set_config('synchronous_commit', 'on', false)
          WHERE current_setting('synchronous_commit') = 'off'"
    )
}

async fn watch(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::warn!(%error, "connection to PostgreSQL lost");
    }
}

/// A server that refuses the log-in is an operator's matter and says why; everything else may pass.
fn unreachable_server(error: tokio_postgres::Error) -> StorageError {
    match from_postgres(error) {
        StorageError::Engine { message, .. } => StorageError::Unavailable(message),
        other => other,
    }
}

fn verified(place: &PostgresPlace) -> Result<ClientConfig, StorageError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = &place.root_certificates {
        let unreadable =
            |reason: String| StorageError::Url(format!("sslrootcert {}: {reason}", path.display()));
        let certificates =
            CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| unreadable(error.to_string()))?;
        }
    } else {
        // Single roots that cannot be read are left out; with none at all nothing would verify.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if roots.is_empty() {
        return Err(StorageError::Url(
            "there is no root certificate to verify the server with: give sslrootcert".to_owned(),
        ));
    }
    Ok(builder()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn unverified() -> Result<ClientConfig, StorageError> {
    let verifier = Arc::new(AnyCertificate(aws_lc_rs::default_provider()));
    Ok(builder()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, StorageError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    // The defaults are TLS 1.2 and 1.3, which the provider has.
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    builder.map_err(|error| StorageError::Url(format!("TLS cannot be set up: {error}")))
}

/// Takes any certificate, as `prefer` and `require` say: protects against listening, not against a
/// false server. (With SCRAM and `channel_binding=require` the password still proves the server.)
struct AnyCertificate(CryptoProvider);

impl fmt::Debug for AnyCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyCertificate")
    }
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
