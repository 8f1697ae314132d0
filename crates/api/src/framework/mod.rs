//! What all endpoints share: the pipeline, the routes, bodies, answers and errors.

pub(crate) mod body;
pub(crate) mod context;
pub(crate) mod endpoint;
pub(crate) mod failure;
pub(crate) mod headers;
pub(crate) mod input;
pub(crate) mod links;
pub(crate) mod query;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod routes;
pub(crate) mod service;

pub(crate) use body::{Form, Json};
pub(crate) use endpoint::{
    About, CallerEndpoint, Endpoint, EnvironmentEndpoint, Media, OpenEndpoint, Operation,
    UserEndpoint, Verb, WholeEnvironmentEndpoint, for_caller, in_environment, in_whole_environment,
    of_user, open,
};
pub(crate) use failure::Failure;
pub(crate) use reply::{Answer, Reply};
pub(crate) use request::Request;
