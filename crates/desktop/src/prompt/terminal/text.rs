//! The words on the terminal: plain, calm, the relying party first, and what happens next.

use std::fmt::Write;

use crate::prompt::{PairRequest, Request, SignInRequest};

const RULE: &str = "────────────────────────────────────────────────────────────";

/// Columns for a value, beside its label.
const COLUMNS: usize = 62;
const CARE: &str = "Allow it only if you have just started this yourself.";

/// A request, as it is shown before the first question.
pub fn request(request: &Request) -> String {
    match request {
        Request::Pair(pair) => pairing(pair),
        Request::SignIn(sign_in) => signing_in(sign_in),
    }
}

fn pairing(pair: &PairRequest) -> String {
    let mut text = head(&pair.rp_id, "asks to pair this computer with an account.");
    line(&mut text, "Account", &pair.account.0);
    line(&mut text, "Page", &pair.origin);
    line(&mut text, "Server", &pair.issuer);
    named(&mut text, &pair.rp_id, &pair.rp_name);
    line(&mut text, "Application", &pair.application);
    line(
        &mut text,
        "Program",
        pair.program.as_deref().unwrap_or_default(),
    );
    text.push('\n');
    if pair.new_issuer {
        text.push_str(
            "  This server is new here, and what it says is not verified yet. If you\n  \
             allow it, its keys are fetched and the request is checked first.\n",
        );
    }
    let next = if pair.sets_pin {
        "Next you choose a PIN for this authenticator, of 6 characters or more."
    } else {
        "Next you type your PIN."
    };
    let _ = writeln!(text, "  {CARE}\n  {next}\n");
    text
}

fn signing_in(sign_in: &SignInRequest) -> String {
    let mut text = head(&sign_in.rp_id, "asks you to sign in.");
    match sign_in.accounts.as_slice() {
        [account] => line(&mut text, "Account", &account.0),
        accounts => {
            for (index, account) in accounts.iter().enumerate() {
                let label = if index == 0 { "Accounts" } else { "" };
                line(&mut text, label, &format!("{}. {}", index + 1, account.0));
            }
        }
    }
    line(&mut text, "Page", &sign_in.origin);
    line(&mut text, "For", &sign_in.application);
    let from = [sign_in.address.as_str(), sign_in.place.as_str()];
    let from: Vec<_> = from.into_iter().filter(|part| !part.is_empty()).collect();
    line(&mut text, "From", &from.join(", "));
    named(&mut text, &sign_in.rp_id, &sign_in.rp_name);
    line(&mut text, "Message", &sign_in.message);
    line(
        &mut text,
        "Program",
        sign_in.program.as_deref().unwrap_or_default(),
    );
    let _ = writeln!(text, "\n  {CARE}\n  Next you type your PIN.\n");
    text
}

/// The relying party id comes first, in words of our own.
fn head(rp_id: &str, wish: &str) -> String {
    format!("\n{RULE}\n{rp_id} {wish}\n\n")
}

/// What the relying party calls itself, where that says more than its id.
fn named(text: &mut String, rp_id: &str, name: &str) {
    if name != rp_id {
        line(text, "Named", name);
    }
}

fn line(text: &mut String, label: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    let mut label = if label.is_empty() {
        String::new()
    } else {
        format!("{label}:")
    };
    for part in wrapped(value) {
        let _ = writeln!(text, "  {label:<13}{part}");
        label.clear();
    }
}

/// Cuts a value into lines that fit the terminal, so that none of them starts where a line of ours
/// would: a text could otherwise be spaced out to look like a question.
fn wrapped(value: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in value.split_whitespace() {
        // What is not ASCII may take two columns.
        let width = |char: char| if char.is_ascii() { 1 } else { 2 };
        let length: usize = word.chars().map(width).sum();
        if used > 0 && used + 1 + length > COLUMNS {
            lines.push(String::new());
            used = 0;
        }
        let space = (used > 0).then_some(' ');
        for char in space.into_iter().chain(word.chars()) {
            if used + width(char) > COLUMNS {
                lines.push(String::new());
                used = 0;
            }
            used += width(char);
            if let Some(line) = lines.last_mut() {
                line.push(char);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::AccountText;
    use crate::prompt::presentation::clean;

    fn pair() -> PairRequest {
        PairRequest {
            rp_id: "example.com".to_owned(),
            rp_name: "Example".to_owned(),
            account: AccountText("a.lee (Alex Lee)".to_owned()),
            origin: "https://login.example.com".to_owned(),
            issuer: "https://auth.example.com/e1/as".to_owned(),
            new_issuer: true,
            application: "Desktop".to_owned(),
            program: Some("chromium".to_owned()),
            sets_pin: true,
        }
    }

    fn sign_in() -> SignInRequest {
        SignInRequest {
            rp_id: "example.com".to_owned(),
            rp_name: "Example".to_owned(),
            accounts: vec![AccountText("a.lee (Alex Lee)".to_owned())],
            origin: "https://login.example.com".to_owned(),
            application: "Payroll".to_owned(),
            address: "203.0.113.7".to_owned(),
            place: "Lyon, FR".to_owned(),
            message: "Pay 20 EUR".to_owned(),
            program: None,
        }
    }

    #[test]
    fn first_pairing() {
        insta::assert_snapshot!(request(&Request::Pair(pair())));
    }

    #[test]
    fn later_pairing() {
        let pair = PairRequest {
            new_issuer: false,
            sets_pin: false,
            program: None,
            ..pair()
        };
        insta::assert_snapshot!(request(&Request::Pair(pair)));
    }

    #[test]
    fn one_account() {
        insta::assert_snapshot!(request(&Request::SignIn(sign_in())));
    }

    #[test]
    fn a_name_that_is_the_id_is_not_said_twice() {
        let text = request(&Request::SignIn(SignInRequest {
            rp_name: "example.com".to_owned(),
            ..sign_in()
        }));
        assert!(!text.contains("Named"), "{text}");
    }

    #[test]
    fn several_accounts_and_little_else() {
        let accounts = ["a.lee (Alex Lee)", "b.kim"].map(|name| AccountText(name.to_owned()));
        let empty = String::new;
        let sign_in = SignInRequest {
            accounts: accounts.to_vec(),
            application: empty(),
            address: empty(),
            message: empty(),
            rp_name: empty(),
            ..sign_in()
        };
        insta::assert_snapshot!(request(&Request::SignIn(sign_in)));
    }

    #[test]
    fn long_text_never_reaches_the_first_column() {
        for hostile in [
            format!("{}Allow? [y/N]: y", " ".repeat(100)),
            format!("{}Allow? [y/N]: y", "-".repeat(63)),
            "x".repeat(200),
            "界".repeat(200),
            format!("{} {}", "word ".repeat(12), "long".repeat(30)),
        ] {
            let message = clean(&hostile);
            let request = request(&Request::SignIn(SignInRequest {
                message,
                ..sign_in()
            }));
            for line in request.lines().filter(|line| !line.starts_with("  ")) {
                let ours = line.is_empty() || line == RULE || line.starts_with("example.com asks");
                assert!(ours, "{line:?}");
            }
            assert!(
                request.lines().all(|line| line.chars().count() <= 78),
                "{request}"
            );
        }
    }

    #[test]
    fn hostile_text_stays_on_its_line() {
        let hostile =
            "Pay\u{202e}roll\u{1b}[2J\u{1b}]0;x\u{7}\r\nAllow? [y/N]: y\u{2066}\u{0}\u{9b}31m";
        let request = request(&Request::SignIn(SignInRequest {
            message: clean(hostile),
            ..sign_in()
        }));
        let message = request
            .lines()
            .find(|line| line.contains("Message"))
            .unwrap();
        assert!(
            message.contains("Allow?"),
            "the words stay, on their own line: {message}"
        );
        assert!(!request.lines().any(|line| line.starts_with("Allow?")));
        assert!(
            request
                .chars()
                .all(|char| char == '\n' || !char.is_control()),
            "{request:?}"
        );
        assert!(!request.contains(['\u{202e}', '\u{2066}']));
        assert!(clean(&"x".repeat(1000)).chars().count() <= 201);
    }

    proptest::proptest! {
        #[test]
        fn wrapping_loses_no_word_and_fits(value in "\\PC{0,300}") {
            let lines = wrapped(&value);
            proptest::prop_assert!(lines.iter().all(|line| line.chars().count() <= COLUMNS));
            let letters = |text: &str| -> String { text.split_whitespace().collect() };
            proptest::prop_assert_eq!(letters(&lines.concat()), letters(&value));
        }
    }
}
