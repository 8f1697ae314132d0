//! Every rule of the profile, by table, and the three ways to change a user.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::given::Given;
use crate::violations::{ViolationCode as Code, Violations};

fn given(text: &str) -> Given<String> {
    Given::Value(text.to_owned())
}

fn named(username: &str) -> UserInput {
    UserInput {
        username: given(username),
        ..UserInput::default()
    }
}

fn with(attributes: &[(Attribute, &str)]) -> UserInput {
    let mut input = named("ana");
    for (attribute, value) in attributes {
        input.profile.set(*attribute, given(value));
        if let Some(group) = attribute.group() {
            input.profile.set_group(group, Given::Value(()));
        }
    }
    input
}

fn faults<T: std::fmt::Debug>(result: Result<T, Violations>) -> Vec<(Code, String)> {
    let violations = result.unwrap_err();
    violations
        .into_iter()
        .map(|v| (v.code, v.target.unwrap_or_default()))
        .collect()
}

fn user(input: UserInput) -> User {
    let new = input.into_new().unwrap();
    User {
        id: UserId::from_uuid(Uuid::from_u128(1)),
        environment: EnvironmentId::from_uuid(Uuid::from_u128(2)),
        population: PopulationId::from_uuid(Uuid::from_u128(3)),
        username: new.username,
        enabled: new.enabled,
        mfa_enabled: true,
        account: AccountState::default(),
        ordered: false,
        version: 1,
        email_verified: false,
        profile: new.profile,
        created_at: Timestamp::from_unix_seconds(0),
        updated_at: Timestamp::from_unix_seconds(0),
    }
}

/// An attribute, values that fit it, values that do not.
type Row<'a> = (Attribute, &'a [String], &'a [(String, Code)]);

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn the_rule_of_each_attribute() {
    use Attribute as A;
    let long = |n: usize| "x".repeat(n);
    let table: &[Row<'_>] = &[
        (
            A::Email,
            &["a@example.org".into()],
            &[("a".into(), Code::InvalidValue)],
        ),
        (
            A::GivenName,
            &["Ana".into(), "Ana María 3 – €".into(), long(256)],
            &[
                (long(257), Code::SizeLimitExceeded),
                ("a\nb".into(), Code::InvalidValue),
                ("a\u{200b}b".into(), Code::InvalidValue),
                ("a\u{e000}".into(), Code::InvalidValue),
                ("a\u{2028}".into(), Code::InvalidValue),
                (String::new(), Code::EmptyValue),
                ("  ".into(), Code::EmptyValue),
            ],
        ),
        (
            A::MiddleName,
            &["J.".into()],
            &[("\t".into(), Code::EmptyValue)],
        ),
        (
            A::FamilyName,
            &["O'Neil-Smith Jr.".into(), "Ито 3".into()],
            &[
                ("Ito, Ana".into(), Code::InvalidValue),
                (long(257), Code::SizeLimitExceeded),
            ],
        ),
        (
            A::FormattedName,
            &["Ana Ito".into()],
            &[("Ana (Ito)".into(), Code::InvalidValue)],
        ),
        (
            A::HonorificPrefix,
            &["Dr., Prof.".into()],
            &[(String::new(), Code::EmptyValue)],
        ),
        (
            A::HonorificSuffix,
            &["III".into()],
            &[(String::new(), Code::EmptyValue)],
        ),
        (
            A::Nickname,
            &["ana 🙂".into()],
            &[("a\u{7}".into(), Code::InvalidValue)],
        ),
        (
            A::Title,
            &["CEO & founder".into()],
            &[(long(257), Code::SizeLimitExceeded)],
        ),
        (
            A::Type,
            &["tele-worker".into()],
            &[("a\r".into(), Code::InvalidValue)],
        ),
        (
            A::Locale,
            &["de".into(), "de-CH".into(), "zh-Hant-TW".into()],
            &[
                ("de_CH".into(), Code::InvalidValue),
                ("-de".into(), Code::InvalidValue),
            ],
        ),
        (
            A::PreferredLanguage,
            &[
                "de".into(),
                "da, en-gb;q=0.8, en;q=0.7".into(),
                "*;q=0".into(),
                "en ; q=1.000".into(),
            ],
            &[
                ("de,,en".into(), Code::InvalidValue),
                ("de;q=2".into(), Code::InvalidValue),
                ("de;q=1.1".into(), Code::InvalidValue),
                ("de;q=0.1234".into(), Code::InvalidValue),
                ("de;level=1".into(), Code::InvalidValue),
            ],
        ),
        (
            A::Timezone,
            &["Europe/Zurich".into(), "America/New_York".into()],
            &[
                ("UTC".into(), Code::InvalidValue),
                ("America/Argentina/Salta".into(), Code::InvalidValue),
                ("Europe/".into(), Code::InvalidValue),
            ],
        ),
        (
            A::PrimaryPhone,
            &["+41 44 668 18 00".into(), "1".into()],
            &[
                ("none".into(), Code::InvalidValue),
                ("1".repeat(33), Code::SizeLimitExceeded),
            ],
        ),
        (
            A::MobilePhone,
            &["+41.446681800".into()],
            &[("+".into(), Code::InvalidValue)],
        ),
        (
            A::ExternalId,
            &[long(1024)],
            &[(long(1025), Code::SizeLimitExceeded)],
        ),
        (
            A::AccountId,
            &["a 1".into()],
            &[(String::new(), Code::EmptyValue)],
        ),
        (
            A::Photo,
            &[
                "https://example.org/a.png".into(),
                "http://localhost/a".into(),
            ],
            &[
                ("ftp://example.org/a".into(), Code::InvalidValue),
                ("javascript:alert(1)".into(), Code::InvalidValue),
                ("/a.png".into(), Code::InvalidValue),
                (
                    format!("https://example.org/{}", long(2048)),
                    Code::SizeLimitExceeded,
                ),
            ],
        ),
        (
            A::StreetAddress,
            &["1 Main St\nFloor 2".into()],
            &[(long(257), Code::SizeLimitExceeded)],
        ),
        (
            A::Locality,
            &["Zürich".into()],
            &[(long(257), Code::SizeLimitExceeded)],
        ),
        (
            A::Region,
            &["ZH".into()],
            &[(long(257), Code::SizeLimitExceeded)],
        ),
        (
            A::PostalCode,
            &["8001".into()],
            &[("1".repeat(41), Code::SizeLimitExceeded)],
        ),
        (
            A::CountryCode,
            &["CH".into()],
            &[
                ("ch".into(), Code::InvalidValue),
                ("CHE".into(), Code::InvalidValue),
                ("É".into(), Code::InvalidValue),
            ],
        ),
    ];
    assert_eq!(table.len(), Attribute::ALL.len());
    for (attribute, good, bad) in table {
        for value in *good {
            assert_eq!(attribute.check(value), Ok(()), "{attribute:?} {value}");
        }
        for (value, code) in *bad {
            let violation = attribute.check(value).unwrap_err();
            assert_eq!(violation.code, *code, "{attribute:?} {value}");
            assert_eq!(violation.target.as_deref(), Some(attribute.path()));
        }
        assert_eq!(
            Attribute::parse(&attribute.path().to_uppercase()),
            Some(*attribute)
        );
    }
}

#[test]
fn user_names() {
    for good in ["a", "Ana Ito", "ana@example.org", "Zoë", &"x".repeat(128)] {
        assert_eq!(named(good).into_new().unwrap().username.as_str(), good);
    }
    for (bad, code) in [
        ("", Code::EmptyValue),
        (" ", Code::EmptyValue),
        ("a\nb", Code::InvalidValue),
        (&"ä".repeat(129), Code::SizeLimitExceeded),
    ] {
        assert_eq!(
            faults(named(bad).into_new()),
            [(code, "username".to_owned())],
            "{bad}"
        );
    }
    assert_eq!(
        user(named("Ana")).username.key(),
        user(named("aNA")).username.key()
    );
}

#[test]
fn all_faults_are_told_at_once() {
    let mut input = UserInput {
        username: Given::Null,
        population: Given::Value(given("x")),
        enabled: Given::Wrong,
        mfa_enabled: Given::Wrong,
        email_verified: Given::Value(true),
        profile: ProfileInput::default(),
    };
    input.profile.set(Attribute::Email, given("x"));
    input.profile.set(Attribute::Title, Given::Wrong);
    input.profile.set_group(Group::Address, Given::Wrong);
    assert_eq!(
        faults(input.into_new()),
        [
            (Code::RequiredValue, "username".to_owned()),
            (Code::InvalidValue, "population.id".to_owned()),
            (Code::InvalidValue, "enabled".to_owned()),
            (Code::InvalidValue, "mfaEnabled".to_owned()),
            (Code::InvalidValue, "emailVerified".to_owned()),
            (Code::InvalidValue, "address".to_owned()),
            (Code::InvalidValue, "email".to_owned()),
            (Code::InvalidValue, "title".to_owned()),
        ]
    );
    let population = |given| {
        UserInput {
            population: given,
            ..named("a")
        }
        .into_new()
    };
    assert_eq!(
        faults(population(Given::Value(Given::Absent))),
        [(Code::RequiredValue, "population.id".to_owned())]
    );
    assert_eq!(
        faults(population(Given::Wrong)),
        [(Code::InvalidValue, "population".to_owned())]
    );
    assert_eq!(population(Given::Null).unwrap().population, None);
}

#[test]
fn a_profile_has_a_limit() {
    let big = "x".repeat(PROFILE_LIMIT);
    assert_eq!(
        faults(with(&[(Attribute::AccountId, &big)]).into_new()),
        [(Code::SizeLimitExceeded, String::new())]
    );
}

#[test]
fn replacing_clears_and_merging_keeps() {
    use Attribute::{Email, FamilyName, GivenName, Nickname, Title};
    let before = user(with(&[
        (Email, "ana@example.org"),
        (GivenName, "Ana"),
        (FamilyName, "Ito"),
        (Nickname, "an"),
    ]));

    let replaced = with(&[(Title, "Dr")]).into_replacement().unwrap();
    assert_eq!(replaced.profile.iter().collect::<Vec<_>>(), [(Title, "Dr")]);

    let mut patch = UserInput::default();
    patch.profile.set(Nickname, Given::Null);
    patch.profile.set(Title, given("Dr"));
    let merged = patch.into_merge(&before).unwrap();
    assert_eq!(merged.username.as_str(), "ana");
    assert_eq!(
        merged.profile.iter().collect::<Vec<_>>(),
        [
            (Email, "ana@example.org"),
            (GivenName, "Ana"),
            (FamilyName, "Ito"),
            (Title, "Dr")
        ]
    );

    // An object takes the place of the whole object.
    let mut patch = UserInput::default();
    patch.profile.set_group(Group::Name, Given::Value(()));
    patch.profile.set(FamilyName, given("Mori"));
    let merged = patch.into_merge(&before).unwrap();
    assert_eq!(merged.profile.get(GivenName), None);
    assert_eq!(merged.profile.get(FamilyName), Some("Mori"));
    assert_eq!(merged.profile.get(Nickname), Some("an"));

    let patch = UserInput {
        username: Given::Null,
        ..UserInput::default()
    };
    assert_eq!(
        faults(patch.into_merge(&before)),
        [(Code::RequiredValue, "username".to_owned())]
    );
}

#[test]
fn a_new_address_is_not_verified() {
    let mut user = user(with(&[(Attribute::Email, "a@example.org")]));
    user.email_verified = true;
    let now = Timestamp::from_unix_seconds(9);
    let mut same = with(&[
        (Attribute::Email, "a@example.org"),
        (Attribute::Title, "Dr"),
    ]);
    same.username = given("Ana");
    user.change(same.into_replacement().unwrap(), now);
    assert!(user.email_verified);
    user.change(
        with(&[(Attribute::Email, "b@example.org")])
            .into_replacement()
            .unwrap(),
        now,
    );
    assert!(!user.email_verified);
    assert_eq!(user.updated_at, now);
}

#[test]
fn locking_by_hand() {
    let at = Timestamp::from_unix_seconds;
    let mut user = user(named("ana"));
    user.lock(Some(at(5)), at(5));
    assert!(
        user.can_authenticate(at(5)),
        "an end in the past locks nothing"
    );
    user.lock(Some(at(10)), at(5));
    assert!(!user.can_authenticate(at(9)) && user.can_authenticate(at(10)));
    user.lock(None, at(5));
    assert!(!user.can_authenticate(at(1_000_000)));
    user.unlock(at(6));
    assert!(user.can_authenticate(at(6)));
    user.enabled = false;
    assert!(!user.can_authenticate(at(6)));
}

#[test]
fn filters() {
    let ana = user(with(&[
        (Attribute::Email, "Ana@Example.org"),
        (Attribute::GivenName, "Ana"),
    ]));
    for (filter, expected) in [
        (r#"username eq "ANA""#, true),
        (r#"username eq "an""#, false),
        (r#"username sw "AN""#, true),
        (r#"EMAIL eq "ana@example.org""#, true),
        (r#"name.given sw "a" and email sw "b""#, false),
        (r#"name.given sw "b" or email sw "a""#, true),
        (r#"title eq "x""#, false),
        ("enabled eq true", true),
        (r#"enabled eq "false""#, false),
        (
            r#"population.id eq "00000000-0000-0000-0000-000000000003""#,
            true,
        ),
        (r#"population.id eq "x""#, false),
    ] {
        assert_eq!(
            matches(&FILTER.parse(filter).unwrap(), &ana),
            expected,
            "{filter}"
        );
    }
    for refused in [
        r#"username ne "a""#,
        r#"username co "a""#,
        "username pr",
        r#"not (username eq "a")"#,
        r#"population.id sw "a""#,
        r#"id eq "a""#,
        "mfaEnabled eq true",
        r#"memberOfGroups[id eq "a"]"#,
    ] {
        assert_eq!(
            FILTER.parse(refused).unwrap_err().code,
            Code::InvalidFilter,
            "{refused}"
        );
    }
    // Every attribute but three is one of the profile.
    let of_profile = FILTER
        .attributes
        .iter()
        .filter(|rule| Attribute::parse(rule.name).is_some());
    assert_eq!(of_profile.count(), Attribute::ALL.len());
}

proptest! {
    #[test]
    fn no_value_panics(text in any::<String>()) {
        for attribute in Attribute::ALL {
            let _ = attribute.check(&text);
        }
        let _ = named(&text).into_new();
    }

    #[test]
    fn merging_nothing_changes_nothing(title in "[a-z]{1,20}") {
        let before = user(with(&[(Attribute::Title, &title), (Attribute::FamilyName, "Ito")]));
        let change = UserInput::default().into_merge(&before).unwrap();
        prop_assert_eq!(&change.profile, &before.profile);
        prop_assert_eq!(&change.username, &before.username);
    }
}
