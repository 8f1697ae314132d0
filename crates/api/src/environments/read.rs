//! `GET /v1/environments/{environmentId}`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::environment as wire;
use serde_json::json;

use super::encode;
use crate::framework::{
    About, Answer, EnvironmentEndpoint, Media, Operation, Reply, Request, Verb,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadEnvironment;

impl Operation for ReadEnvironment {
    const ABOUT: About = About {
        operation: "readEnvironment",
        verb: Verb::Get,
        path: paths::ENVIRONMENT,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(Tag::Environments, "Read environment", "One environment.")
            .query(
                "expand",
                "`billOfMaterials`: what the environment offers. Other values are ignored.",
                json!("billOfMaterials"),
            )
            .response::<wire::Environment<'static>>(200, encode::example())
    }
}

impl EnvironmentEndpoint for ReadEnvironment {
    type Permission = perm::EnvironmentRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::EnvironmentRead>,
        (): (),
    ) -> Answer {
        Reply::ok(&encode::environment(
            &request,
            access.caller(),
            access.environment(),
        ))
    }
}
