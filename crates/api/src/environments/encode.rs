//! An environment as the API shows it.

use countersign_domain::environment::Environment;
use countersign_domain::ids::EnvironmentId;
use countersign_engine::access::Caller;
use countersign_wire::environment as wire;
use countersign_wire::hal::{Link, Reference, ResourceLinks};
use serde_json::{Value, json};

use crate::framework::Request;

/// An environment. What it offers is in it when the query asks for that and the caller may see it.
pub(super) fn environment<'a>(
    request: &Request,
    caller: &Caller,
    environment: &'a Environment,
) -> wire::Environment<'a> {
    let links = request.links();
    let own = links.environment(environment.id);
    let below = |part: &str| Link::to(format!("{own}/{part}"));
    let bill = (request.parameter_lists("expand", "billOfMaterials")
        && request.engine().sees_bill_of_materials(caller, environment))
    .then(|| bill_of_materials(request, environment));
    wire::Environment {
        links: wire::EnvironmentLinks {
            organization: Link::to(links.organization(environment.organization)),
            license: Link::to(links.license(environment.organization, environment.license)),
            populations: Link::to(links.populations(environment.id)),
            users: Link::to(links.users(environment.id)),
            applications: Link::to(links.applications(environment.id)),
            capabilities: below("capabilities"),
            bill_of_materials: bill.is_none().then(|| below("billOfMaterials")),
            own: Link::to(own.as_str()),
        },
        id: environment.id.uuid(),
        name: &environment.name,
        description: environment.description.as_deref(),
        organization: Reference::to(environment.organization.uuid()),
        environment_type: environment.environment_type.as_str(),
        region: environment.region.as_str(),
        created_at: environment.created_at.to_rfc3339_millis(),
        updated_at: environment.updated_at.to_rfc3339_millis(),
        license: Reference::to(environment.license.uuid()),
        bill_of_materials: bill,
    }
}

/// What an environment offers.
pub(super) fn bill_of_materials<'a>(
    request: &Request,
    environment: &'a Environment,
) -> wire::BillOfMaterials<'a> {
    let bill = &environment.bill_of_materials;
    wire::BillOfMaterials {
        links: part_links(request, environment.id, "billOfMaterials"),
        products: bill
            .products
            .iter()
            .map(|product| wire::Product {
                id: product.id,
                product_type: &product.product_type,
            })
            .collect(),
        created_at: bill.created_at.to_rfc3339_millis(),
        updated_at: bill.updated_at.to_rfc3339_millis(),
    }
}

/// The links of a part of an environment, which lies at `part` below it.
pub(super) fn part_links(
    request: &Request,
    environment: EnvironmentId,
    part: &str,
) -> ResourceLinks {
    let of = request.links().environment(environment);
    ResourceLinks {
        own: Link::to(format!("{of}/{part}")),
        environment: Link::to(of),
    }
}

/// An environment, for the OpenAPI document.
pub(super) fn example() -> Value {
    const OWN: &str =
        "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6";
    const ORGANIZATION: &str =
        "https://mfa.example.com/v1/organizations/5f6f1c1e-2a3b-4c5d-8e9f-0a1b2c3d4e5f";
    json!({
        "_links": {
            "self": {"href": OWN},
            "organization": {"href": ORGANIZATION},
            "license": {"href": format!("{ORGANIZATION}/licenses/7a8b9c0d-1e2f-4a3b-8c4d-5e6f7a8b9c0d")},
            "populations": {"href": format!("{OWN}/populations")},
            "users": {"href": format!("{OWN}/users")},
            "applications": {"href": format!("{OWN}/applications")},
            "capabilities": {"href": format!("{OWN}/capabilities")},
            "billOfMaterials": {"href": format!("{OWN}/billOfMaterials")}
        },
        "id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
        "name": "Staging",
        "organization": {"id": "5f6f1c1e-2a3b-4c5d-8e9f-0a1b2c3d4e5f"},
        "type": "SANDBOX",
        "region": "EU",
        "createdAt": "2026-01-10T09:00:00.000Z",
        "updatedAt": "2026-01-10T09:00:00.000Z",
        "license": {"id": "7a8b9c0d-1e2f-4a3b-8c4d-5e6f7a8b9c0d"}
    })
}
