//! What the person is told when a ceremony ends without an answer.

use crate::http::{Failure, Kind};
use crate::prompt::Reason;

/// The last words.
pub(super) fn closing(failure: &Failure, reason: Option<Reason>, muted: bool) -> String {
    if let Some(reason) = reason {
        return withdrawn(reason).to_owned();
    }
    let text = match failure.kind {
        Kind::UserDeclined if muted => {
            "Declined. Nothing was signed. This site cannot ask again for 10 minutes."
        }
        Kind::UserDeclined => "Declined. Nothing was signed.",
        Kind::VerificationFailed => "Nothing was signed. Start again on the page.",
        Kind::InvalidToken | Kind::UntrustedIssuer => {
            "The server could not be verified. Nothing was kept."
        }
        Kind::IssuerUnreachable => {
            "The server's keys could not be fetched. Nothing was kept. Try again later."
        }
        Kind::KeyProtectionUnavailable => {
            "The server asks for a key protection that this computer does not have. Nothing was kept."
        }
        Kind::NoCredential => "The account is no longer on this computer. Nothing was signed.",
        Kind::Locked => "The PIN is locked. Nothing was signed.",
        Kind::VerificationUnavailable => "You could not be asked. Nothing was signed.",
        Kind::KeystoreFailure => {
            "The key store failed. Nothing was signed. `countersign-desktop doctor` may say why."
        }
        _ => "Nothing was signed.",
    };
    text.to_owned()
}

fn withdrawn(reason: Reason) -> &'static str {
    match reason {
        Reason::TimedOut => "Nobody answered in time. Nothing was signed.",
        Reason::PageClosed => "The page is gone. Nothing was signed.",
        Reason::Displaced => "Another request came first. Nothing was signed.",
        Reason::Stopping => "The authenticator stops. Nothing was signed.",
    }
}
