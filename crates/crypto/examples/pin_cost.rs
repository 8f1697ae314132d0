//! Prints how long one derivation with the recommended PIN parameters takes on this machine. It should
//! be a quarter to half a second: short enough to wait for, long enough to make guessing dear.
#![allow(
    clippy::unwrap_used,
    reason = "a measuring program: it may stop at the first surprise"
)]

use std::time::Instant;

use countersign_crypto::pin::{PinParameters, derive};
use countersign_crypto::secret::SecretString;

fn main() {
    let pin = SecretString::from("135792");
    let parameters = PinParameters::recommended([7; 16]);
    for _ in 0..3 {
        let start = Instant::now();
        derive(&pin, &parameters).unwrap();
        println!("{} ms", start.elapsed().as_millis());
    }
}
