//! `PUT …/users/{userId}/population`.

use countersign_domain::access::perm;
use countersign_domain::violations::{Violation, Violations};
use countersign_engine::Refusal;
use countersign_engine::access::UserAccess;
use countersign_wire::device::ReferenceInput;
use countersign_wire::user as wire;
use serde_json::json;

use super::{encode, examples};
use crate::framework::{
    About, Answer, Json, Media, Operation, Reply, Request, UserEndpoint, Verb, input,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct MoveUser;

impl Operation for MoveUser {
    const ABOUT: About = About {
        operation: "moveUser",
        verb: Verb::Put,
        path: paths::USER_POPULATION,
        media: Media::Json,
    };
    type Body = Json<ReferenceInput>;

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Move user",
            "Moves a user to another population of the environment.",
        )
        .request::<ReferenceInput>(json!({"id": "c8f4a1d2-5b3e-4f60-9a7d-1e2f3a4b5c6d"}))
        .response::<wire::UserPopulation>(
            200,
            examples::part(
                "population",
                "id",
                json!("c8f4a1d2-5b3e-4f60-9a7d-1e2f3a4b5c6d"),
            ),
        )
    }
}

impl UserEndpoint for MoveUser {
    type Permission = perm::UserWrite;

    async fn handle(
        request: Request,
        access: UserAccess<perm::UserWrite>,
        Json(body): Json<ReferenceInput>,
    ) -> Answer {
        let mut faults = Violations::new();
        if body.id.is_missing() {
            faults.push(Violation::required("id"));
        }
        let Some(population) = input::id(body.id, "id", &mut faults) else {
            return Err(Refusal::InvalidData(faults).into());
        };
        let user = request.engine().move_user(&access, population).await?;
        Reply::ok(&wire::UserPopulation {
            links: encode::part_links(&request, &user, "population"),
            id: user.population.uuid(),
        })
    }
}
