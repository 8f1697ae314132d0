//! Tokens into a [`Filter`], by recursive descent.
//!
//! ```text
//! filter    = and *( "or" and )
//! and       = term *( "and" term )
//! term      = [ "not" ] "(" filter ")" / attribute "[" filter "]" / comparison
//! comparison= attribute operator value / attribute "pr"
//! value     = JSON string, number, true, false, null; for "in": "(" value *( "," value ) ")"
//! ```

use super::lexer::{Token, Unreadable, tokens};
use super::{Comparison, DEPTH_LIMIT, Filter, FilterValue, LENGTH_LIMIT, Operator};

/// Why a text is no filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Longer than [`LENGTH_LIMIT`].
    #[error("must not be longer than {LENGTH_LIMIT} bytes")]
    TooLong,
    /// Nested deeper than [`DEPTH_LIMIT`].
    #[error("must not be nested deeper than {DEPTH_LIMIT} levels")]
    TooDeep,
    /// Not the syntax of a filter.
    #[error("is not a SCIM filter; unexpected text at position {0}")]
    Syntax(usize),
}

/// Parses a filter without asking what its names mean.
pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    if text.len() > LENGTH_LIMIT {
        return Err(FilterError::TooLong);
    }
    let tokens = tokens(text).map_err(|Unreadable(at)| FilterError::Syntax(at))?;
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        end: text.len(),
        depth: 0,
    };
    let filter = parser.filter()?;
    match parser.tokens.next() {
        None => Ok(filter),
        Some((at, _)) => Err(FilterError::Syntax(at)),
    }
}

struct Parser<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<(usize, Token<'a>)>>,
    end: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn filter(&mut self) -> Result<Filter, FilterError> {
        let first = self.and()?;
        self.joined(first, "or", Self::and, Filter::Or)
    }

    fn and(&mut self) -> Result<Filter, FilterError> {
        let first = self.term()?;
        self.joined(first, "and", Self::term, Filter::And)
    }

    fn joined(
        &mut self,
        first: Filter,
        word: &str,
        next: fn(&mut Self) -> Result<Filter, FilterError>,
        join: fn(Vec<Filter>) -> Filter,
    ) -> Result<Filter, FilterError> {
        if !self.takes_word(word) {
            return Ok(first);
        }
        let mut parts = vec![first, next(self)?];
        while self.takes_word(word) {
            parts.push(next(self)?);
        }
        Ok(join(parts))
    }

    fn term(&mut self) -> Result<Filter, FilterError> {
        match self.next()? {
            (_, Token::Open) => self.enclosed(&Token::Close),
            (at, Token::Word(word)) => {
                if word.eq_ignore_ascii_case("not") && self.takes(&Token::Open) {
                    return Ok(Filter::Not(Box::new(self.enclosed(&Token::Close)?)));
                }
                let attribute = attribute(word).ok_or(FilterError::Syntax(at))?;
                if self.takes(&Token::OpenBracket) {
                    let filter = self.enclosed(&Token::CloseBracket)?;
                    return Ok(Filter::Within(attribute, Box::new(filter)));
                }
                self.comparison(attribute)
            }
            (at, _) => Err(FilterError::Syntax(at)),
        }
    }

    /// A filter and what closes it; what opens it has been read.
    fn enclosed(&mut self, close: &Token<'_>) -> Result<Filter, FilterError> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(FilterError::TooDeep);
        }
        let filter = self.filter()?;
        self.expect(close)?;
        self.depth -= 1;
        Ok(filter)
    }

    fn comparison(&mut self, attribute: String) -> Result<Filter, FilterError> {
        let (at, token) = self.next()?;
        let Token::Word(word) = token else {
            return Err(FilterError::Syntax(at));
        };
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(attribute));
        }
        let operator = Operator::parse(word).ok_or(FilterError::Syntax(at))?;
        let mut values = Vec::new();
        if operator == Operator::In {
            self.expect(&Token::Open)?;
            values.push(self.value()?);
            while self.takes(&Token::Comma) {
                values.push(self.value()?);
            }
            self.expect(&Token::Close)?;
        } else {
            values.push(self.value()?);
        }
        Ok(Filter::Compare(Comparison {
            attribute,
            operator,
            values,
        }))
    }

    fn value(&mut self) -> Result<FilterValue, FilterError> {
        match self.next()? {
            (_, Token::Text(text)) => Ok(FilterValue::Text(text)),
            (at, Token::Word(word)) => literal(word).ok_or(FilterError::Syntax(at)),
            (at, _) => Err(FilterError::Syntax(at)),
        }
    }

    fn next(&mut self) -> Result<(usize, Token<'a>), FilterError> {
        self.tokens.next().ok_or(FilterError::Syntax(self.end))
    }

    fn expect(&mut self, expected: &Token<'_>) -> Result<(), FilterError> {
        let (at, token) = self.next()?;
        if token == *expected {
            Ok(())
        } else {
            Err(FilterError::Syntax(at))
        }
    }

    fn takes(&mut self, expected: &Token<'_>) -> bool {
        self.tokens
            .next_if(|(_, token)| token == expected)
            .is_some()
    }

    fn takes_word(&mut self, expected: &str) -> bool {
        let is_word = |token: &Token<'_>| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(expected));
        self.tokens.next_if(|(_, token)| is_word(token)).is_some()
    }
}

/// A dotted path of names, each beginning with a letter.
fn attribute(word: &str) -> Option<String> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.contains(['+', ':'])
    };
    word.split('.').all(is_name).then(|| word.to_owned())
}

fn literal(word: &str) -> Option<FilterValue> {
    match serde_json::from_str(word).ok()? {
        serde_json::Value::Null => Some(FilterValue::Null),
        serde_json::Value::Bool(value) => Some(FilterValue::Bool(value)),
        serde_json::Value::Number(number) => number.as_f64().map(FilterValue::Number),
        serde_json::Value::String(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => None,
    }
}
