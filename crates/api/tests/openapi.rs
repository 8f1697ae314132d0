//! The committed OpenAPI document is the one that the table of endpoints gives.
//! `UPDATE_OPENAPI=1 cargo test -p countersign-api --test openapi` writes it anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::path::Path;

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(countersign_api::openapi()).unwrap()
}

#[test]
fn the_committed_document_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&document()).unwrap());
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/openapi.json is out of date: UPDATE_OPENAPI=1 cargo test -p countersign-api --test openapi"
    );
}

#[test]
fn every_endpoint_is_in_the_document_and_every_reference_leads_somewhere() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    for endpoint in countersign_api::endpoints()
        .into_iter()
        .filter(|endpoint| !endpoint.is_alias)
    {
        let operation = &document["paths"][endpoint.path][endpoint.method.to_lowercase()];
        assert!(
            operation.is_object(),
            "{} {}",
            endpoint.method,
            endpoint.path
        );
        if let Some(media_type) = endpoint.media_type
            && endpoint.method != "DELETE"
        {
            let content = &operation["requestBody"]["content"];
            assert!(
                content.get(media_type).is_some(),
                "{} {media_type}",
                endpoint.path
            );
        }
    }
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn operation_ids_are_unique() {
    let document = document();
    let mut seen = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"]
                .as_str()
                .unwrap_or_else(|| panic!("{method} {path}"));
            assert!(seen.insert(id.to_owned()), "{id} twice");
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for endpoint in countersign_api::endpoints() {
        assert!(
            seen.insert(endpoint.operation),
            "{} twice",
            endpoint.operation
        );
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(reference) if name == "$ref" => references.push(reference),
                    other => collect(other, references),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}
