//! Origins and relying party ids.

use countersign_desktop_protocol::Development;
use countersign_desktop_protocol::origin::{Origin, allowed};
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::site::{registrable, same_site};

/// Reads the first line of the bytes as an origin and the second as a relying party id (without a
/// second line, the first as both).
///
/// # Panics
/// When it finds a fault.
pub fn fuzz_origin(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (first, second) = text.split_once('\n').unwrap_or((text, text));
    let rp = RpId::parse(second, Development::Yes).ok();
    if let Some(rp) = &rp {
        assert_eq!(
            rp.as_str(),
            second,
            "a relying party id is read as it is written"
        );
        assert_eq!(rp.as_str(), rp.as_str().to_ascii_lowercase());
        let production = RpId::parse(second, Development::No);
        assert_eq!(production.is_ok(), !rp.is_localhost());
    }
    let Ok(origin) = Origin::parse(first) else {
        assert!(Origin::parse_exact(first).is_err());
        return;
    };
    let shown = origin.to_string();
    assert_eq!(
        Origin::parse_exact(&shown).as_ref(),
        Ok(&origin),
        "shown and read again"
    );
    assert!(!shown.contains('@') && shown.is_ascii());
    assert!(
        same_site(&origin, &origin, Development::No)
            || registrable(&origin).is_none()
            || !origin.is_https()
            || origin.is_loopback_host()
    );
    let Some(rp) = rp else {
        return;
    };
    let host = origin.host();
    let by_label = host == rp.as_str() || host.ends_with(&format!(".{rp}"));
    assert_eq!(origin.within(&rp), by_label);
    if allowed(&origin, &rp, &[], Development::No).is_ok() {
        assert!(origin.is_https() && by_label && !rp.is_localhost());
    }
    if allowed(&origin, &rp, &[], Development::Yes).is_ok() && !origin.is_https() {
        assert!(origin.is_loopback_host() && rp.is_localhost());
    }
    assert!(
        allowed(&origin, &rp, std::slice::from_ref(&origin), Development::No).is_ok()
            == allowed(&origin, &rp, &[], Development::No).is_ok()
    );
}
