//! The routes: built once from the table of endpoints, then only looked up.

use std::sync::Arc;

use countersign_wire::media::MediaType;
use http::HeaderValue;
use uuid::Uuid;

use super::endpoint::{Endpoint, Verb};

/// Most ids in one path.
const MOST_IDS: usize = 4;

/// The ids of a path in the order of its parameters; `None` where one is not a UUID.
pub(crate) type PathIds = [Option<Uuid>; MOST_IDS];

/// One path and what can be done there.
pub(crate) struct Resource {
    names: Vec<&'static str>,
    endpoints: Vec<Endpoint>,
    /// For `Allow`.
    pub(crate) allow: HeaderValue,
    /// For `Access-Control-Allow-Methods`.
    pub(crate) cors_methods: HeaderValue,
}

/// What a method and a media type select on a path.
pub(crate) enum Selected {
    /// An endpoint that takes both.
    Endpoint(Endpoint),
    /// The method is taken but not with this media type. The endpoint is the one that decides who
    /// may know.
    WrongMediaType(Endpoint),
    /// The method is not taken.
    NoMethod,
}

impl Resource {
    fn new(template: &'static str, endpoints: Vec<Endpoint>) -> Self {
        let names = template
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let mut verbs: Vec<Verb> = endpoints
            .iter()
            .filter(|row| !row.is_alias)
            .map(|row| row.about.verb)
            .collect();
        verbs.sort_unstable();
        verbs.dedup();
        let mut cors = "OPTIONS".to_owned();
        let mut allow = "OPTIONS".to_owned();
        for verb in verbs {
            cors.push(',');
            cors.push_str(verb.as_str());
            allow.push_str(if verb == Verb::Get {
                ", GET, HEAD"
            } else {
                ", "
            });
            if verb != Verb::Get {
                allow.push_str(verb.as_str());
            }
        }
        let value =
            |text| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("OPTIONS"));
        Self {
            names,
            endpoints,
            allow: value(allow),
            cors_methods: value(cors),
        }
    }

    /// What a method and a media type select.
    pub(crate) fn select(&self, verb: Verb, media: Option<MediaType>) -> Selected {
        let mut announced = None;
        for endpoint in self.endpoints.iter().filter(|row| row.about.verb == verb) {
            if endpoint.about.media.takes(media) {
                return Selected::Endpoint(*endpoint);
            }
            if !endpoint.is_alias && announced.is_none() {
                announced = Some(*endpoint);
            }
        }
        announced.map_or(Selected::NoMethod, Selected::WrongMediaType)
    }

    /// The id of this name.
    pub(crate) fn id(&self, ids: &PathIds, name: &str) -> Option<Uuid> {
        let at = self.names.iter().position(|known| *known == name)?;
        ids.get(at).copied().flatten()
    }
}

/// All paths.
pub(crate) struct Routes {
    paths: matchit::Router<Arc<Resource>>,
}

impl Routes {
    /// Of a table of endpoints.
    ///
    /// # Errors
    /// The path templates that contradict each other; a test keeps the table free of them.
    pub(crate) fn new(table: impl Iterator<Item = &'static Endpoint>) -> (Self, Vec<String>) {
        let mut grouped: Vec<(&'static str, Vec<Endpoint>)> = Vec::new();
        for endpoint in table {
            match grouped
                .iter_mut()
                .find(|(path, _)| *path == endpoint.about.path)
            {
                Some((_, rows)) => rows.push(*endpoint),
                None => grouped.push((endpoint.about.path, vec![*endpoint])),
            }
        }
        let mut paths = matchit::Router::new();
        let mut contradictions = Vec::new();
        for (path, rows) in grouped {
            if let Err(error) = paths.insert(path, Arc::new(Resource::new(path, rows))) {
                contradictions.push(format!("{path}: {error}"));
            }
        }
        (Self { paths }, contradictions)
    }

    /// The resource of a path, and the ids in it.
    pub(crate) fn find(&self, path: &str) -> Option<(Arc<Resource>, PathIds)> {
        let found = self.paths.at(path).ok()?;
        let mut ids = PathIds::default();
        for (slot, (_, text)) in ids.iter_mut().zip(found.params.iter()) {
            // Only the canonical form is an id; `try_parse` alone takes others too.
            *slot = (text.len() == 36)
                .then(|| Uuid::try_parse(text).ok())
                .flatten();
        }
        Some((Arc::clone(found.value), ids))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_free_of_contradictions() {
        let (routes, contradictions) = Routes::new(crate::table::all());
        assert_eq!(contradictions, Vec::<String>::new());
        for endpoint in crate::table::all() {
            let names = endpoint.about.path.matches('{').count();
            assert!(names <= MOST_IDS, "{}", endpoint.about.path);
            assert!(
                routes.find(endpoint.about.path).is_some(),
                "{}",
                endpoint.about.path
            );
        }
    }

    #[test]
    fn methods_are_announced_once_and_without_aliases() {
        let (routes, _) = Routes::new(crate::table::all());
        let id = Uuid::nil();
        for (path, allow, cors) in [
            (
                format!("/v1/environments/{id}/users/{id}/devices/{id}"),
                "OPTIONS, GET, HEAD, POST, DELETE",
                "OPTIONS,GET,POST,DELETE",
            ),
            (
                format!("/v1/environments/{id}/users/{id}/devices"),
                "OPTIONS, GET, HEAD, POST, DELETE",
                "OPTIONS,GET,POST,DELETE",
            ),
            (format!("/{id}/as/token"), "OPTIONS, POST", "OPTIONS,POST"),
        ] {
            let (resource, _) = routes.find(&path).unwrap();
            assert_eq!(resource.allow, allow);
            assert_eq!(resource.cors_methods, cors);
        }
    }
}
