//! Plain fuzz functions whose corpora also run on stable.
//!
//! Each function takes any bytes and has to return: a panic or a failed assertion is a finding. They are
//! run in two ways: by `tests/corpora.rs` over `corpus/<target>/*` and simple changes of those files, on
//! stable, with every `cargo test`; and by libFuzzer (`README.md`) for as long as one likes.
//!
//! [`TARGETS`] lists them. To add one: write the function in a module of its own, name it in [`TARGETS`],
//! put seed files into `corpus/<name>/` and a three-line program into `libfuzzer/fuzz_targets/`.

mod answers;
mod jws;
mod keys;
mod media_type;
mod options;
mod origin;

pub use answers::{fuzz_assertion, fuzz_attestation};
pub use jws::fuzz_jws;
pub use media_type::fuzz_media_type;
pub use options::{fuzz_creation_options, fuzz_request_options};
pub use origin::fuzz_origin;

/// A fuzz function with the name of its corpus.
pub type Target = (&'static str, fn(&[u8]));

/// All fuzz functions.
pub const TARGETS: &[Target] = &[
    ("assertion", fuzz_assertion),
    ("attestation", fuzz_attestation),
    ("creation_options", fuzz_creation_options),
    ("jws", fuzz_jws),
    ("media_type", fuzz_media_type),
    ("origin", fuzz_origin),
    ("request_options", fuzz_request_options),
];
