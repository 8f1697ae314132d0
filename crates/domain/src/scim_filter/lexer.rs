//! Filter text into tokens.

/// A token, with what it borrows from the filter text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `,`
    Comma,
    /// A JSON string, unescaped.
    Text(String),
    /// Anything that is written without quotes: names, operators, numbers, literals.
    Word(&'a str),
}

/// Where in the text something cannot be read, in bytes from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable(pub(super) usize);

/// Splits a filter into tokens, each with the place where it begins.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, Unreadable> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let at = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return Ok(tokens);
        };
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '[' => (Token::OpenBracket, 1),
            ']' => (Token::CloseBracket, 1),
            ',' => (Token::Comma, 1),
            '"' => {
                let length = string_length(rest).ok_or(Unreadable(at))?;
                (
                    Token::Text(unescape(rest, length).ok_or(Unreadable(at))?),
                    length,
                )
            }
            c if in_word(c) => {
                let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
                (Token::Word(rest.get(..length).unwrap_or_default()), length)
            }
            _ => return Err(Unreadable(at)),
        };
        tokens.push((at, token));
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '$' | ':')
}

/// Length of the JSON string that `text` begins with, quotes included.
fn string_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn unescape(text: &str, length: usize) -> Option<String> {
    let unescaped: String = serde_json::from_str(text.get(..length)?).ok()?;
    // U+0000 cannot be kept in every database, so nothing can be equal to it.
    (!unescaped.contains('\0')).then_some(unescaped)
}
