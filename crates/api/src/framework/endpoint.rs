//! What an endpoint says about itself, and how it becomes a row of the table.
//!
//! Four kinds differ in what must be proven before the handler runs. The proof is the handler's
//! argument, so a handler without it cannot be written.

use std::future::Future;
use std::pin::Pin;

use countersign_domain::access::{Permission, PermissionMarker};
use countersign_domain::ids::{EnvironmentId, UserId};
use countersign_engine::access::{Caller, EnvironmentAccess, UserAccess};
use countersign_engine::{Refusal, Stop};
use countersign_wire::media::{Action, MediaType};

use super::body::{Payload, RequestBody};
use super::{Answer, Request};
use crate::openapi::Description;

/// The methods of the API. `HEAD` and `OPTIONS` follow from these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Verb {
    /// Read.
    Get,
    /// Create, or run the action that the media type selects.
    Post,
    /// Replace.
    Put,
    /// Merge. No endpoint of this version does yet besides users.
    Patch,
    /// Delete.
    Delete,
}

impl Verb {
    /// Its name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The verb of that name; `HEAD` is a `GET` whose body is dropped later.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "GET" | "HEAD" => Some(Self::Get),
            "POST" => Some(Self::Post),
            "PUT" => Some(Self::Put),
            "PATCH" => Some(Self::Patch),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }
}

/// Which request media types an endpoint takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// There is no body; its type does not matter.
    None,
    /// `application/json`, or none given.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// The vendor type of one action.
    Action(Action),
    /// The same, or none given.
    ActionOrNone(Action),
}

impl Media {
    /// Whether a request of this type (`None` = without `Content-Type`) is meant.
    pub(crate) fn takes(self, given: Option<MediaType>) -> bool {
        match self {
            Self::None => true,
            Self::Json => matches!(given, None | Some(MediaType::Json)),
            Self::Form => given == Some(MediaType::Form),
            Self::Action(action) => given == Some(MediaType::Action(action)),
            Self::ActionOrNone(action) => {
                given.is_none_or(|given| given == MediaType::Action(action))
            }
        }
    }

    /// The type to send; `None` where there is no body.
    pub(crate) const fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Json => Some("application/json"),
            Self::Form => Some("application/x-www-form-urlencoded"),
            Self::Action(action) | Self::ActionOrNone(action) => Some(action.media_type()),
        }
    }
}

/// What has to be proven before a handler runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    Open,
    /// A valid token; the answer holds only what the caller sees with the permission.
    Caller(Permission),
    /// The permission in the environment or in some of its populations.
    Environment(Permission),
    /// The permission in the whole environment.
    WholeEnvironment(Permission),
    /// The permission on the user.
    User(Permission),
}

/// Where an endpoint is and what selects it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    /// The `operationId` of the OpenAPI document.
    pub(crate) operation: &'static str,
    /// Method.
    pub(crate) verb: Verb,
    /// Path template; the names of its parameters are those in [`crate::paths`].
    pub(crate) path: &'static str,
    /// Request media type.
    pub(crate) media: Media,
}

type Running = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A row of the table of endpoints.
#[derive(Clone, Copy)]
pub(crate) struct Endpoint {
    pub(crate) about: About,
    pub(crate) guard: Guard,
    pub(crate) describe: fn() -> Description,
    pub(crate) run: fn(Request, Payload) -> Running,
    /// A second spelling that is not announced: without its media type it is 405.
    pub(crate) is_alias: bool,
}

impl Endpoint {
    /// The same endpoint under another method, for clients that use it; not announced.
    pub(crate) const fn alias(mut self, verb: Verb, operation: &'static str) -> Self {
        self.about.verb = verb;
        self.about.operation = operation;
        self.is_alias = true;
        self
    }
}

/// What every endpoint says about itself.
pub(crate) trait Operation: Send + Sync + 'static {
    /// Where it is and what selects it.
    const ABOUT: About;
    /// What its body decodes to; `()` where a body is not even read.
    type Body: RequestBody;
    /// Its part of the OpenAPI document.
    fn describe() -> Description;
}

/// An endpoint that anybody may call.
pub(crate) trait OpenEndpoint: Operation {
    /// Does it.
    fn handle(request: Request, body: Self::Body) -> impl Future<Output = Answer> + Send;
}

/// An endpoint outside environments: answers what the caller may see.
pub(crate) trait CallerEndpoint: Operation {
    /// What counts as seeing; for the description and the permission test.
    type Permission: PermissionMarker;
    /// Does it.
    fn handle(
        request: Request,
        caller: Caller,
        body: Self::Body,
    ) -> impl Future<Output = Answer> + Send;
}

/// An endpoint in an environment that also callers who see some of its populations may call.
pub(crate) trait EnvironmentEndpoint: Operation {
    /// What the caller needs.
    type Permission: PermissionMarker;
    /// Does it.
    fn handle(
        request: Request,
        access: EnvironmentAccess<Self::Permission>,
        body: Self::Body,
    ) -> impl Future<Output = Answer> + Send;
}

/// An endpoint in an environment for things that belong to no population.
pub(crate) trait WholeEnvironmentEndpoint: Operation {
    /// What the caller needs.
    type Permission: PermissionMarker;
    /// Does it.
    fn handle(
        request: Request,
        access: EnvironmentAccess<Self::Permission>,
        body: Self::Body,
    ) -> impl Future<Output = Answer> + Send;
}

/// An endpoint below a user.
pub(crate) trait UserEndpoint: Operation {
    /// What the caller needs.
    type Permission: PermissionMarker;
    /// Does it.
    fn handle(
        request: Request,
        access: UserAccess<Self::Permission>,
        body: Self::Body,
    ) -> impl Future<Output = Answer> + Send;
}

const fn row<E: Operation>(guard: Guard, run: fn(Request, Payload) -> Running) -> Endpoint {
    Endpoint {
        about: E::ABOUT,
        guard,
        describe: E::describe,
        run,
        is_alias: false,
    }
}

/// The row of an [`OpenEndpoint`].
pub(crate) const fn open<E: OpenEndpoint>() -> Endpoint {
    row::<E>(Guard::Open, |request, payload| {
        Box::pin(async move {
            let body = payload.decode::<E::Body>().await?;
            E::handle(request, body).await
        })
    })
}

/// The row of a [`CallerEndpoint`].
pub(crate) const fn for_caller<E: CallerEndpoint>() -> Endpoint {
    row::<E>(
        Guard::Caller(E::Permission::PERMISSION),
        |mut request, payload| {
            Box::pin(async move {
                let caller = authenticate(&mut request).await?;
                let body = payload.decode::<E::Body>().await?;
                E::handle(request, caller, body).await
            })
        },
    )
}

/// The row of an [`EnvironmentEndpoint`].
pub(crate) const fn in_environment<E: EnvironmentEndpoint>() -> Endpoint {
    row::<E>(
        Guard::Environment(E::Permission::PERMISSION),
        |mut request, payload| {
            Box::pin(async move {
                let caller = authenticate(&mut request).await?;
                let environment = environment(&request)?;
                let access = request
                    .engine()
                    .environment_access(&caller, environment)
                    .await?;
                let body = payload.decode::<E::Body>().await?;
                E::handle(request, access, body).await
            })
        },
    )
}

/// The row of a [`WholeEnvironmentEndpoint`].
pub(crate) const fn in_whole_environment<E: WholeEnvironmentEndpoint>() -> Endpoint {
    row::<E>(
        Guard::WholeEnvironment(E::Permission::PERMISSION),
        |mut request, payload| {
            Box::pin(async move {
                let caller = authenticate(&mut request).await?;
                let environment = environment(&request)?;
                let access = request
                    .engine()
                    .whole_environment_access(&caller, environment)
                    .await?;
                let body = payload.decode::<E::Body>().await?;
                E::handle(request, access, body).await
            })
        },
    )
}

/// The row of a [`UserEndpoint`].
pub(crate) const fn of_user<E: UserEndpoint>() -> Endpoint {
    row::<E>(
        Guard::User(E::Permission::PERMISSION),
        |mut request, payload| {
            Box::pin(async move {
                let caller = authenticate(&mut request).await?;
                let access = user_access::<E::Permission>(&request, &caller).await?;
                let body = payload.decode::<E::Body>().await?;
                E::handle(request, access, body).await
            })
        },
    )
}

async fn authenticate(request: &mut Request) -> Result<Caller, Stop> {
    let context = std::mem::take(&mut request.context);
    let bearer = request.bearer();
    request.engine().authenticate(bearer, context).await
}

/// The environment of the path. One that is no UUID cannot exist; unlike with an unknown one there
/// is nothing to probe.
fn environment(request: &Request) -> Result<EnvironmentId, Stop> {
    request
        .path_id(crate::paths::ENVIRONMENT_ID)
        .map(EnvironmentId::from_uuid)
}

async fn user_access<P: PermissionMarker>(
    request: &Request,
    caller: &Caller,
) -> Result<UserAccess<P>, Stop> {
    let environment = environment(request)?;
    let Ok(user) = request.path_id(crate::paths::USER_ID) else {
        // No user has such an id; whom the environment is closed to must not learn even that.
        request
            .engine()
            .environment_access::<P>(caller, environment)
            .await?;
        return Err(Refusal::NotFound.into());
    };
    request
        .engine()
        .user_access(caller, environment, UserId::from_uuid(user))
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_media_types_select_what() {
        let activate = Action::DeviceActivate;
        let given = [
            None,
            Some(MediaType::Json),
            Some(MediaType::Form),
            Some(MediaType::Action(activate)),
            Some(MediaType::Action(Action::DeviceBlock)),
            Some(MediaType::Other),
        ];
        for (media, taken) in [
            (Media::None, [true; 6]),
            (Media::Json, [true, true, false, false, false, false]),
            (Media::Form, [false, false, true, false, false, false]),
            (
                Media::Action(activate),
                [false, false, false, true, false, false],
            ),
            (
                Media::ActionOrNone(activate),
                [true, false, false, true, false, false],
            ),
        ] {
            assert_eq!(given.map(|given| media.takes(given)), taken, "{media:?}");
        }
    }
}
