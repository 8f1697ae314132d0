//! Request media types. On one URL and method, the media type alone says which action is meant.

/// What all vendor types begin with.
pub const VENDOR_PREFIX: &str = "application/vnd.pingidentity.";

/// The media type of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// A vendor type that selects an action.
    Action(Action),
    /// Anything else.
    Other,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// The actions that vendor media types select.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)+
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The part between the vendor prefix and `+json`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// The whole media type, with `+json`.
            pub const fn media_type(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("application/vnd.pingidentity.", $text, "+json"),)+
                }
            }
        }
    };
}

actions! {
    /// Activate a device.
    DeviceActivate = "device.activate",
    /// Send a new pairing code.
    DeviceSendActivationCode = "device.sendActivationCode",
    /// Block a device.
    DeviceBlock = "device.block",
    /// Unblock a device.
    DeviceUnblock = "device.unblock",
    /// End the lock of a device.
    DeviceUnlock = "device.unlock",
    /// Set the order of a user's devices.
    DevicesReorder = "devices.reorder",
    /// Remove the order of a user's devices.
    DevicesOrderRemove = "devices.order.remove",
    /// Bring an OATH token back into step.
    DeviceResync = "device.resync",
    /// Choose the device of an authentication.
    DeviceSelect = "device.select",
    /// Check a passcode.
    OtpCheck = "otp.check",
    /// Check an assertion.
    AssertionCheck = "assertion.check",
    /// Withdraw a push.
    CancelPushAuthentication = "cancel.push.authentication",
    /// Check a remembered device.
    PayloadCheck = "payload.check",
    /// Turn a policy's legacy FIDO methods into FIDO2.
    PolicyFido2Migrate = "deviceAuthenticationPolicy.fido2.migrate",
    /// Create OATH tokens in bulk.
    OathTokensCreate = "job.oathtokens.create",
    /// Revoke OATH tokens in bulk.
    OathTokensRevoke = "job.oathtokens.revoke",
    /// Create a user with credentials.
    UserImport = "user.import",
    /// Patch a user in SCIM form.
    UserScimPatch = "user.scim.patch",
    /// Lock an account.
    AccountLock = "account.lock",
    /// Unlock an account.
    AccountUnlock = "account.unlock",
}

/// Reads a `Content-Type`. Parameters are dropped, letter case does not matter, and a vendor type may
/// stand with or without `+json`. Anything that is not known is [`MediaType::Other`].
pub fn parse(content_type: &str) -> MediaType {
    let essence = content_type.split(';').next().unwrap_or_default();
    let essence = essence.trim_matches([' ', '\t']);
    if essence.eq_ignore_ascii_case("application/json") {
        return MediaType::Json;
    }
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return MediaType::Form;
    }
    let Some((prefix, name)) = essence.split_at_checked(VENDOR_PREFIX.len()) else {
        return MediaType::Other;
    };
    if !prefix.eq_ignore_ascii_case(VENDOR_PREFIX) {
        return MediaType::Other;
    }
    let name = match name
        .len()
        .checked_sub("+json".len())
        .and_then(|at| name.split_at_checked(at))
    {
        Some((name, suffix)) if suffix.eq_ignore_ascii_case("+json") => name,
        _ => name,
    };
    Action::ALL
        .iter()
        .find(|action| action.name().eq_ignore_ascii_case(name))
        .map_or(MediaType::Other, |action| MediaType::Action(*action))
}

/// Entry for the fuzzer: parses `data` as a `Content-Type` and checks what must hold of any input.
///
/// # Panics
/// When the parser breaks one of its promises; that is what the fuzzer looks for.
pub fn fuzz_media_type(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let parsed = parse(text);
    assert_eq!(
        parse(&text.to_ascii_uppercase()),
        parsed,
        "letter case must not matter"
    );
    assert_eq!(
        parse(&format!("{text};charset=UTF-8")),
        parsed,
        "parameters must not matter"
    );
    if let MediaType::Action(action) = parsed {
        assert_eq!(
            parse(action.media_type()),
            parsed,
            "the printed form means the same"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_spellings() {
        use MediaType::{Form, Json, Other};
        let activate = MediaType::Action(Action::DeviceActivate);
        for (text, expected) in [
            ("application/json", Json),
            ("Application/JSON; charset=UTF-8", Json),
            ("application/json;charset=utf-8", Json),
            (" application/json ", Json),
            ("application/x-www-form-urlencoded", Form),
            (
                "application/vnd.pingidentity.device.activate+json",
                activate,
            ),
            ("application/vnd.pingidentity.device.activate", activate),
            (
                "APPLICATION/VND.PINGIDENTITY.DEVICE.ACTIVATE+JSON",
                activate,
            ),
            (
                "application/vnd.pingidentity.device.activate+json;charset=UTF-8",
                activate,
            ),
            (
                "application/vnd.pingidentity.device.activate+json ; a=b ; c",
                activate,
            ),
            ("", Other),
            (";", Other),
            ("text/plain", Other),
            ("application/hal+json", Other),
            ("application/json, text/plain", Other),
            ("application/vnd.pingidentity.", Other),
            ("application/vnd.pingidentity.+json", Other),
            ("application/vnd.pingidentity.device.activate+xml", Other),
            (
                "application/vnd.pingidentity.device.activate+json+json",
                Other,
            ),
            ("application/vnd.pingidentity.device.activated", Other),
            ("application/vnd.pingidentitydevice.activate+json", Other),
            ("application/vnd.pingidentit\u{e9}.device.activate", Other),
        ] {
            assert_eq!(parse(text), expected, "{text:?}");
            fuzz_media_type(text.as_bytes());
        }
    }

    #[test]
    fn every_action_is_found_by_both_of_its_names() {
        for action in Action::ALL {
            let with = action.media_type();
            assert_eq!(parse(with), MediaType::Action(*action));
            assert_eq!(
                parse(with.trim_end_matches("+json")),
                MediaType::Action(*action)
            );
        }
    }
}
