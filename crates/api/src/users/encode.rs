//! A user as the API shows it.

use countersign_domain::user::{Attribute as A, Group, User};
use countersign_wire::hal::{Link, Reference};
use countersign_wire::user as wire;

use crate::framework::Request;

/// Whether a user is shown by itself or as an item of a list, which has fewer links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Alone,
    InList,
}

/// A user as it is now: a lock that has ended is not shown.
pub(super) fn user<'a>(request: &Request, user: &'a User, shown: Shown) -> wire::User<'a> {
    let get = |attribute| user.profile.get(attribute);
    wire::User {
        links: links(request, user, shown),
        id: user.id.uuid(),
        environment: Reference::to(user.environment.uuid()),
        account: account(request, user),
        account_id: get(A::AccountId),
        address: address(user),
        created_at: user.created_at.to_rfc3339_millis(),
        email: get(A::Email),
        email_verified: user.email_verified,
        enabled: user.enabled,
        external_id: get(A::ExternalId),
        identity_provider: wire::IdentityProvider { kind: "PING_ONE" },
        lifecycle: wire::Lifecycle {
            status: "ACCOUNT_OK",
        },
        locale: get(A::Locale),
        mfa_enabled: user.mfa_enabled,
        mobile_phone: get(A::MobilePhone),
        name: name(user),
        nickname: get(A::Nickname),
        photo: get(A::Photo).map(|href| wire::Photo { href }),
        population: Reference::to(user.population.uuid()),
        preferred_language: get(A::PreferredLanguage),
        primary_phone: get(A::PrimaryPhone),
        timezone: get(A::Timezone),
        title: get(A::Title),
        user_type: get(A::Type),
        updated_at: user.updated_at.to_rfc3339_millis(),
        username: user.username.as_str(),
        verify_status: "NOT_INITIATED",
    }
}

fn links(request: &Request, user: &User, shown: Shown) -> wire::UserLinks {
    let links = request.links();
    let alone = |href: String| (shown == Shown::Alone).then(|| Link::to(href));
    let environment = user.environment;
    wire::UserLinks {
        own: Link::to(links.user(environment, user.id)),
        environment: alone(links.environment(environment)),
        population: alone(links.population(environment, user.population)),
        devices: alone(links.devices(environment, user.id)),
    }
}

fn account(request: &Request, user: &User) -> wire::Account {
    let now = request.engine().now();
    let mut shown = wire::Account {
        can_authenticate: user.can_authenticate(now),
        status: "OK",
        locked_at: None,
        unlock_at: None,
        seconds_until_unlock: None,
    };
    if !user.account.is_locked(now) {
        return shown;
    }
    shown.status = "LOCKED";
    if let Some(at) = user.account.locked_at {
        shown.locked_at = Some(at.to_rfc3339_millis());
    }
    if let Some(end) = user.account.unlock_at {
        shown.unlock_at = Some(end.to_rfc3339_millis());
        // The second that has begun counts.
        shown.seconds_until_unlock =
            Some(end.micros_since(now).saturating_add(999_999) / 1_000_000);
    }
    shown
}

fn name(user: &User) -> Option<wire::Name<'_>> {
    let get = |attribute| user.profile.get(attribute);
    let name = wire::Name {
        formatted: get(A::FormattedName),
        given: get(A::GivenName),
        middle: get(A::MiddleName),
        family: get(A::FamilyName),
        honorific_prefix: get(A::HonorificPrefix),
        honorific_suffix: get(A::HonorificSuffix),
    };
    has(user, Group::Name).then_some(name)
}

fn address(user: &User) -> Option<wire::Address<'_>> {
    let get = |attribute| user.profile.get(attribute);
    let address = wire::Address {
        street_address: get(A::StreetAddress),
        locality: get(A::Locality),
        region: get(A::Region),
        postal_code: get(A::PostalCode),
        country_code: get(A::CountryCode),
    };
    has(user, Group::Address).then_some(address)
}

fn has(user: &User, group: Group) -> bool {
    user.profile
        .iter()
        .any(|(attribute, _)| attribute.group() == Some(group))
}

/// The links of a part of a user, which lies at `part` below it.
pub(super) fn part_links(request: &Request, user: &User, part: &str) -> wire::UserPartLinks {
    let of = request.links().user(user.environment, user.id);
    wire::UserPartLinks {
        own: Link::to(format!("{of}/{part}")),
        user: Link::to(of),
    }
}
