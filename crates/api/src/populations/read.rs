//! `GET …/populations/{populationId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::PopulationId;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::population as wire;

use super::encode;
use crate::framework::{
    About, Answer, EnvironmentEndpoint, Media, Operation, Reply, Request, Verb,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadPopulation;

impl Operation for ReadPopulation {
    const ABOUT: About = About {
        operation: "readPopulation",
        verb: Verb::Get,
        path: paths::POPULATION,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(Tag::Populations, "Read population", "One population.")
            .response::<wire::Population<'static>>(200, encode::example())
    }
}

impl EnvironmentEndpoint for ReadPopulation {
    type Permission = perm::PopulationRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::PopulationRead>,
        (): (),
    ) -> Answer {
        let id = PopulationId::from_uuid(request.path_id(paths::POPULATION_ID)?);
        let counted = request.engine().read_population(&access, id).await?;
        Reply::ok(&encode::population(&request, &counted))
    }
}
