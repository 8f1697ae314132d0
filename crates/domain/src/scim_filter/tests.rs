//! The grammar by table, and properties: no panic, and what is written can be read back.

use proptest::prelude::*;

use super::parser::parse;
use super::*;
use crate::violations::ViolationCode;

fn compare(attribute: &str, operator: Operator, value: FilterValue) -> Filter {
    Filter::Compare(Comparison {
        attribute: attribute.to_owned(),
        operator,
        values: vec![value],
    })
}

fn eq(attribute: &str, value: &str) -> Filter {
    compare(attribute, Operator::Eq, FilterValue::Text(value.to_owned()))
}

#[test]
fn the_grammar() {
    let (a, b, c) = (|| eq("a", "1"), || eq("b", "2"), || eq("c", "3"));
    for (text, expected) in [
        (r#"a eq "1""#, a()),
        (r#"  a   EQ   "1"  "#, a()),
        (r#"(a eq "1")"#, a()),
        (r#"((a eq "1"))"#, a()),
        (r#"a eq "1" and b eq "2""#, Filter::And(vec![a(), b()])),
        (
            r#"a eq "1" AND b eq "2" And c eq "3""#,
            Filter::And(vec![a(), b(), c()]),
        ),
        (
            r#"a eq "1" or b eq "2" and c eq "3""#,
            Filter::Or(vec![a(), Filter::And(vec![b(), c()])]),
        ),
        (
            r#"(a eq "1" or b eq "2") and c eq "3""#,
            Filter::And(vec![Filter::Or(vec![a(), b()]), c()]),
        ),
        (r#"not (a eq "1")"#, Filter::Not(Box::new(a()))),
        (r#"NOT(a eq "1")"#, Filter::Not(Box::new(a()))),
        ("not pr", Filter::Present("not".to_owned())),
        ("a.b pr", Filter::Present("a.b".to_owned())),
        (
            r#"m[a eq "1" and b eq "2"]"#,
            Filter::Within("m".to_owned(), Box::new(Filter::And(vec![a(), b()]))),
        ),
        (
            "n ge -1.5e+2",
            compare("n", Operator::Ge, FilterValue::Number(-150.0)),
        ),
        (
            "n eq true",
            compare("n", Operator::Eq, FilterValue::Bool(true)),
        ),
        ("n eq null", compare("n", Operator::Eq, FilterValue::Null)),
        (r#"a eq "x\"y\\""#, eq("a", "x\"y\\")),
        (r#"a eq "é\u00e9 and b""#, eq("a", "éé and b")),
        (
            r#"a in ("1","2")"#,
            Filter::Compare(Comparison {
                attribute: "a".to_owned(),
                operator: Operator::In,
                values: vec![FilterValue::Text("1".into()), FilterValue::Text("2".into())],
            }),
        ),
    ] {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_no_filter() {
    for (text, at) in [
        ("", 0),
        ("   ", 3),
        ("a", 1),
        ("a eq", 4),
        (r"a eq '1'", 5),
        (r#"a eq "1"#, 5),
        (r#"a eq "\x""#, 5),
        ("a eq \"\u{1}\"", 5),
        (r#"a eq "\u0000""#, 5),
        ("a eq 01", 5),
        ("a eq b", 5),
        (r#"a is "1""#, 2),
        (r#""a" eq "1""#, 0),
        (r#".a eq "1""#, 0),
        (r#"a..b eq "1""#, 0),
        (r#"1a eq "1""#, 0),
        (r#"a eq "1" and"#, 12),
        (r#"a eq "1" b eq "2""#, 9),
        (r#"a eq "1")"#, 8),
        (r#"(a eq "1""#, 9),
        (r#"(a eq "1"]"#, 9),
        (r#"not a eq "1""#, 4),
        ("a in \"1\"", 5),
        ("a in ()", 6),
        (r#"a in ("1",)"#, 10),
        (r#"a eq ("1")"#, 5),
        ("()", 1),
        ("a eq \u{201c}1\u{201d}", 5),
    ] {
        assert_eq!(parse(text), Err(FilterError::Syntax(at)), "{text}");
    }
}

#[test]
fn length_and_depth_are_bounded() {
    let nested = |depth| format!("{}a pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(DEPTH_LIMIT)).is_ok());
    assert_eq!(parse(&nested(DEPTH_LIMIT + 1)), Err(FilterError::TooDeep));
    assert_eq!(parse(&nested(LENGTH_LIMIT / 4)), Err(FilterError::TooDeep));
    assert_eq!(parse(&"(".repeat(LENGTH_LIMIT)), Err(FilterError::TooDeep));
    assert_eq!(
        parse(&"a".repeat(LENGTH_LIMIT + 1)),
        Err(FilterError::TooLong)
    );
    // Depth is that of nesting, not of how many groups there are.
    let side_by_side = vec!["(a pr)"; 2 * DEPTH_LIMIT].join(" and ");
    assert!(parse(&side_by_side).is_ok());
}

const RULES: FilterRules = FilterRules {
    attributes: &[
        AttributeRule::text("status", &[Operator::Eq]),
        AttributeRule::text("name.given", &[Operator::Eq, Operator::Sw]),
        AttributeRule {
            name: "enabled",
            kind: ValueKind::Bool,
            operators: &[Operator::Eq],
        },
    ],
    logic: Logic::And,
};

#[test]
fn rules_name_what_can_be_used() {
    let filter = RULES
        .parse(r#"NAME.Given SW "a" and enabled eq true"#)
        .unwrap();
    assert_eq!(
        filter.to_string(),
        r#"name.given sw "a" and enabled eq true"#
    );
    for refused in [
        r#"type eq "a""#,
        r#"status sw "a""#,
        "status eq 1",
        "status eq true",
        "status eq null",
        r#"enabled eq "yes""#,
        "status pr",
        r#"not (status eq "a")"#,
        r#"status eq "a" or status eq "b""#,
        r#"status[status eq "a"]"#,
        "status eq",
    ] {
        let violation = RULES.parse(refused).unwrap_err();
        assert_eq!(violation.code, ViolationCode::InvalidFilter, "{refused}");
        assert_eq!(violation.target.as_deref(), Some("filter"));
        assert_eq!(
            violation.inner.supported_attributes.unwrap(),
            ["status", "name.given", "enabled"]
        );
        assert_eq!(violation.inner.supported_operators.unwrap(), ["eq", "sw"]);
    }
}

#[test]
fn comparisons_with_a_text() {
    use Operator::{Co, Eq, Ew, Ge, Gt, In, Le, Lt, Ne, Sw};
    let holds = |operator, operand: &str, value, case| {
        let operand = FilterValue::Text(operand.to_owned());
        Comparison {
            attribute: "a".to_owned(),
            operator,
            values: vec![operand],
        }
        .matches(value, case)
    };
    for (operator, operand, value, exact, ignoring) in [
        (Eq, "ab", "ab", true, true),
        (Eq, "AB", "ab", false, true),
        (Ne, "AB", "ab", true, false),
        (Sw, "A", "ab", false, true),
        (Ew, "B", "ab", false, true),
        (Co, "B", "abc", false, true),
        (In, "AB", "ab", false, true),
        (Gt, "2026-01-01", "2026-01-02", true, true),
        (Ge, "2026-01-02", "2026-01-02", true, true),
        (Lt, "2026-01-02", "2026-01-02", false, false),
        (Le, "2026-01-02", "2026-01-02", true, true),
    ] {
        assert_eq!(
            holds(operator, operand, Some(value), Case::Exact),
            exact,
            "{operator:?}"
        );
        assert_eq!(
            holds(operator, operand, Some(value), Case::Ignore),
            ignoring,
            "{operator:?}"
        );
        assert_eq!(holds(operator, operand, None, Case::Exact), operator == Ne);
    }
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let value = prop_oneof![
        "[^\\x00]{0,12}".prop_map(FilterValue::Text),
        any::<i32>().prop_map(|n| FilterValue::Number(f64::from(n) / 4.0)),
        any::<bool>().prop_map(FilterValue::Bool),
        Just(FilterValue::Null),
    ];
    let name = "[a-z][A-Za-z0-9_]{0,5}(\\.[a-z]{1,4}){0,2}";
    let single = (
        name,
        prop::sample::select(&Operator::ALL[..9]),
        value.clone(),
    )
        .prop_map(|(attribute, operator, value)| {
            Filter::Compare(Comparison {
                attribute,
                operator,
                values: vec![value],
            })
        });
    let list = (name, prop::collection::vec(value, 1..4)).prop_map(|(attribute, values)| {
        Filter::Compare(Comparison {
            attribute,
            operator: Operator::In,
            values,
        })
    });
    let leaf = prop_oneof![single, list, name.prop_map(Filter::Present)];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        // Groups within groups of the same kind are written with parentheses and stay apart.
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.clone().prop_map(|part| Filter::Not(Box::new(part))),
            (name, inner).prop_map(|(name, part)| Filter::Within(name, Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn a_written_filter_reads_back(filter in any_filter()) {
        let text = filter.to_string();
        prop_assume!(text.len() <= LENGTH_LIMIT);
        prop_assert_eq!(parse(&text), Ok(filter), "{}", text);
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = parse(&text);
    }

    #[test]
    fn no_text_of_tokens_panics(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "(", ")", "[", "]", ",", "\"", "\\", "a", "eq", "in", "and", "or", "not", "pr",
                "\"x\"", "1", "-", ".", "é", " ",
            ]),
            0..60,
        ),
    ) {
        let text = parts.join(" ");
        if let Ok(filter) = parse(&text) {
            prop_assert_eq!(parse(&filter.to_string()), Ok(filter));
        }
        let _ = RULES.parse(&parts.concat());
    }
}
