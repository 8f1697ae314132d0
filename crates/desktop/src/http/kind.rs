//! Every failure answer, in one table. The page author's side of it is `docs/desktop-api.md`.

use http::StatusCode;

/// Makes the enum, the list of its variants and the table from one row each.
macro_rules! table {
    ($($(#[$doc:meta])* $kind:ident $status:ident $code:literal $message:literal)*) => {
        /// A row of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every row, for tests and documentation.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Status, code and default message.
            pub const fn row(self) -> (StatusCode, &'static str, &'static str) {
                match self {
                    $(Self::$kind => (StatusCode::$status, $code, $message),)*
                }
            }
        }
    };
}

table! {
    /// Not a compact JWS, bad encoding, bad JSON, a duplicate member, a missing or second `Origin`.
    InvalidRequest BAD_REQUEST "INVALID_REQUEST"
        "The request is not well formed."
    /// A method that the path does not have; comes with `Allow`.
    MethodNotAllowed METHOD_NOT_ALLOWED "INVALID_REQUEST"
        "This path does not have this method."
    /// Not `application/jwt`.
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "INVALID_REQUEST"
        "The content type has to be application/jwt."
    /// Signature, algorithm, type, audience, `crit`, claim type or lifetime is wrong.
    InvalidToken BAD_REQUEST "INVALID_TOKEN"
        "The token was not accepted."
    /// None of the offered algorithms can be made.
    UnsupportedAlgorithm BAD_REQUEST "UNSUPPORTED_ALGORITHM"
        "None of the offered algorithms is available."
    /// The issuer is not trusted, or its metadata contradicts it.
    UntrustedIssuer UNAUTHORIZED "UNTRUSTED_ISSUER"
        "The issuer of the request is not trusted."
    /// The origin is not one that this request may come from.
    OriginNotAllowed FORBIDDEN "ORIGIN_NOT_ALLOWED"
        "The page may not make this request."
    /// The relying party id is not one that can be used here.
    RpNotAllowed FORBIDDEN "RP_NOT_ALLOWED"
        "The relying party cannot be used here."
    /// The connection belongs to another OS user.
    WrongOsUser FORBIDDEN "WRONG_OS_USER"
        "The request comes from another user of this computer."
    /// The person said no.
    UserDeclined FORBIDDEN "USER_DECLINED"
        "The person declined the request."
    /// The PIN was wrong.
    VerificationFailed FORBIDDEN "VERIFICATION_FAILED"
        "The person could not be verified."
    /// No such path.
    NotFound NOT_FOUND "NOT_FOUND"
        "There is nothing at this path."
    /// None of the allowed credentials is here.
    NoCredential NOT_FOUND "NO_CREDENTIAL"
        "No fitting credential is on this computer."
    /// Nobody answered in time.
    UserTimeout REQUEST_TIMEOUT "USER_TIMEOUT"
        "Nobody answered in time."
    /// The request was used before.
    RequestReplayed CONFLICT "REQUEST_REPLAYED"
        "The request was used before."
    /// This computer is paired already.
    AlreadyRegistered CONFLICT "ALREADY_REGISTERED"
        "This computer is paired already."
    /// The demanded key protection or evidence cannot be given.
    KeyProtectionUnavailable CONFLICT "KEY_PROTECTION_UNAVAILABLE"
        "The demanded key protection or evidence is not available."
    /// Nobody can be asked.
    VerificationUnavailable CONFLICT "VERIFICATION_UNAVAILABLE"
        "The person cannot be asked on this computer now."
    /// The request is too old.
    RequestExpired GONE "REQUEST_EXPIRED"
        "The request has expired."
    /// The request comes from the future.
    ClockSkew GONE "CLOCK_SKEW"
        "The request comes from the future: one of the clocks is wrong."
    /// The body is too large.
    TooLarge PAYLOAD_TOO_LARGE "TOO_LARGE"
        "The request is too large."
    /// The `Host` is not a loopback one with the right port.
    WrongHost MISDIRECTED_REQUEST "WRONG_HOST"
        "The host is not the one of this authenticator."
    /// The PIN is locked.
    Locked LOCKED "LOCKED"
        "The PIN is locked."
    /// A request is under way, or there were too many.
    Busy TOO_MANY_REQUESTS "BUSY"
        "The authenticator is busy or was asked too often."
    /// The key store failed.
    KeystoreFailure INTERNAL_SERVER_ERROR "KEYSTORE_FAILURE"
        "The key store failed."
    /// The issuer's keys can neither be fetched nor found in the cache.
    IssuerUnreachable SERVICE_UNAVAILABLE "ISSUER_UNREACHABLE"
        "The issuer's keys cannot be had now."
}

impl Kind {
    /// The code alone.
    pub const fn code(self) -> &'static str {
        self.row().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_an_error_of_its_own() {
        let mut seen = std::collections::HashSet::new();
        for kind in Kind::ALL {
            let (status, code, message) = kind.row();
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{kind:?}"
            );
            assert!(seen.insert((status, code)), "{kind:?} is there twice");
            assert!(message.ends_with('.'));
        }
    }
}
