//! Every seed file, and simple changes of it, through its fuzz function: a small fuzzing run that is the
//! same each time and needs no nightly compiler.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use countersign_fuzz::TARGETS;

/// Changes tried on each seed file.
const CHANGES: usize = 300;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(corpus().join(target))
        .unwrap_or_else(|error| panic!("no corpus for {target}: {error}"))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

/// The generator `SplitMix64`: the same numbers each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

/// Pieces that parsers tend to stumble over.
const PIECES: [&[u8]; 20] = [
    b".",
    b"=",
    b"\"",
    b"\\u0000",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"-1",
    b"1e999",
    b"9223372036854775808",
    b"\xff",
    b"@",
    b"%2e",
    b"\\",
    b"\n",
    b"\xe2\x80\xae",
];

fn change(seed: &[u8], others: &[(PathBuf, Vec<u8>)], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len() + 1);
        match numbers.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
            2 => bytes.truncate(at),
            3 => {
                bytes.splice(at..at, PIECES[numbers.below(PIECES.len())].iter().copied());
            }
            4 => {
                let end = (at + numbers.below(16)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let end = (at + numbers.below(40)).min(bytes.len());
                let twice = bytes[at..end].to_vec();
                bytes.splice(at..at, twice);
            }
            _ => {
                let other = &others[numbers.below(others.len())].1;
                let from = numbers.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes
}

#[test]
fn seeds_and_changes_of_them() {
    for (name, run) in TARGETS {
        let seeds = seeds(name);
        assert!(seeds.len() >= 5, "{name} has too few seeds");
        for (index, (path, seed)) in seeds.iter().enumerate() {
            let mut numbers = Numbers(u64::try_from(index).unwrap());
            run(seed);
            for round in 0..CHANGES {
                let changed = change(seed, &seeds, &mut numbers);
                // On a failure the input is what one needs to see; print it before anything is lost.
                let outcome = std::panic::catch_unwind(|| run(&changed));
                assert!(
                    outcome.is_ok(),
                    "{name}: change {round} of {}: {:?}",
                    path.display(),
                    String::from_utf8_lossy(&changed)
                );
            }
        }
    }
}

#[test]
fn nothing_at_all() {
    for (_, run) in TARGETS {
        for data in [&b""[..], b"{", b"{}", b".", b"..", b"\0", b"\xff\xfe"] {
            run(data);
        }
    }
}

/// Each function has a corpus and a libFuzzer program, and each of those has a function.
#[test]
fn functions_corpora_and_programs_agree() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let listed = |folder: PathBuf| -> BTreeSet<String> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    assert_eq!(listed(corpus()), names);
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("libfuzzer/fuzz_targets");
    assert_eq!(listed(programs), names);
}
