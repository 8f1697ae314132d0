//! How a client says who it is at the token endpoint (RFC 6749 §2.3.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_engine::oauth::{ClientCredentials, ClientMethod};
use http::{HeaderMap, header};

use super::form::TokenForm;

/// What a request says about its client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// Nothing.
    None,
    /// Id and secret, in every reading of them: first as the RFC has it, then as many clients do it.
    Known(Vec<Sent>),
    /// An `Authorization` header that holds none.
    BadBasic,
    /// Two ways at once.
    Twice,
}

/// An id and a secret as sent.
#[derive(PartialEq, Eq)]
pub(super) struct Sent {
    method: ClientMethod,
    id: String,
    secret: String,
}

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sent")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl Sent {
    /// The client id as sent.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// For the engine.
    pub(super) fn into_credentials(self) -> ClientCredentials {
        ClientCredentials::new(self.method, self.id, self.secret)
    }
}

/// Reads header and form.
pub(super) fn read(headers: &HeaderMap, form: &TokenForm<'_>) -> Client {
    let in_form = form.get("client_secret").is_some();
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return match (form.get("client_id"), form.get("client_secret")) {
            (id, Some(secret)) => Client::Known(vec![Sent {
                method: ClientMethod::Post,
                id: id.unwrap_or_default().to_owned(),
                secret: secret.to_owned(),
            }]),
            (_, None) => Client::None,
        };
    };
    if in_form || form.get("client_assertion").is_some() || values.next().is_some() {
        return Client::Twice;
    }
    let Some(sent) = value.to_str().ok().and_then(basic) else {
        return Client::BadBasic;
    };
    // With Basic, the id may stand in the form too only if it is the same.
    match form.get("client_id") {
        Some(id) if !sent.iter().any(|sent| sent.id == id) => Client::Twice,
        _ => Client::Known(sent),
    }
}

/// The readings of a `Basic` header: id and secret form-decoded, and as they are where that differs.
fn basic(value: &str) -> Option<Vec<Sent>> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim_matches(' ')).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let sent = |id: String, secret: String| Sent {
        method: ClientMethod::Basic,
        id,
        secret,
    };
    let mut readings = Vec::with_capacity(2);
    if let (Some(id), Some(secret)) = (form_decode(id), form_decode(secret)) {
        readings.push(sent(id, secret));
    }
    let raw = sent(id.to_owned(), secret.to_owned());
    if !readings.contains(&raw) {
        readings.push(raw);
    }
    Some(readings)
}

/// Decodes one form-encoded value; `None` when it is not one.
fn form_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn client(authorization: Option<&str>, form: &str) -> Client {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        read(&headers, &TokenForm::parse(form.as_bytes()).unwrap())
    }

    fn basic_of(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn known(method: ClientMethod, pairs: &[(&str, &str)]) -> Client {
        let sent = |(id, secret): &(&str, &str)| Sent {
            method,
            id: (*id).to_owned(),
            secret: (*secret).to_owned(),
        };
        Client::Known(pairs.iter().map(sent).collect())
    }

    #[test]
    fn the_ways_to_say_it() {
        use ClientMethod::{Basic, Post};
        assert_eq!(client(None, "grant_type=x"), Client::None);
        assert_eq!(client(None, "client_id=a"), Client::None);
        assert_eq!(
            client(None, "client_id=a&client_secret=b"),
            known(Post, &[("a", "b")])
        );
        assert_eq!(
            client(Some(&basic_of("a:b")), ""),
            known(Basic, &[("a", "b")])
        );
        assert_eq!(
            client(Some(&basic_of("a:b:c")), ""),
            known(Basic, &[("a", "b:c")])
        );
        assert_eq!(
            client(Some(&basic_of("a:b").replace("Basic", "bAsIc")), ""),
            known(Basic, &[("a", "b")])
        );
        assert_eq!(
            client(Some(&basic_of("a:b%2Bc")), ""),
            known(Basic, &[("a", "b+c"), ("a", "b%2Bc")])
        );
        assert_eq!(
            client(Some(&basic_of("a:b+c")), ""),
            known(Basic, &[("a", "b c"), ("a", "b+c")])
        );
        assert_eq!(
            client(Some(&basic_of("a:b%zz")), ""),
            known(Basic, &[("a", "b%zz")])
        );
        assert_eq!(
            client(Some(&basic_of("a:b")), "client_id=a"),
            known(Basic, &[("a", "b")])
        );
    }

    #[test]
    fn what_is_no_way_to_say_it() {
        assert_eq!(client(Some(&basic_of("a:b")), "client_id=c"), Client::Twice);
        assert_eq!(
            client(Some(&basic_of("a:b")), "client_id=a&client_secret=b"),
            Client::Twice
        );
        assert_eq!(
            client(Some(&basic_of("a:b")), "client_assertion=x"),
            Client::Twice
        );
        for bad in [
            "Basic",
            "Basic !!!",
            "Basic YWI",
            "Bearer abc",
            "Basic YWI=",
            "",
        ] {
            assert_eq!(client(Some(bad), ""), Client::BadBasic, "{bad}");
        }
    }
}
