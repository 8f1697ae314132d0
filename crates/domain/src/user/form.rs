//! The forms that texts of a profile can have.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use url::Url;

use super::email;

/// Letters, marks, spaces, symbols, numbers and punctuation: everything that can be seen.
const PRINTABLE: &str = r"^[\p{L}\p{M}\p{Zs}\p{S}\p{N}\p{P}]*$";
const NAME: &str = r"^[\p{L}\p{M}\p{N}' .-]*$";
const TIME_ZONE: &str = r"^\w+\/\w+$";
const COUNTRY: &str = "[A-Z]{2}";

/// The form of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Any text.
    Any,
    /// Nothing but what can be seen.
    Printable,
    /// Letters, marks, digits, apostrophe, space, dot, hyphen.
    Name,
    /// An address of RFC 5322 §3.4.1.
    Email,
    /// A language tag (BCP 47).
    LanguageTag,
    /// The value of `Accept-Language` (RFC 9110 §12.5.4).
    LanguageRanges,
    /// `Area/Place` of the IANA time zone database.
    TimeZone,
    /// A text with at least one digit.
    Phone,
    /// An absolute http or https URL.
    WebAddress,
    /// Two capital letters.
    CountryCode,
}

impl Form {
    /// Whether a text has the form.
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Printable => text.chars().all(is_printable),
            Self::Name => text.chars().all(is_in_name),
            Self::Email => email::is_address(text),
            Self::LanguageTag => is_language_tag(text),
            Self::LanguageRanges => text.split(',').all(is_weighted_range),
            Self::TimeZone => {
                let is_word = |part: &str| {
                    !part.is_empty()
                        && part
                            .bytes()
                            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                };
                text.split_once('/')
                    .is_some_and(|(area, place)| is_word(area) && is_word(place))
            }
            Self::Phone => text.contains(|c: char| c.is_ascii_digit()),
            Self::WebAddress => Url::parse(text)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()),
            Self::CountryCode => {
                text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
            }
        }
    }

    /// What a text has to be, as a message.
    pub(super) const fn message(self) -> &'static str {
        use crate::messages;
        match self {
            Self::Any | Self::Printable | Self::Name => messages::FORBIDDEN_CHARACTERS,
            Self::Email => messages::BAD_EMAIL,
            Self::LanguageTag => messages::BAD_LANGUAGE_TAG,
            Self::LanguageRanges => messages::BAD_LANGUAGE_RANGES,
            Self::TimeZone => messages::BAD_TIME_ZONE,
            Self::Phone => messages::BAD_PHONE,
            Self::WebAddress => messages::BAD_WEB_ADDRESS,
            Self::CountryCode => messages::BAD_COUNTRY_CODE,
        }
    }

    /// The form as a regular expression, where it is one.
    pub(super) const fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Printable => Some(PRINTABLE),
            Self::Name => Some(NAME),
            Self::TimeZone => Some(TIME_ZONE),
            Self::CountryCode => Some(COUNTRY),
            Self::Any
            | Self::Email
            | Self::LanguageTag
            | Self::LanguageRanges
            | Self::Phone
            | Self::WebAddress => None,
        }
    }
}

fn is_printable(c: char) -> bool {
    match c.general_category_group() {
        GeneralCategoryGroup::Letter
        | GeneralCategoryGroup::Mark
        | GeneralCategoryGroup::Symbol
        | GeneralCategoryGroup::Number
        | GeneralCategoryGroup::Punctuation => true,
        GeneralCategoryGroup::Separator => c.general_category() == GeneralCategory::SpaceSeparator,
        GeneralCategoryGroup::Other => false,
    }
}

fn is_in_name(c: char) -> bool {
    matches!(c, '\'' | ' ' | '.' | '-')
        || matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Letter
                | GeneralCategoryGroup::Mark
                | GeneralCategoryGroup::Number
        )
}

fn is_language_tag(text: &str) -> bool {
    let is_subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    is_subtag(first) && first.bytes().all(|byte| byte.is_ascii_alphabetic()) && parts.all(is_subtag)
}

/// `de-CH`, `*`, `en;q=0.8`
fn is_weighted_range(text: &str) -> bool {
    let (range, weight) = match text.split_once(';') {
        Some((range, weight)) => (range, Some(weight.trim())),
        None => (text, None),
    };
    let range = range.trim();
    (range == "*" || is_language_tag(range)) && weight.is_none_or(is_weight)
}

fn is_weight(text: &str) -> bool {
    let Some((_, value)) = text
        .split_once('=')
        .filter(|(name, _)| name.eq_ignore_ascii_case("q"))
    else {
        return false;
    };
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digit = if whole == "1" {
        b'0'..=b'0'
    } else {
        b'0'..=b'9'
    };
    matches!(whole, "0" | "1")
        && fraction.len() <= 3
        && fraction.bytes().all(|byte| digit.contains(&byte))
}
