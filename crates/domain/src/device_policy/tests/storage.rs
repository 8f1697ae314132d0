//! First policies, and the layout in which policies are stored.

use countersign_desktop_protocol::Development;
use countersign_desktop_protocol::rp::RpId;
use serde_json::Value;

use super::super::PolicyDocument;
use crate::stored;

/// The stored form, indented.
pub(super) fn pretty(document: &PolicyDocument) -> String {
    let text = stored::device_policy::write(document).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn the_policy_of_a_new_environment() {
    let document = PolicyDocument::of_new_environment();
    let on: Vec<&str> = methods(&document)
        .into_iter()
        .filter_map(|(name, on)| on.then_some(name))
        .collect();
    assert_eq!(
        on,
        ["email", "mobile", "totp", "fido2", "pingIdDesktopGen2"]
    );
    insta::assert_snapshot!(pretty(&document));
}

#[test]
fn the_policy_of_a_quickstart_has_every_method_on() {
    let rp = RpId::parse("localhost", Development::Yes).unwrap();
    let document = PolicyDocument::with_every_method(&rp);
    for (name, on) in methods(&document) {
        assert!(on, "{name}");
    }
    assert_eq!(document.desktop().relying_party_id, Some("localhost"));
}

fn methods(document: &PolicyDocument) -> Vec<(&'static str, bool)> {
    vec![
        ("sms", document.sms.enabled),
        ("voice", document.voice.enabled),
        ("email", document.email.enabled),
        ("whatsApp", document.uses_whats_app()),
        ("mobile", document.mobile.enabled),
        ("totp", document.totp.enabled),
        (
            "fido2",
            document.fido2.as_ref().is_some_and(|method| method.enabled),
        ),
        ("oathToken", document.oath_token.enabled),
        (
            "yubikey",
            document
                .yubikey
                .as_ref()
                .is_some_and(|method| method.enabled),
        ),
        (
            "desktop",
            document
                .legacy_desktop
                .as_ref()
                .is_some_and(|method| method.token.enabled),
        ),
        ("pingIdDesktopGen2", document.desktop().enabled),
    ]
}

#[test]
fn documents_of_newer_layouts_are_refused() {
    let text = stored::device_policy::write(&PolicyDocument::of_new_environment()).unwrap();
    assert!(text.starts_with(r#"{"v":1,"#));
    for broken in [
        "",
        "{}",
        &text.replacen("\"v\":1", "\"v\":2", 1),
        &text.replacen("sms", "smz", 1),
    ] {
        assert!(stored::device_policy::read(broken).is_err(), "{broken}");
    }
}
