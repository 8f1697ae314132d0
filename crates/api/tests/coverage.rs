//! `docs/coverage.md` says of every documented operation whether it is here. This test compares it
//! with the table of endpoints, both ways.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = include_str!("../../../docs/coverage.md");

/// Method, path and media type, as the page writes them.
type Key = (String, String);

fn short(media_type: Option<&str>) -> String {
    match media_type {
        None => "–".to_owned(),
        Some("application/json") => "json".to_owned(),
        Some("application/x-www-form-urlencoded") => "form".to_owned(),
        Some(vendor) => vendor.replace("application/vnd.pingidentity.", "…"),
    }
}

fn page() -> BTreeMap<Key, String> {
    let mut rows = BTreeMap::new();
    for line in PAGE
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains("| `"))
    {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 5, "a row has five cells: {line}");
        let key = (
            cells[1].trim_matches('`').to_owned(),
            cells[2].trim_matches('`').to_owned(),
        );
        assert!(
            ["works", "partly", "not yet"].contains(&cells[3]),
            "a row says works, partly or not yet: {line}"
        );
        assert!(
            cells[3] != "partly" || !cells[4].is_empty(),
            "partly, but how? {line}"
        );
        assert!(
            rows.insert(key, cells[3].to_owned()).is_none(),
            "twice: {line}"
        );
    }
    rows
}

#[test]
fn the_page_and_the_routes_agree() {
    let routes: BTreeSet<Key> = countersign_api::endpoints()
        .into_iter()
        .filter(|endpoint| !endpoint.is_alias)
        .map(|endpoint| {
            (
                format!("{} {}", endpoint.method, endpoint.path),
                short(endpoint.media_type),
            )
        })
        .collect();
    let page = page();
    let mut wrong = Vec::new();
    for (key, status) in &page {
        match (status.as_str(), routes.contains(key)) {
            ("not yet", true) => wrong.push(format!("{key:?} is there, the page says not yet")),
            ("works" | "partly", false) => {
                wrong.push(format!("{key:?} is not there, the page says {status}"));
            }
            _ => {}
        }
    }
    for key in &routes {
        if !page.contains_key(key) {
            wrong.push(format!("{key:?} is not on the page"));
        }
    }
    assert!(wrong.is_empty(), "docs/coverage.md:\n{}", wrong.join("\n"));
}
