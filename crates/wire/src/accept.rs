//! Which of the two response media types a request asks for.

/// `Content-Type` of a HAL response.
pub const HAL: &str = "application/hal+json;charset=UTF-8";
/// `Content-Type` of any other response.
pub const JSON: &str = "application/json";

/// Whether the response should be labelled as HAL: `Accept` names `application/hal+json` and does
/// not name `application/json`. The body is the same.
pub fn wants_hal<'a>(accept: impl Iterator<Item = &'a str>) -> bool {
    let mut hal = false;
    for item in accept.flat_map(|value| value.split(',')) {
        let mut parts = item.split(';').map(|part| part.trim_matches([' ', '\t']));
        let essence = parts.next().unwrap_or_default();
        // A type with weight zero is named in order to be excluded (RFC 9110 §12.4.2).
        let excluded = parts.any(|part| {
            part.split_once('=').is_some_and(|(name, weight)| {
                name.eq_ignore_ascii_case("q")
                    && weight.starts_with('0')
                    && weight.bytes().all(|byte| byte == b'0' || byte == b'.')
            })
        });
        if excluded {
            continue;
        }
        if essence.eq_ignore_ascii_case("application/json") {
            return false;
        }
        hal |= essence.eq_ignore_ascii_case("application/hal+json");
    }
    hal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hal_only_when_it_is_named_alone() {
        for (accept, expected) in [
            (vec![], false),
            (vec!["*/*"], false),
            (vec!["application/json"], false),
            (vec!["application/hal+json"], true),
            (vec!["Application/HAL+JSON;charset=UTF-8"], true),
            (vec!["text/html, application/hal+json;q=0.5, */*"], true),
            (vec!["application/hal+json, application/json"], false),
            (
                vec!["application/hal+json", "application/json;q=0.1"],
                false,
            ),
            (vec!["application/hal+json, application/json;q=0"], true),
            (vec!["application/hal+json;q=0"], false),
            (vec!["application/*"], false),
        ] {
            assert_eq!(wants_hal(accept.iter().copied()), expected, "{accept:?}");
        }
    }
}
