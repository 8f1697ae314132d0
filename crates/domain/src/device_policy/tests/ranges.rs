//! Numbers and lengths of time: exact at their ends, and every document within them is taken.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{full, one, period, read, remove, set};
use crate::named::Named;
use crate::period::TimeUnit;
use crate::stored;

/// Where there is a number, and its range.
const NUMBERS: [(&str, i64, i64); 10] = [
    ("sms.otp.failure.count", 1, 7),
    ("voice.otp.otpLength", 6, 10),
    ("whatsApp.otp.failure.count", 1, 7),
    ("mobile.otp.failure.count", 1, 7),
    ("mobile.applications[0].pushLimit.count", 1, 50),
    ("totp.passcodeGracePeriod", 1, 10),
    ("fido2.failure.count", 1, 7),
    ("yubikey.otp.failure.count", 1, 7),
    ("desktop.otp.failure.count", 1, 7),
    ("pingIdDesktopGen2.otp.failure.count", 1, 7),
];

const UNITS: [TimeUnit; 4] = [
    TimeUnit::Seconds,
    TimeUnit::Minutes,
    TimeUnit::Hours,
    TimeUnit::Days,
];

/// Where there is a length of time, and for each unit its range; `None` = not of this unit.
type Ranges = [Option<(i64, i64)>; 4];
const PERIODS: [(&str, Ranges); 14] = [
    (
        "sms.otp.failure.coolDown",
        [Some((0, 1800)), Some((0, 30)), None, None],
    ),
    (
        "email.otp.lifeTime",
        [Some((1, 7200)), Some((1, 120)), None, None],
    ),
    (
        "mobile.otp.failure.coolDown",
        [Some((120, 1800)), Some((2, 30)), None, None],
    ),
    (
        "mobile.applications[0].pushTimeout",
        [Some((40, 150)), None, None, None],
    ),
    (
        "mobile.applications[1].pushTimeout",
        [Some((1, 150)), None, None, None],
    ),
    (
        "mobile.applications[0].pairingKeyLifetime",
        [None, Some((1, 2880)), Some((1, 48)), None],
    ),
    (
        "mobile.applications[0].pushLimit.timePeriod",
        [Some((60, 7200)), Some((1, 120)), None, None],
    ),
    (
        "mobile.applications[0].pushLimit.lockDuration",
        [Some((60, 7200)), Some((1, 120)), None, None],
    ),
    (
        "totp.otp.failure.coolDown",
        [Some((60, 1800)), Some((1, 30)), None, None],
    ),
    (
        "fido2.failure.coolDown",
        [Some((120, 1800)), Some((2, 30)), None, None],
    ),
    (
        "oathToken.otp.failure.coolDown",
        [Some((0, 1800)), Some((0, 30)), None, None],
    ),
    (
        "desktop.pairingKeyLifetime",
        [None, Some((1, 2880)), Some((1, 48)), None],
    ),
    (
        "pingIdDesktopGen2.otp.failure.coolDown",
        [Some((0, 1800)), Some((0, 30)), None, None],
    ),
    (
        "rememberMe.web.lifeTime",
        [None, Some((1, 129_600)), Some((1, 2160)), Some((1, 90))],
    ),
];

#[test]
fn ranges_are_exact_at_their_ends() {
    for (path, minimum, maximum) in NUMBERS {
        for number in [
            i64::MIN,
            minimum - 1,
            minimum,
            maximum,
            maximum + 1,
            i64::MAX,
        ] {
            let mut policy = full();
            set(&mut policy, path, json!(number));
            let good = (minimum..=maximum).contains(&number);
            let expected = if good {
                None
            } else {
                Some(one("INVALID_VALUE", path))
            };
            assert_eq!(read(&policy).err(), expected, "{path} {number}");
        }
    }
    for (path, ranges) in PERIODS {
        for (unit, range) in UNITS.into_iter().zip(ranges) {
            let name = unit.name();
            let mut policy = full();
            let Some((minimum, maximum)) = range else {
                set(&mut policy, path, period(2, name));
                let target = format!("{path}.timeUnit");
                assert_eq!(
                    read(&policy).err(),
                    Some(one("INVALID_VALUE", &target)),
                    "{path}"
                );
                continue;
            };
            for amount in [minimum - 1, minimum, maximum, maximum + 1] {
                set(&mut policy, path, period(amount, name));
                let good = (minimum..=maximum).contains(&amount);
                let target = format!("{path}.duration");
                let expected = if good {
                    None
                } else {
                    Some(one("INVALID_VALUE", &target))
                };
                assert_eq!(read(&policy).err(), expected, "{path} {amount} {name}");
            }
        }
    }
}

proptest! {
    /// Numbers in range, as numbers or as digits, lengths of time in any of their units: all taken,
    /// and what is stored reads back the same.
    #[test]
    fn every_document_in_range_is_taken_and_survives_storage(
        fractions in prop::collection::vec(0.0..=1.0f64, NUMBERS.len() + PERIODS.len()),
        units in prop::collection::vec(0usize..4, PERIODS.len()),
        digits in any::<bool>(),
        left_out in prop::collection::vec(any::<bool>(), 6),
    ) {
        let mut policy = full();
        let pick = |(minimum, maximum): (i64, i64), fraction: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small")]
            let offset = ((maximum - minimum) as f64 * fraction).round() as i64;
            minimum + offset
        };
        for ((path, minimum, maximum), fraction) in NUMBERS.into_iter().zip(&fractions) {
            let number = pick((minimum, maximum), *fraction);
            let value = if digits { json!(number.to_string()) } else { json!(number) };
            set(&mut policy, path, value);
        }
        let rest = fractions.iter().skip(NUMBERS.len());
        for (((path, ranges), fraction), unit) in PERIODS.into_iter().zip(rest).zip(units) {
            let allowed: Vec<usize> = (0..4).filter(|at| ranges[*at].is_some()).collect();
            let at = allowed[unit % allowed.len()];
            let amount = pick(ranges[at].unwrap(), *fraction);
            set(&mut policy, path, period(amount, UNITS[at].name()));
        }
        let optional =
            ["whatsApp", "fido2", "oathToken", "yubikey", "desktop", "pingIdDesktopGen2"];
        for (name, leave_out) in optional.into_iter().zip(left_out) {
            if leave_out { remove(&mut policy, name); }
        }
        let document = read(&policy).unwrap().document;
        let text = stored::device_policy::write(&document).unwrap();
        prop_assert_eq!(stored::device_policy::read(&text).unwrap(), document);
    }

    /// Whatever a member holds: the reader does not panic, and what it takes can be stored.
    #[test]
    fn no_value_anywhere_breaks_the_reader(place in any::<prop::sample::Index>(), value in any_json()) {
        let mut policy = full();
        let places = pointers(&policy, "");
        let at = &places[place.index(places.len())];
        *policy.pointer_mut(at).unwrap() = value;
        if let Ok(request) = read(&policy) {
            let text = stored::device_policy::write(&request.document).unwrap();
            prop_assert_eq!(stored::device_policy::read(&text).unwrap(), request.document);
        }
    }
}

/// The pointer of every member and item below a value.
fn pointers(value: &Value, at: &str) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (format!("{at}/{name}"), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (format!("{at}/{index}"), value))
            .collect(),
        _ => Vec::new(),
    };
    children
        .into_iter()
        .flat_map(|(at, value)| {
            let below = pointers(value, &at);
            std::iter::once(at).chain(below)
        })
        .collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(json!("0000")),
        Just(json!("SECONDS")),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("(enabled|count|duration|timeUnit|id|.{0,4})", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
