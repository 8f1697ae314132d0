//! `GET …/billOfMaterials`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::environment as wire;
use serde_json::json;

use super::encode;
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadBillOfMaterials;

impl Operation for ReadBillOfMaterials {
    const ABOUT: About = About {
        operation: "readBillOfMaterials",
        verb: Verb::Get,
        path: paths::BILL_OF_MATERIALS,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Environments,
            "Read bill of materials",
            "What the environment offers.",
        )
        .response::<wire::BillOfMaterials<'static>>(
            200,
            json!({
                "_links": {
                    "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/billOfMaterials"},
                    "environment": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"}
                },
                "products": [
                    {"id": "0b1c2d3e-4f50-4a6b-8c7d-8e9f0a1b2c3d", "type": "PING_ONE_BASE"},
                    {"id": "1c2d3e4f-5061-4b7c-8d8e-9f0a1b2c3d4e", "type": "PING_ONE_MFA"}
                ],
                "createdAt": "2026-01-10T09:00:00.000Z",
                "updatedAt": "2026-01-10T09:00:00.000Z"
            }),
        )
    }
}

impl WholeEnvironmentEndpoint for ReadBillOfMaterials {
    type Permission = perm::BillOfMaterialsRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::BillOfMaterialsRead>,
        (): (),
    ) -> Answer {
        Reply::ok(&encode::bill_of_materials(&request, access.environment()))
    }
}
