//! The attributes of a profile: path on the wire and rule, in one table.

use super::form::Form;
use crate::violations::Violation;

macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident = $path:literal, $maximum:expr, $form:ident;)+) => {
        /// A text attribute of a user's profile.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attribute {
            $($(#[$doc])* $name,)+
        }

        impl Attribute {
            /// Every attribute.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Dotted path on the wire.
            pub const fn path(self) -> &'static str {
                match self {
                    $(Self::$name => $path,)+
                }
            }

            const fn rule(self) -> (Option<usize>, Form) {
                match self {
                    $(Self::$name => ($maximum, Form::$form),)+
                }
            }
        }
    };
}

attributes! {
    /// E-mail address.
    Email = "email", Some(254), Email;
    /// Given name.
    GivenName = "name.given", Some(256), Printable;
    /// Middle name.
    MiddleName = "name.middle", Some(256), Printable;
    /// Family name.
    FamilyName = "name.family", Some(256), Name;
    /// The whole name as it is to be shown.
    FormattedName = "name.formatted", Some(256), Name;
    /// Title before the name.
    HonorificPrefix = "name.honorificPrefix", None, Any;
    /// Title behind the name.
    HonorificSuffix = "name.honorificSuffix", None, Any;
    /// Nickname.
    Nickname = "nickname", Some(256), Printable;
    /// Job title.
    Title = "title", Some(256), Printable;
    /// Relationship to the organization.
    Type = "type", Some(256), Printable;
    /// Where the user lives, as a language tag.
    Locale = "locale", Some(256), LanguageTag;
    /// Languages that the user prefers.
    PreferredLanguage = "preferredLanguage", None, LanguageRanges;
    /// Time zone by its IANA name.
    Timezone = "timezone", None, TimeZone;
    /// Telephone number.
    PrimaryPhone = "primaryPhone", Some(32), Phone;
    /// Number of the mobile phone.
    MobilePhone = "mobilePhone", Some(32), Phone;
    /// Id in another directory.
    ExternalId = "externalId", Some(1024), Any;
    /// Id of an account.
    AccountId = "accountId", None, Any;
    /// Where a picture is.
    Photo = "photo.href", Some(2048), WebAddress;
    /// Street and number; may have several lines.
    StreetAddress = "address.streetAddress", Some(256), Any;
    /// Town.
    Locality = "address.locality", Some(256), Any;
    /// State or region.
    Region = "address.region", Some(256), Any;
    /// Postal code.
    PostalCode = "address.postalCode", Some(40), Any;
    /// Country, two letters of ISO 3166-1.
    CountryCode = "address.countryCode", None, CountryCode;
}

/// An object that holds several attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// `name`
    Name,
    /// `photo`
    Photo,
    /// `address`
    Address,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 3] = [Self::Name, Self::Photo, Self::Address];

    /// The member of the user that holds it.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Photo => "photo",
            Self::Address => "address",
        }
    }
}

impl Attribute {
    /// The attribute of this path, letter case aside.
    pub fn parse(path: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.path().eq_ignore_ascii_case(path))
    }

    /// The object that it lies in, if any.
    pub fn group(self) -> Option<Group> {
        let (group, _) = self.path().split_once('.')?;
        Group::ALL.into_iter().find(|known| known.path() == group)
    }

    /// Checks a value against the attribute's rule.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(self, value: &str) -> Result<(), Violation> {
        let (maximum, form) = self.rule();
        check(self.path(), value, maximum, form)
    }
}

/// Checks a text: not blank, not longer than `maximum` characters, of that form.
pub(super) fn check(
    target: &str,
    value: &str,
    maximum: Option<usize>,
    form: Form,
) -> Result<(), Violation> {
    if value.trim().is_empty() {
        return Err(Violation::empty(target));
    }
    if let Some(maximum) = maximum
        && value.chars().count() > maximum
    {
        return Err(Violation::too_large(
            target,
            i64::try_from(maximum).unwrap_or(i64::MAX),
        ));
    }
    if form.fits(value) {
        return Ok(());
    }
    let pattern = form.pattern();
    Err(Violation::invalid(target, form.message())
        .with(|inner| inner.allowed_pattern = pattern.map(str::to_owned)))
}
