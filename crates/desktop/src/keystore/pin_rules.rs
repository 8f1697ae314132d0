//! Which PINs are accepted: at least six characters, at least four different ones, not one ascending
//! or descending run.

use thiserror::Error;

/// Fewest characters.
const SHORTEST: usize = 6;
/// Most characters; what is longer was pasted by mistake.
const LONGEST: usize = 64;
/// Fewest different characters.
const DIFFERENT: usize = 4;

/// Why a PIN is refused, in words for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PinFault {
    /// Shorter than six characters.
    #[error("A PIN needs at least 6 characters. Letters and signs are welcome too.")]
    TooShort,
    /// Longer than 64 characters.
    #[error("A PIN can have at most 64 characters.")]
    TooLong,
    /// A control character, such as an arrow key makes.
    #[error("A PIN cannot hold control characters.")]
    Control,
    /// Fewer than four different characters.
    #[error("A PIN needs at least 4 different characters.")]
    TooFewDifferent,
    /// 123456, fedcba and the like.
    #[error("A PIN cannot be one rising or falling row, such as 123456.")]
    Run,
}

/// Checks a new PIN.
///
/// # Errors
/// The first [`PinFault`] found.
pub fn check(pin: &str) -> Result<(), PinFault> {
    let count = pin.chars().count();
    if count < SHORTEST {
        return Err(PinFault::TooShort);
    }
    if count > LONGEST {
        return Err(PinFault::TooLong);
    }
    if pin.chars().any(char::is_control) {
        return Err(PinFault::Control);
    }
    let different = pin
        .char_indices()
        .filter(|(position, char)| !pin.get(..*position).unwrap_or_default().contains(*char))
        .count();
    if different < DIFFERENT {
        return Err(PinFault::TooFewDifferent);
    }
    let steps = || {
        pin.chars()
            .zip(pin.chars().skip(1))
            .map(|(a, b)| i64::from(u32::from(b)) - i64::from(u32::from(a)))
    };
    if steps().all(|step| step == 1) || steps().all(|step| step == -1) {
        return Err(PinFault::Run);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let cases = [
            ("739154", Ok(())),
            ("12345", Err(PinFault::TooShort)),
            ("ééé", Err(PinFault::TooShort)),
            ("", Err(PinFault::TooShort)),
            ("111111", Err(PinFault::TooFewDifferent)),
            ("121233", Err(PinFault::TooFewDifferent)),
            ("121234", Ok(())),
            ("123456", Err(PinFault::Run)),
            ("987654", Err(PinFault::Run)),
            ("abcdefgh", Err(PinFault::Run)),
            ("fedcba", Err(PinFault::Run)),
            ("135790", Ok(())),
            ("correct horse", Ok(())),
            ("abc\u{1b}[Axyz", Err(PinFault::Control)),
        ];
        for (pin, expected) in cases {
            assert_eq!(check(pin), expected, "{pin:?}");
        }
        assert_eq!(check(&"ab12".repeat(17)), Err(PinFault::TooLong));
    }
}
