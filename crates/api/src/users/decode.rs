//! Users as requests state them.

use countersign_domain::given::Given;
use countersign_domain::user::{Attribute, Group, UserInput};
use countersign_wire::Field;
use countersign_wire::user as wire;

/// What a member holds, in the words of the domain.
pub(crate) fn given<T>(field: Field<T>) -> Given<T> {
    match field {
        Field::Absent => Given::Absent,
        Field::Null => Given::Null,
        Field::Wrong => Given::Wrong,
        Field::Value(value) => Given::Value(value),
    }
}

/// A user as a request or a fixture file states it.
pub fn input(body: wire::UserBody) -> UserInput {
    let mut input = UserInput {
        username: given(body.username),
        population: given(body.population).map(|population| given(population.id)),
        enabled: given(body.enabled),
        mfa_enabled: given(body.mfa_enabled),
        email_verified: given(body.email_verified),
        ..UserInput::default()
    };
    for (attribute, field) in [
        (Attribute::Email, body.email),
        (Attribute::Nickname, body.nickname),
        (Attribute::Title, body.title),
        (Attribute::Type, body.user_type),
        (Attribute::Locale, body.locale),
        (Attribute::PreferredLanguage, body.preferred_language),
        (Attribute::Timezone, body.timezone),
        (Attribute::PrimaryPhone, body.primary_phone),
        (Attribute::MobilePhone, body.mobile_phone),
        (Attribute::ExternalId, body.external_id),
        (Attribute::AccountId, body.account_id),
    ] {
        input.profile.set(attribute, given(field));
    }
    group(&mut input, Group::Name, body.name, |name| {
        vec![
            (Attribute::FormattedName, name.formatted),
            (Attribute::GivenName, name.given),
            (Attribute::MiddleName, name.middle),
            (Attribute::FamilyName, name.family),
            (Attribute::HonorificPrefix, name.honorific_prefix),
            (Attribute::HonorificSuffix, name.honorific_suffix),
        ]
    });
    group(&mut input, Group::Photo, body.photo, |photo| {
        vec![(Attribute::Photo, photo.href)]
    });
    group(&mut input, Group::Address, body.address, |address| {
        vec![
            (Attribute::StreetAddress, address.street_address),
            (Attribute::Locality, address.locality),
            (Attribute::Region, address.region),
            (Attribute::PostalCode, address.postal_code),
            (Attribute::CountryCode, address.country_code),
        ]
    });
    input
}

fn group<T>(
    input: &mut UserInput,
    group: Group,
    field: Field<T>,
    members: impl FnOnce(T) -> Vec<(Attribute, Field<String>)>,
) {
    let stated = given(field).map(|object| {
        for (attribute, field) in members(object) {
            input.profile.set(attribute, given(field));
        }
    });
    input.profile.set_group(group, stated);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use countersign_wire::field::decode;
    use serde_json::json;

    use super::*;

    /// Every attribute of the domain has its member in the request, and it lands where it belongs.
    #[test]
    fn every_attribute_is_read() {
        let mut body = json!({"username": "ana"});
        for attribute in Attribute::ALL {
            let mut at = &mut body;
            for name in attribute.path().split('.') {
                at = &mut at[name];
            }
            *at = match attribute {
                Attribute::Email => json!("ana@example.org"),
                Attribute::Timezone => json!("Europe/Zurich"),
                Attribute::Locale | Attribute::PreferredLanguage => json!("de"),
                Attribute::PrimaryPhone | Attribute::MobilePhone => json!("1"),
                Attribute::Photo => json!("https://example.org/a"),
                Attribute::CountryCode => json!("CH"),
                other => json!(format!("{other:?}")),
            };
        }
        let decoded = decode(body.to_string().as_bytes()).unwrap();
        let new = input(decoded).into_new().unwrap();
        let read: BTreeSet<_> = new.profile.iter().map(|(attribute, _)| attribute).collect();
        assert_eq!(read, Attribute::ALL.iter().copied().collect());
        assert_eq!(new.profile.get(Attribute::Region), Some("Region"));
        assert_eq!(
            new.profile.get(Attribute::HonorificSuffix),
            Some("HonorificSuffix")
        );
        assert_eq!(
            new.profile.get(Attribute::StreetAddress),
            Some("StreetAddress")
        );
    }
}
