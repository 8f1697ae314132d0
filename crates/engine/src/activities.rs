//! Writing activities: one helper, used by every unit that changes state.

use countersign_domain::activity::{Action, Activity, ActivityDocument, Client, Resource};
use countersign_domain::device::Device;
use countersign_domain::ids::{ActivityId, EnvironmentId};
use countersign_domain::user::User;
use countersign_storage::{Unit, queries};
use uuid::Uuid;

use crate::access::Caller;
use crate::{Engine, Fault, RequestContext};

/// Who is behind an activity.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// An application, through the API.
    Caller(&'a Caller),
    /// The system itself or an operator on the machine.
    System,
}

/// Layout of the record.
const LAYOUT: u8 = 1;

impl Engine {
    /// Adds one activity to a unit.
    ///
    /// `resources` come broadest first; `description` is a sentence for people and holds no secret.
    ///
    /// # Errors
    /// When the record cannot be encoded.
    pub fn record(
        &self,
        unit: Unit,
        by: By<'_>,
        environment: EnvironmentId,
        action: Action,
        resources: Vec<Resource>,
        description: impl Into<String>,
    ) -> Result<Unit, Fault> {
        let system;
        let (client, context) = match by {
            By::Caller(caller) => (
                Some(Client {
                    id: caller.application(),
                    name: caller.name().to_owned(),
                    environment: caller.home(),
                }),
                caller.context(),
            ),
            By::System => {
                system = RequestContext {
                    correlation_id: crate::engine::fresh_uuid(self.random()),
                    ..RequestContext::default()
                };
                (None, &system)
            }
        };
        let activity = Activity {
            id: ActivityId::generate(self.random()),
            environment,
            recorded_at: self.now(),
            document: ActivityDocument {
                v: LAYOUT,
                action: action.as_str().to_owned(),
                correlation_id: context.correlation_id,
                transaction_id: context.transaction_id.clone(),
                session_id: context.session_id.clone(),
                client,
                resources,
                description: description.into(),
                ip: context.remote_address.map(|address| address.to_string()),
                user_agent: context.user_agent.clone(),
            },
        };
        let document = serde_json::to_string(&activity.document).map_err(|error| {
            countersign_domain::stored::UnreadableDocument::new("activity", error)
        })?;
        let mac = self
            .parts
            .activity_key
            .hmac_sha256(&signed_bytes(&activity, &document));
        Ok(queries::activities::insert(unit, &activity, document, &mac))
    }
}

/// What the MAC covers: place, id and time of the row, then the record.
fn signed_bytes(activity: &Activity, document: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(40 + document.len());
    bytes.extend_from_slice(activity.environment.uuid().as_bytes());
    bytes.extend_from_slice(activity.id.uuid().as_bytes());
    bytes.extend_from_slice(&activity.recorded_at.micros().to_be_bytes());
    bytes.extend_from_slice(document.as_bytes());
    bytes
}

/// A user as the resource of an activity.
pub fn user_resource(user: &User) -> Resource {
    Resource {
        kind: "USER".to_owned(),
        id: user.id.uuid(),
        name: Some(user.username.to_string()),
        population: Some(user.population),
    }
}

/// A device as the resource of an activity.
pub fn device_resource(device: &Device) -> Resource {
    Resource {
        kind: "DEVICE".to_owned(),
        id: device.id.uuid(),
        name: device
            .nickname
            .as_ref()
            .map(|name| name.as_str().to_owned()),
        population: None,
    }
}

/// Anything else as the resource of an activity.
pub fn resource(kind: &str, id: Uuid, name: Option<String>) -> Resource {
    Resource {
        kind: kind.to_owned(),
        id,
        name,
        population: None,
    }
}
