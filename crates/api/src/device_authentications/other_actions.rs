//! Actions of device types that this version cannot pair yet: passcode, push, remembered browser.
//! Their media types are known, so they are not 415; no status accepts them, so they are 400.

use countersign_domain::access::perm;
use countersign_domain::device_authentication::AuthenticationAction;
use countersign_domain::ids::DeviceAuthenticationId;
use countersign_engine::Refusal;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::device_authentication as wire;
use countersign_wire::media::Action;

use super::{encode, examples};
use crate::framework::{
    About, Answer, EnvironmentEndpoint, Media, Operation, Reply, Request, Verb,
};
use crate::openapi::{Description, Tag};
use crate::paths;

const NO_SUCH_DEVICES: &str = "This version pairs no device of a type that the action is for: it \
    always answers 400 `INVALID_REQUEST` and changes nothing.";

/// `…otp.check+json`
pub(crate) struct CheckOtp;

impl Operation for CheckOtp {
    const ABOUT: About = About {
        operation: "checkOtp",
        verb: Verb::Post,
        path: paths::DEVICE_AUTHENTICATION,
        media: Media::Action(Action::OtpCheck),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::DeviceAuthentications,
            "Check passcode",
            NO_SUCH_DEVICES,
        )
        .response::<wire::DeviceAuthentication<'static>>(200, examples::completed())
    }
}

impl EnvironmentEndpoint for CheckOtp {
    type Permission = perm::DeviceAuthenticate;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DeviceAuthenticate>,
        (): (),
    ) -> Answer {
        refuse(&request, &access, AuthenticationAction::CheckOtp).await
    }
}

/// `…cancel.push.authentication+json`
pub(crate) struct CancelPush;

impl Operation for CancelPush {
    const ABOUT: About = About {
        operation: "cancelPushAuthentication",
        verb: Verb::Post,
        path: paths::DEVICE_AUTHENTICATION,
        media: Media::Action(Action::CancelPushAuthentication),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(Tag::DeviceAuthentications, "Cancel push", NO_SUCH_DEVICES)
            .response::<wire::DeviceAuthentication<'static>>(200, examples::completed())
    }
}

impl EnvironmentEndpoint for CancelPush {
    type Permission = perm::DeviceAuthenticate;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DeviceAuthenticate>,
        (): (),
    ) -> Answer {
        refuse(&request, &access, AuthenticationAction::CancelPush).await
    }
}

async fn refuse(
    request: &Request,
    access: &EnvironmentAccess<perm::DeviceAuthenticate>,
    action: AuthenticationAction,
) -> Answer {
    let id = DeviceAuthenticationId::from_uuid(request.path_id(paths::DEVICE_AUTHENTICATION_ID)?);
    let view = request
        .engine()
        .refuse_authentication_action(access, id, action)
        .await?;
    Reply::ok(&encode::authentication(request, &view))
}

/// `…payload.check+json` on the collection
pub(crate) struct CheckPayload;

impl Operation for CheckPayload {
    const ABOUT: About = About {
        operation: "checkRememberedDevice",
        verb: Verb::Post,
        path: paths::DEVICE_AUTHENTICATIONS,
        media: Media::Action(Action::PayloadCheck),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::DeviceAuthentications,
            "Check remembered device",
            NO_SUCH_DEVICES,
        )
        .response::<wire::DeviceAuthentication<'static>>(200, examples::completed())
    }
}

impl EnvironmentEndpoint for CheckPayload {
    type Permission = perm::DeviceAuthenticate;

    async fn handle(
        _request: Request,
        _access: EnvironmentAccess<perm::DeviceAuthenticate>,
        (): (),
    ) -> Answer {
        Err(Refusal::invalid_request(
            "The request could not be completed. Remembered devices are not offered by this version.",
        )
        .into())
    }
}
