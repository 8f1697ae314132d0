//! The page authors' table lists every failure that this program can answer, and no other.

use std::collections::BTreeSet;

use countersign_desktop::http::Kind;

#[test]
fn every_failure_is_in_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/desktop-api.md");
    let text = std::fs::read_to_string(path).unwrap();
    let documented: BTreeSet<(u16, String)> = text
        .lines()
        .filter_map(|line| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            let status = cells.next()?.parse().ok()?;
            Some((status, cells.next()?.trim_matches('`').to_owned()))
        })
        .collect();
    let answered: BTreeSet<(u16, String)> = Kind::ALL
        .iter()
        .map(|kind| kind.row())
        .map(|(status, code, _)| (status.as_u16(), code.to_owned()))
        .collect();
    assert_eq!(documented, answered);
}
