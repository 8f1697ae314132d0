//! The filter of "read all devices": `status` and `type`, `eq` only, `and`, `or`, parentheses.
//! Values compare exactly.

use countersign_domain::device::Device;
use countersign_domain::messages;
use countersign_domain::scim_filter::{
    AttributeRule, Comparison, Filter, FilterRules, Logic, Operator,
};
use countersign_engine::Refusal;

const RULES: FilterRules = FilterRules {
    attributes: &[
        AttributeRule::text("status", &[Operator::Eq]),
        AttributeRule::text("type", &[Operator::Eq]),
    ],
    logic: Logic::AndOr,
};

/// A filter of devices.
pub(super) struct DeviceFilter(Filter);

/// Parses it.
pub(super) fn parse(text: &str) -> Result<DeviceFilter, Refusal> {
    RULES
        .parse(text)
        .map(DeviceFilter)
        .map_err(|violation| Refusal::InvalidRequest {
            message: messages::BAD_PARAMETERS.to_owned(),
            violations: violation.into(),
        })
}

impl DeviceFilter {
    /// Whether the device is asked for.
    pub(super) fn matches(&self, device: &Device) -> bool {
        let status = if device.is_pending() {
            "ACTIVATION_REQUIRED"
        } else {
            "ACTIVE"
        };
        self.matches_values(status, device.device_type().as_str())
    }

    fn matches_values(&self, status: &str, device_type: &str) -> bool {
        self.0.evaluate_comparisons(&mut |Comparison {
                                              attribute, values, ..
                                          }| {
            let actual = if attribute == "status" {
                status
            } else {
                device_type
            };
            values.iter().any(|value| value.as_text() == Some(actual))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matches() {
        for (filter, expected) in [
            (r#"status eq "ACTIVE""#, true),
            (r#"(status eq "ACTIVE")"#, true),
            (r#"STATUS EQ "ACTIVE""#, true),
            (r#"status eq "active""#, false),
            (
                r#"status eq "ACTIVATION_REQUIRED" or type eq "PINGID_DESKTOP_GEN2""#,
                true,
            ),
            (r#"status eq "ACTIVE" and type eq "SMS""#, false),
            (
                r#"type eq "SMS" or (status eq "ACTIVE" and type eq "PINGID_DESKTOP_GEN2")"#,
                true,
            ),
        ] {
            let parsed = parse(filter).unwrap_or_else(|_| panic!("{filter}"));
            assert_eq!(
                parsed.matches_values("ACTIVE", "PINGID_DESKTOP_GEN2"),
                expected,
                "{filter}"
            );
        }
    }

    #[test]
    fn what_is_refused() {
        for filter in [
            "",
            "status",
            r#"status sw "A""#,
            r#"nickname eq "A""#,
            "status eq ACTIVE",
            r#"not (status eq "ACTIVE")"#,
            r#"status eq "ACTIVE" and"#,
        ] {
            let Err(Refusal::InvalidRequest { violations, .. }) = parse(filter) else {
                panic!("{filter}")
            };
            let hints: Vec<_> = violations
                .iter()
                .map(|violation| &violation.inner)
                .collect();
            assert_eq!(hints.len(), 1);
            assert_eq!(
                hints[0].supported_attributes,
                Some(vec!["status".to_owned(), "type".to_owned()])
            );
            assert_eq!(hints[0].supported_operators, Some(vec!["eq".to_owned()]));
        }
    }
}
