//! `application/x-www-form-urlencoded` bodies of the token endpoint (RFC 6749 appendix B).

use std::borrow::Cow;

/// A form whose parameters each stand in it once.
#[derive(Debug)]
pub(super) struct TokenForm<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// A parameter stands in the form more than once (RFC 6749 §3.2).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeated;

impl<'a> TokenForm<'a> {
    /// Decodes a form. Parameters without a value count as left out (RFC 6749 §3.2).
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, Repeated> {
        let mut parameters: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::with_capacity(4);
        for (name, value) in url::form_urlencoded::parse(body) {
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(Repeated);
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        (!value.is_empty()).then_some(value.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_once() {
        let form = TokenForm::parse(b"grant_type=client_credentials&scope=&client_secret=a%2Bb+c");
        let form = form.unwrap();
        assert_eq!(form.get("grant_type"), Some("client_credentials"));
        assert_eq!(form.get("scope"), None);
        assert_eq!(form.get("client_secret"), Some("a+b c"));
        assert_eq!(form.get("client_id"), None);
        assert_eq!(TokenForm::parse(b"scope=&scope=").unwrap_err(), Repeated);
        assert_eq!(
            TokenForm::parse(b"unknown=1&unknown=1").unwrap_err(),
            Repeated
        );
    }
}
