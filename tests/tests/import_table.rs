//! The import table of the workspace, as data: which crate may name which.
//!
//! `docs/architecture.md` explains the layers. An arrow that runs against the table fails here, so
//! that nobody has to remember it in a review.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// May import any crate of ours.
const ALL: &[&str] = &["*"];

/// Folder, and the folders whose crates it may import.
const TABLE: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("crypto", &[]),
    ("desktop-protocol", &["crypto"]),
    ("webauthn", &["crypto"]),
    ("domain", &["crypto", "desktop-protocol"]),
    ("storage", &["domain", "crypto"]),
    ("delivery", &["domain", "wire", "crypto"]),
    (
        "engine",
        &[
            "domain",
            "storage",
            "delivery",
            "crypto",
            "desktop-protocol",
            "webauthn",
        ],
    ),
    ("api", &["engine", "domain", "wire"]),
    // Its one-time code and session are secrets: drawn, kept and compared by `crypto`.
    ("console", &["engine", "domain", "wire", "crypto"]),
    ("server", ALL),
    ("desktop", &["desktop-protocol", "crypto"]),
    ("testkit", ALL),
    ("storage-testkit", &[]),
    // Outside `crates/`.
    ("xtask", &[]),
    ("fuzz", ALL),
    ("tests", ALL),
];

/// Folder, and the only folders that may import it, whatever the table says.
const ONLY_BY: &[(&str, &[&str])] = &[
    (
        "wire",
        // `server`: the fixture files of quickstart hold objects in their wire form.
        &[
            "api", "console", "delivery", "server", "testkit", "fuzz", "tests",
        ],
    ),
    ("desktop", &["testkit", "fuzz", "tests"]),
    ("testkit", &["tests"]),
    ("storage-testkit", &["testkit", "tests"]),
];

/// Crates of others, and the only folders of ours that may name them in the product.
const THIRD_PARTY_ONLY_BY: &[(&str, &[&str])] = &[
    // Cryptography is named in one place.
    ("aws-lc-rs", &["crypto"]),
    ("argon2", &["crypto"]),
    ("chacha20poly1305", &["crypto"]),
    ("jsonwebtoken", &["crypto"]),
    ("subtle", &["crypto"]),
    // So is SQL.
    ("rusqlite", &["storage", "storage-testkit"]),
    ("tokio-postgres", &["storage"]),
    ("deadpool-postgres", &["storage"]),
    // HTTP belongs to the outer layers.
    ("axum", &["api", "console", "server", "testkit"]),
];

/// Folders whose crates do no I/O, and what would let them.
const NO_IO: &[&str] = &["wire", "crypto", "desktop-protocol", "webauthn", "domain"];
const IO: &[&str] = &[
    "tokio",
    "hyper",
    "hyper-util",
    "reqwest",
    "axum",
    "rusqlite",
    "rustix",
    "tempfile",
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .expect("cargo metadata runs")
}

/// Package name to folder, for the packages of this workspace.
fn folders(metadata: &Metadata) -> BTreeMap<String, String> {
    metadata
        .packages
        .iter()
        .map(|package| {
            let folder = package.manifest_path.parent().unwrap().file_name().unwrap();
            (package.name.to_string(), folder.to_owned())
        })
        .collect()
}

/// Who names whom: (folder, dependency's package name, only in tests?).
fn arrows(metadata: &Metadata) -> Vec<(String, String, bool)> {
    let folders = folders(metadata);
    let mut arrows = Vec::new();
    for package in &metadata.packages {
        for dependency in &package.dependencies {
            let test_only = dependency.kind == DependencyKind::Development;
            let folder = folders[package.name.as_str()].clone();
            arrows.push((folder, dependency.name.clone(), test_only));
        }
    }
    arrows
}

#[test]
fn every_crate_stands_in_the_table_and_is_named_after_its_folder() {
    let metadata = metadata();
    let known: BTreeSet<&str> = TABLE.iter().map(|(folder, _)| *folder).collect();
    for (name, folder) in folders(&metadata) {
        assert!(
            known.contains(folder.as_str()),
            "{folder} is not in the import table"
        );
        if folder != "xtask" {
            assert_eq!(name, format!("countersign-{folder}"));
        }
    }
}

#[test]
fn no_arrow_runs_against_the_table() {
    let metadata = metadata();
    let folders = folders(&metadata);
    let mut wrong = Vec::new();
    for (from, dependency, test_only) in arrows(&metadata) {
        let Some(to) = folders.get(&dependency) else {
            continue;
        };
        let (_, allowed) = TABLE.iter().find(|(folder, _)| *folder == from).unwrap();
        let in_table = *allowed == ALL || allowed.contains(&to.as_str());
        // The test kits are there for everybody's tests.
        let for_tests = test_only && to.ends_with("testkit");
        if !in_table && !for_tests {
            wrong.push(format!("{from} imports {to}"));
        }
        let reserved = ONLY_BY.iter().find(|(folder, _)| folder == to);
        if let Some((_, only)) = reserved
            && !only.contains(&from.as_str())
            && !for_tests
        {
            wrong.push(format!("{from} imports {to}, which only {only:?} may"));
        }
    }
    assert!(wrong.is_empty(), "against the import table: {wrong:#?}");
}

#[test]
fn libraries_of_others_are_named_where_they_belong() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for (from, dependency, test_only) in arrows(&metadata) {
        if test_only || ["fuzz", "tests"].contains(&from.as_str()) {
            continue;
        }
        let reserved = THIRD_PARTY_ONLY_BY
            .iter()
            .find(|(name, _)| *name == dependency);
        if let Some((_, only)) = reserved
            && !only.contains(&from.as_str())
        {
            wrong.push(format!(
                "{from} names {dependency}, which only {only:?} may"
            ));
        }
        if NO_IO.contains(&from.as_str()) && IO.contains(&dependency.as_str()) {
            wrong.push(format!("{from} does no I/O but names {dependency}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
