//! `POST /{environmentId}/deviceAuthentications`: start.

use countersign_domain::access::perm;
use countersign_domain::ids::DeviceId;
use countersign_domain::violations::{Violation, Violations};
use countersign_engine::access::EnvironmentAccess;
use countersign_engine::device_authentications as engine;
use countersign_wire::device_authentication as wire;
use serde_json::{Value, json};

use super::{encode, examples};
use crate::framework::{
    About, Answer, EnvironmentEndpoint, Json, Media, Operation, Reply, Request, Verb, input,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct StartAuthentication;

impl Operation for StartAuthentication {
    const ABOUT: About = About {
        operation: "startDeviceAuthentication",
        verb: Verb::Post,
        path: paths::DEVICE_AUTHENTICATIONS,
        media: Media::Json,
    };
    type Body = Json<wire::StartAuthentication>;

    fn describe() -> Description {
        Description::new(
            Tag::DeviceAuthentications,
            "Start device authentication",
            "Starts an authentication for a user, with a device of the caller's choice or of the \
             policy's; or, with `rp.id` alone, for whoever holds a credential of that relying \
             party. For a desktop the answer carries signed options, which the page hands to the \
             desktop authenticator (`POST http://localhost:9410/authenticate`); what that answers \
             goes to \"Check assertion\". Having no usable device is an answer, not an error: the \
             status is `FAILED` from the start. At most ten can be open for a user.",
        )
        .request::<wire::StartAuthentication>(json!({
            "user": {"id": "3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21"}
        }))
        .response::<wire::DeviceAuthentication<'static>>(201, examples::assertion_required())
    }
}

impl EnvironmentEndpoint for StartAuthentication {
    type Permission = perm::DeviceAuthenticate;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DeviceAuthenticate>,
        Json(body): Json<wire::StartAuthentication>,
    ) -> Answer {
        let view = request
            .engine()
            .start_authentication(&access, command(body))
            .await?;
        let (environment, id) = (view.authentication.environment, view.authentication.id);
        Reply::created(
            &encode::authentication(&request, &view),
            request.links().device_authentication(environment, id),
        )
    }
}

fn command(body: wire::StartAuthentication) -> engine::StartAuthentication {
    let mut faults = Violations::new();
    let user = input::reference(body.user, "user", &mut faults);
    let policy = input::reference(body.policy, "policy", &mut faults);
    let selected = input::object(body.selected_device, "selectedDevice", &mut faults);
    let by_alias: Option<DeviceId> = input::reference(body.device, "device", &mut faults);
    let by_name: Option<DeviceId> = input::id(selected.id, "selectedDevice.id", &mut faults);
    let rp = input::object(body.rp, "rp", &mut faults);
    let compatibility = ["FULL", "SECURITY_KEY_ONLY", "NONE"];
    // It filters FIDO2 devices, of which there are none yet; a wrong value is wrong all the same.
    input::one_of(
        body.compatibility,
        "compatibility",
        &compatibility,
        |text| compatibility.contains(&text).then_some(()),
        &mut faults,
    );
    // Templates of this version have no text of their own; members of the wrong type are wrong.
    let notification = input::object(body.notification, "notification", &mut faults);
    let template = input::object(notification.template, "notification.template", &mut faults);
    let kinds = ["strong_authentication", "transaction"];
    input::one_of(
        template.name,
        "notification.template.name",
        &kinds,
        |text| kinds.contains(&text).then_some(()),
        &mut faults,
    );
    input::value(
        template.variant,
        "notification.template.variant",
        &mut faults,
    );
    input::value(template.locale, "notification.template.locale", &mut faults);
    if let Some(variables) = input::value(
        template.variables,
        "notification.template.variables",
        &mut faults,
    ) && !variables
        .as_object()
        .is_some_and(|texts| texts.values().all(Value::is_string))
    {
        faults.push(Violation::invalid(
            "notification.template.variables",
            "must be an object whose members are texts",
        ));
    }
    engine::StartAuthentication {
        user,
        policy,
        selected_device: by_name.or(by_alias),
        one_time: !selected.one_time.is_missing(),
        relying_party: input::value(rp.id, "rp.id", &mut faults),
        application: input::reference(body.application, "application", &mut faults),
        mobile_payload: !body.mobile_payload.is_missing(),
        faults,
    }
}
