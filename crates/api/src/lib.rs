//! The HTTP API: decode, authenticate, authorise, call one engine function, encode.
//!
//! # The way of a request
//!
//! [`router`] gives one service. `framework/service.rs` takes a request through it:
//!
//! ```text
//! ids, header limit (431) ─► path (404) ─► method (405) ─► announced body length (413)
//!   ─► token (401) ─► role on environment or user (403, 404) ─► media type (415)
//!   ─► body (413, 400) ─► handler ─► headers
//! ```
//!
//! All endpoints stand in one table (`table.rs`), which drives routes, dispatch by media type,
//! `Allow`, CORS, permissions, the OpenAPI document (`openapi.rs`) and the check of
//! `docs/coverage.md`.
//!
//! # How to add an endpoint
//!
//! One endpoint is one file. Say we want `PUT …/devices/{deviceId}/nickname`:
//!
//! 1. The path goes into `paths.rs`, if it is new. One position in a path has one parameter name.
//! 2. The request and response structs go into `countersign-wire`. Requests are declared with
//!    `countersign_wire::request!`: every member is a `Field`, so that decoding never stops at the
//!    first fault. Responses derive `Serialize` and `ToSchema`, members in the documented order.
//! 3. The file, `devices/update_nickname.rs`:
//!
//!    ```text
//!    pub(crate) struct UpdateNickname;
//!
//!    impl Operation for UpdateNickname {
//!        const ABOUT: About = About {
//!            operation: "updateDeviceNickname",       // unique; the OpenAPI operationId
//!            verb: Verb::Put,
//!            path: paths::DEVICE_NICKNAME,
//!            media: Media::Json,                      // or Media::Action(Action::DeviceBlock), …
//!        };
//!        type Body = Json<wire::UpdateNickname>;      // () where a body is not even read
//!
//!        fn describe() -> Description {
//!            Description::new(Tag::Devices, "Update nickname", "What it does, for integrators.")
//!                .request::<wire::UpdateNickname>(json!({"nickname": "My laptop"}))
//!                .response::<wire::Nickname>(200, json!({ … }))
//!        }
//!    }
//!
//!    impl UserEndpoint for UpdateNickname {           // what must be proven before it runs
//!        type Permission = perm::DeviceUpdate;
//!
//!        async fn handle(request: Request, access: UserAccess<perm::DeviceUpdate>,
//!                        Json(body): Json<wire::UpdateNickname>) -> Answer {
//!            let mut faults = Violations::new();
//!            let nickname = input::value(body.nickname, "nickname", &mut faults);
//!            let id = DeviceId::from_uuid(request.path_id(paths::DEVICE_ID)?);
//!            let device = request.engine().set_nickname(&access, id, …).await?;
//!            Reply::ok(&…)                            // or Reply::created(&…, location), no_content()
//!        }
//!    }
//!    ```
//!
//!    The proof is one of five: `OpenEndpoint` (nobody asks),
//!    `CallerEndpoint` (outside environments), `EnvironmentEndpoint` (callers of single populations
//!    get in and see less), `WholeEnvironmentEndpoint` (they do not get in), `UserEndpoint`.
//! 4. The resource's `mod.rs` lists it: `ENDPOINTS: &[Endpoint] = &[of_user::<UpdateNickname>(), …]`;
//!    a new resource adds its list to `table.rs`.
//! 5. A line in `docs/coverage.md`; `UPDATE_OPENAPI=1 cargo test -p countersign-api --test openapi`
//!    writes `docs/openapi.json` anew; tests go to `crates/api/tests/`.

mod applications;
mod device_authentications;
mod device_policies;
mod devices;
mod environments;
mod fido2_policies;
mod framework;
mod mfa_settings;
mod oauth;
mod openapi;
mod organizations;
mod paging;
mod paths;
mod populations;
mod table;
mod users;

use std::sync::Arc;

use countersign_engine::Engine;

pub use framework::context::RemoteAddress;
pub use framework::endpoint::Guard;
pub use framework::links::Links;
pub use framework::service::Limits;
pub use openapi::document as openapi;
pub use users::decode as user_input;

/// What the API is made of.
#[derive(Clone)]
pub struct ApiState {
    /// The use cases.
    pub engine: Engine,
    /// The public base URLs.
    pub links: Links,
}

/// The whole API: `/v1/…`, `/{environment}/as/…`, `/{environment}/deviceAuthentications…` and
/// `/openapi.json`, as the fallback of a router that has no routes of its own. Whatever else is
/// served beside it (pages) is added as routes.
pub fn router(state: ApiState, limits: Limits) -> axum::Router {
    let app = Arc::new(framework::service::App::new(
        state.engine,
        state.links,
        limits,
    ));
    axum::Router::new().fallback_service(framework::service::ApiService { app })
}

/// What is to be known of an endpoint from outside: for tests and pages about the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointInfo {
    /// Its operation id.
    pub operation: &'static str,
    /// Its method.
    pub method: &'static str,
    /// Its path template.
    pub path: &'static str,
    /// The media type to send; `None` where there is no body.
    pub media_type: Option<&'static str>,
    /// What has to be proven.
    pub guard: Guard,
    /// Whether it is a second spelling that is not announced.
    pub is_alias: bool,
}

/// Every endpoint, in the order of the table.
pub fn endpoints() -> Vec<EndpointInfo> {
    table::all()
        .map(|endpoint| EndpointInfo {
            operation: endpoint.about.operation,
            method: endpoint.about.verb.as_str(),
            path: endpoint.about.path,
            media_type: endpoint.about.media.name(),
            guard: endpoint.guard,
            is_alias: endpoint.is_alias,
        })
        .collect()
}
