//! A certificate authority for one data folder of quickstart, so that HTTPS works on a developer's
//! machine: made once, its certificate can be given to clients (`curl --cacert`).
//!
//! The certificate of the listener is made anew at every start and never stored.

use std::sync::Arc;

use anyhow::Context;
use countersign_crypto::time::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::folder::Folder;

/// The certificate of the authority, in the data folder.
pub const CERTIFICATE: &str = "development-ca.pem";
/// Its key.
pub const KEY: &str = "development-ca.key";
/// Life of the authority, in days.
const CA_DAYS: i64 = 3650;
/// Life of a listener's certificate, in days; browsers refuse more than 398.
const LEAF_DAYS: i64 = 90;
const SECONDS_A_DAY: i64 = 86_400;

/// A TLS configuration for these names, with a certificate of the folder's authority, which is made
/// if there is none.
///
/// # Errors
/// When files cannot be read or written, or a name cannot stand in a certificate.
pub fn server_config(
    folder: &Folder,
    names: &[String],
    now: Timestamp,
) -> anyhow::Result<Arc<ServerConfig>> {
    let authority = authority(folder, now)?;
    let key = KeyPair::generate().context("cannot make a key")?;
    let mut params = CertificateParams::new(names.to_vec())
        .with_context(|| format!("no certificate can be made for {}", names.join(", ")))?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Countersign (development)");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    valid_for(&mut params, now, LEAF_DAYS)?;
    let leaf = params
        .signed_by(&key, &authority)
        .context("cannot sign a certificate")?;
    let chain = vec![CertificateDer::from(leaf.der().to_vec())];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    super::server_config(chain, key)
}

fn authority(folder: &Folder, now: Timestamp) -> anyhow::Result<Issuer<'static, KeyPair>> {
    let key = match folder.read_text(KEY)? {
        Some(pem) => KeyPair::from_pem(&pem)
            .with_context(|| format!("{} holds no key", folder.file(KEY).display()))?,
        None => {
            let key = KeyPair::generate().context("cannot make a key")?;
            folder.replace(KEY, key.serialize_pem().as_bytes())?;
            key
        }
    };
    let params = authority_params(&key, now)?;
    // The certificate is for clients only; the key decides who the authority is.
    if folder.read_text(CERTIFICATE)?.is_none() {
        let certificate = params
            .self_signed(&key)
            .context("cannot sign a certificate")?;
        folder.replace(CERTIFICATE, certificate.pem().as_bytes())?;
    }
    Ok(Issuer::new(params, key))
}

fn authority_params(key: &KeyPair, now: Timestamp) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::default();
    // Two folders make two authorities; a client may trust both, so their names differ.
    let fingerprint = countersign_crypto::hash::sha256(key.public_key_raw());
    let tail = countersign_crypto::encoding::base64url(fingerprint.get(..6).unwrap_or_default());
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(
        DnType::CommonName,
        format!("Countersign development CA {tail}"),
    );
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid_for(&mut params, now, CA_DAYS)?;
    Ok(params)
}

/// From the beginning of the day before (UTC) for so many days.
fn valid_for(params: &mut CertificateParams, now: Timestamp, days: i64) -> anyhow::Result<()> {
    let (year, month, day) = date(now.plus_seconds(-SECONDS_A_DAY))?;
    params.not_before = rcgen::date_time_ymd(year, month, day);
    let (year, month, day) = date(now.plus_seconds(days * SECONDS_A_DAY))?;
    params.not_after = rcgen::date_time_ymd(year, month, day);
    Ok(())
}

fn date(at: Timestamp) -> anyhow::Result<(i32, u8, u8)> {
    let text = at.to_rfc3339_millis();
    let mut parts = text.split(['-', 'T']);
    let mut next = || parts.next().and_then(|part| part.parse::<i32>().ok());
    let (Some(year), Some(month), Some(day)) = (next(), next(), next()) else {
        anyhow::bail!("the clock shows no usable date: {text}");
    };
    Ok((year, u8::try_from(month)?, u8::try_from(day)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_790_000_000);

    #[test]
    fn the_authority_stays_the_same() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::create(&base.path().join("data")).unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        server_config(&folder, &names, NOW).unwrap();
        let first = folder.read_text(CERTIFICATE).unwrap().unwrap();
        server_config(&folder, &names, NOW.plus_seconds(1_000_000)).unwrap();
        assert_eq!(folder.read_text(CERTIFICATE).unwrap().unwrap(), first);
        assert!(first.starts_with("-----BEGIN CERTIFICATE-----"));
        assert!(server_config(&folder, &["not a name\u{e4}".to_owned()], NOW).is_err());
    }

    #[test]
    fn dates() {
        assert_eq!(date(NOW).unwrap(), (2026, 9, 21));
    }
}
