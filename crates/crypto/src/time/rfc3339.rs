//! RFC 3339 text; the calendar is jiff's.

use super::Timestamp;

/// 0000-01-01T00:00:00Z in milliseconds; RFC 3339 has no earlier year.
const YEAR_ZERO_MILLIS: i64 = -62_167_219_200_000;

pub(super) fn format_millis(at: Timestamp) -> String {
    let millis = at.unix_millis().max(YEAR_ZERO_MILLIS);
    let at = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    let civil = jiff::tz::Offset::UTC.to_datetime(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second(),
        civil.millisecond(),
    )
}

pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if !has_rfc3339_shape(text.as_bytes()) {
        return None;
    }
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_micros(
        at.as_nanosecond().div_euclid(1_000).try_into().ok()?,
    ))
}

/// jiff reads more than RFC 3339 (week dates, annotations, spaces): only the shape
/// `9999-99-99T99:99:99[.9{1,9}](Z|±99:99)` is let through to it.
fn has_rfc3339_shape(text: &[u8]) -> bool {
    let Some((head, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let head_fits = head
        .iter()
        .zip(b"9999-99-99T99:99:99")
        .all(|(byte, model)| fits(*byte, *model));
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if !(1..=9).contains(&digits) {
                return false;
            }
            fraction.get(digits..).unwrap_or_default()
        }
        None => rest,
    };
    head_fits
        && match rest {
            [b'Z' | b'z'] => true,
            [b'+' | b'-', offset @ ..] => {
                offset.len() == 5
                    && offset
                        .iter()
                        .zip(b"99:99")
                        .all(|(byte, model)| fits(*byte, *model))
            }
            _ => false,
        }
}

fn fits(byte: u8, model: u8) -> bool {
    match model {
        b'9' => byte.is_ascii_digit(),
        b'T' => byte == b'T' || byte == b't',
        other => byte == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_points() {
        for (text, micros) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.999Z", -1_000),
            ("2026-02-17T13:34:34.840Z", 1_771_335_274_840_000),
            ("2026-02-17T13:34:34.840123999Z", 1_771_335_274_840_123),
            ("2026-02-17T14:34:34.84+01:00", 1_771_335_274_840_000),
            ("2026-02-17t08:34:34.84-05:00", 1_771_335_274_840_000),
            ("2016-12-31T23:59:60Z", 1_483_228_799_000_000),
        ] {
            assert_eq!(parse(text), Some(Timestamp::from_micros(micros)), "{text}");
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in [
            "",
            "2026-02-17",
            "2026-02-17T13:34Z",
            "2026-02-17T13:34:34",
            "2026-02-17 13:34:34Z",
            "2026-02-17T13:34:34.Z",
            "2026-02-17T13:34:34.1234567890Z",
            "2026-02-17T13:34:34,5Z",
            "2026-02-30T13:34:34Z",
            "2026-13-01T00:00:00Z",
            "2026-02-17T25:00:00Z",
            "2026-02-17T13:34:34+0100",
            "2026-02-17T13:34:34+01:00[Europe/Paris]",
            "2026-02-17T13:34:34Zjunk",
            "+002026-02-17T13:34:34Z",
            "２026-02-17T13:34:34Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn far_points_are_shown_as_the_nearest_year() {
        assert!(format_millis(Timestamp::from_micros(i64::MAX)).starts_with("9999-12-30T"));
        assert_eq!(
            format_millis(Timestamp::from_micros(i64::MIN)),
            "0000-01-01T00:00:00.000Z"
        );
    }

    proptest! {
        #[test]
        fn milliseconds_survive(millis in YEAR_ZERO_MILLIS..253_000_000_000_000) {
            let at = Timestamp::from_micros(millis * 1_000 + 7);
            let text = format_millis(at);
            prop_assert_eq!(text.len(), 24);
            prop_assert_eq!(parse(&text), Some(Timestamp::from_micros(millis * 1_000)));
        }

        #[test]
        fn reading_never_panics(text in "\\PC*|[0-9TZ:.+-]{0,40}") {
            let _ = parse(&text);
        }
    }
}
