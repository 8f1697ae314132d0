//! Pages of lists: query parameters in, links out.

use countersign_engine::paging::{Page, PageRequest};
use countersign_wire::hal::{Link, PageLinks};

use crate::framework::Request;
use crate::openapi::Description;

/// What of a list the query asks for.
pub(crate) fn asked(request: &Request) -> PageRequest {
    let parameter = |name| request.parameter(name).map(std::borrow::Cow::into_owned);
    PageRequest {
        filter: parameter("filter"),
        limit: parameter("limit"),
        cursor: parameter("cursor"),
    }
}

/// The links of a page.
pub(crate) fn links<T>(request: &Request, page: &Page<T>) -> PageLinks {
    let own = request.echo();
    let at = |cursor: &Option<String>| {
        cursor
            .as_deref()
            .map(|cursor| Link::to(with_cursor(&own, cursor)))
    };
    PageLinks {
        next: at(&page.next),
        prev: at(&page.previous),
        environment: None,
        own: Link::to(own.as_str()),
    }
}

/// The same URL with another cursor.
fn with_cursor(url: &str, cursor: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut href = format!("{base}?cursor={cursor}");
    let is_cursor = |parameter: &str| {
        url::form_urlencoded::parse(parameter.as_bytes()).all(|(name, _)| name == "cursor")
    };
    for parameter in query.split('&').filter(|parameter| !is_cursor(parameter)) {
        href.push('&');
        href.push_str(parameter);
    }
    href
}

/// The query parameters of lists.
pub(crate) fn describe(description: Description, filter: &'static str) -> Description {
    description
        .query("filter", filter, None)
        .query(
            "limit",
            "Most items on a page; cut to what the service allows.",
            serde_json::json!(20),
        )
        .query(
            "cursor",
            "A place in the list, from `next` or `prev`.",
            None,
        )
}

#[cfg(test)]
mod tests {
    use super::with_cursor;

    #[test]
    fn the_cursor_takes_the_place_of_the_one_before() {
        for (url, expected) in [
            ("https://a/v1/x", "https://a/v1/x?cursor=N"),
            ("https://a/v1/x?", "https://a/v1/x?cursor=N"),
            ("https://a/v1/x?limit=2", "https://a/v1/x?cursor=N&limit=2"),
            (
                "https://a/v1/x?cursor=O&limit=2&filter=a%20eq%20%22%26%22",
                "https://a/v1/x?cursor=N&limit=2&filter=a%20eq%20%22%26%22",
            ),
            (
                "https://a/v1/x?c%75rsor=O&limit=2",
                "https://a/v1/x?cursor=N&limit=2",
            ),
        ] {
            assert_eq!(with_cursor(url, "N"), expected);
        }
    }
}
