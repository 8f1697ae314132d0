//! A population as the API shows it.

use countersign_engine::populations::CountedPopulation;
use countersign_wire::hal::{Link, Reference, ResourceLinks};
use countersign_wire::population as wire;
use serde_json::{Value, json};

use crate::framework::Request;

/// A population.
pub(super) fn population<'a>(
    request: &Request,
    counted: &'a CountedPopulation,
) -> wire::Population<'a> {
    let (links, population) = (request.links(), &counted.population);
    wire::Population {
        links: ResourceLinks {
            own: Link::to(links.population(population.environment, population.id)),
            environment: Link::to(links.environment(population.environment)),
        },
        id: population.id.uuid(),
        environment: Reference::to(population.environment.uuid()),
        name: &population.name,
        description: population.description.as_deref(),
        user_count: counted.users,
        created_at: population.created_at.to_rfc3339_millis(),
        updated_at: population.updated_at.to_rfc3339_millis(),
        default: population.default,
    }
}

/// A population, for the OpenAPI document.
pub(super) fn example() -> Value {
    json!({
        "_links": {
            "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/populations/c8f4a1d2-5b3e-4f60-9a7d-1e2f3a4b5c6d"},
            "environment": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"}
        },
        "id": "c8f4a1d2-5b3e-4f60-9a7d-1e2f3a4b5c6d",
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "name": "Staff",
        "userCount": 17,
        "createdAt": "2026-01-10T09:00:00.000Z",
        "updatedAt": "2026-01-10T09:00:00.000Z",
        "default": true
    })
}
