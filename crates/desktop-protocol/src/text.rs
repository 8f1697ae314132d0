//! Text from others that people are shown.

/// Most characters of one field.
const MAX_CHARACTERS: usize = 200;

/// The text made inert: control characters (line breaks and escapes among them), characters that
/// turn the direction of text, and invisible ones that hide or join words are removed; what is left
/// is cut to 200 characters. Markup is left as it is, to be shown, never interpreted.
pub fn inert(text: &str) -> String {
    text.chars()
        .filter(|character| !is_removed(*character))
        .take(MAX_CHARACTERS)
        .collect()
}

fn is_removed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'                        // soft hyphen
            | '\u{61c}'                     // Arabic letter mark
            | '\u{180e}'                    // Mongolian vowel separator
            | '\u{200b}'                    // zero width space
            | '\u{200e}'..='\u{200f}'       // left-to-right and right-to-left mark
            | '\u{2028}'..='\u{202e}'       // line and paragraph separator, embeddings, overrides
            | '\u{2060}'..='\u{206f}'       // word joiner, invisible operators, isolates
            | '\u{feff}'                    // zero width no-break space
            | '\u{fff9}'..='\u{fffb}'       // interlinear annotation
            | '\u{e0000}'..='\u{e007f}'     // tags
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        for (text, expected) in [
            ("Payroll", "Payroll"),
            (
                "Łódź, 日本, سلام, 👩\u{200d}💻",
                "Łódź, 日本, سلام, 👩\u{200d}💻",
            ),
            ("a\r\nb\tc\0d", "abcd"),
            ("\u{1b}[31mred\u{1b}[0m\u{7f}\u{9b}2J", "[31mred[0m2J"),
            ("<b>bold</b> &amp;", "<b>bold</b> &amp;"),
            ("user\u{202e}gpj.exe\u{202c}", "usergpj.exe"),
            ("\u{2066}x\u{2069}\u{200f}\u{61c}y", "xy"),
            ("pay\u{200b}pal\u{feff}\u{ad}", "paypal"),
            ("one\u{2028}two\u{2029}three", "onetwothree"),
            ("\u{e0041}\u{e0042}", ""),
        ] {
            assert_eq!(inert(text), expected, "{text:?}");
        }
    }

    #[test]
    fn characters_are_counted_after_removal() {
        assert_eq!(inert(&"é\n".repeat(300)), "é".repeat(200));
    }

    proptest! {
        #[test]
        fn twice_is_once(text: String) {
            let once = inert(&text);
            prop_assert!(once.chars().count() <= 200);
            prop_assert!(!once.chars().any(char::is_control));
            prop_assert_eq!(inert(&once), once);
        }
    }
}
