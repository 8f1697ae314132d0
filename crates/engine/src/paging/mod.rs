//! Pages of long lists.
//!
//! A list is in the order of creation. A cursor is a place in it: a page holds what comes after (or,
//! for going back, before) that place, so nothing is seen twice or left out when items come and go
//! meanwhile.

mod cursor;

use countersign_domain::messages::{BAD_CURSOR, BAD_LIMIT, BAD_PARAMETERS};
use countersign_domain::scim_filter::{Filter, FilterRules};
use countersign_domain::violations::{Violation, ViolationCode, Violations};
use countersign_storage::queries::users::{Direction, Position};

use crate::access::Caller;
use crate::{Engine, Refusal};

pub(crate) use cursor::Binding;

/// What of a list is asked for: the query parameters as they came, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// `filter`
    pub filter: Option<String>,
    /// `limit`
    pub limit: Option<String>,
    /// `cursor`
    pub cursor: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// How many there are on all pages; `None` where counting would take too long.
    pub count: Option<u64>,
    /// Cursor of the page behind this one, if there is one.
    pub next: Option<String>,
    /// Cursor of the page before this one, if there is one.
    pub previous: Option<String>,
}

/// A page request that was understood.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) filter: Option<Filter>,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<(Position, Direction)>,
    binding: Binding,
}

/// How long the pages of a list are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Without `limit`.
    pub(crate) default: usize,
    /// At most, whatever is asked for.
    pub(crate) maximum: usize,
}

impl Engine {
    /// Reads the parameters of a list. `list` and `within` name it, so that a cursor fits no other.
    ///
    /// # Errors
    /// Every parameter that is wrong.
    pub(crate) fn asked(
        &self,
        caller: &Caller,
        list: &'static str,
        within: &[u8],
        limits: Limits,
        rules: &FilterRules,
        request: &PageRequest,
    ) -> Result<Asked, Refusal> {
        let mut violations = Violations::new();
        let invalid =
            |target: &str, message| Violation::at(ViolationCode::InvalidParameter, target, message);
        let filter = match request.filter.as_deref().map(|text| rules.parse(text)) {
            None => None,
            Some(Ok(filter)) => Some(filter),
            Some(Err(violation)) => {
                violations.push(violation);
                None
            }
        };
        let limit = match &request.limit {
            None => limits.default,
            Some(text) => limit(text, limits.maximum).unwrap_or_else(|| {
                violations.push(invalid("limit", BAD_LIMIT));
                limits.default
            }),
        };
        let binding = Binding::new(caller, list, within, request.filter.as_deref());
        let cursor = request.cursor.as_deref().and_then(|text| {
            let read = binding.read(self, text);
            if read.is_none() {
                violations.push(invalid("cursor", BAD_CURSOR));
            }
            read
        });
        if !violations.is_empty() {
            let message = BAD_PARAMETERS.to_owned();
            return Err(Refusal::InvalidRequest {
                message,
                violations,
            });
        }
        Ok(Asked {
            filter,
            limit,
            cursor,
            binding,
        })
    }
}

/// The page size that a text asks for, cut to the maximum.
fn limit(text: &str, maximum: usize) -> Option<usize> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // More digits than fit a number are more than the maximum.
    let asked = text.parse::<usize>().unwrap_or(usize::MAX);
    (asked > 0).then_some(asked.min(maximum))
}

impl Asked {
    /// Where to read and which way.
    pub(crate) fn start(&self) -> (Position, Direction) {
        self.cursor.unwrap_or((Position::START, Direction::Forward))
    }

    /// Makes a page of what was read: up to one item more than the page holds, the nearest to the
    /// cursor first.
    pub(crate) fn page<T>(
        &self,
        engine: &Engine,
        mut items: Vec<T>,
        position: impl Fn(&T) -> Position,
        count: Option<u64>,
    ) -> Page<T> {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let (_, direction) = self.start();
        if direction == Direction::Backward {
            items.reverse();
        }
        let cursor_at = |item: Option<&T>, direction| {
            item.map(|item| self.binding.write(engine, position(item), direction))
        };
        let (has_next, has_previous) = match (self.cursor, direction) {
            (None, _) => (more, false),
            (Some(_), Direction::Forward) => (more, true),
            (Some(_), Direction::Backward) => (true, more),
        };
        let next = has_next
            .then(|| cursor_at(items.last(), Direction::Forward))
            .flatten();
        let previous = has_previous
            .then(|| cursor_at(items.first(), Direction::Backward))
            .flatten();
        Page {
            items,
            count,
            next,
            previous,
        }
    }

    /// Makes a page of a list that is in memory as a whole, in the order of creation.
    pub(crate) fn page_of_all<T>(
        &self,
        engine: &Engine,
        all: Vec<T>,
        position: impl Fn(&T) -> Position,
    ) -> Page<T> {
        let count = u64::try_from(all.len()).ok();
        let (from, direction) = self.start();
        let take = self.limit.saturating_add(1);
        let items: Vec<T> = match direction {
            Direction::Forward => all
                .into_iter()
                .filter(|item| position(item) > from)
                .take(take)
                .collect(),
            Direction::Backward => all
                .into_iter()
                .rev()
                .filter(|item| position(item) < from)
                .take(take)
                .collect(),
        };
        self.page(engine, items, position, count)
    }
}

#[cfg(test)]
mod tests {
    use super::limit;

    #[test]
    fn limits() {
        for (text, expected) in [
            ("1", Some(1)),
            ("007", Some(7)),
            ("200", Some(100)),
            ("99999999999999999999999999", Some(100)),
            ("0", None),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("ten", None),
            ("１", None),
        ] {
            assert_eq!(limit(text, 100), expected, "{text}");
        }
    }
}
