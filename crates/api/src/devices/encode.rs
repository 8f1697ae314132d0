//! A device as the management API shows it.

use countersign_domain::device::{
    ApplicationFacts, Device, DeviceKind, ModelFacts, Nickname, OperatingSystem, Phase,
    ProtectedBy, RelyingParty,
};
use countersign_engine::devices::DeviceList;
use countersign_wire::device as wire;
use countersign_wire::hal::{Link, Reference};

use crate::framework::Request;

/// What the caller wants to see besides the usual.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Expand {
    /// `expand=keyProtection`
    pub(crate) key_protection: bool,
    /// `expand=order`
    pub(crate) order: bool,
    /// `expand=typeDisplayNames`
    pub(crate) type_display_names: bool,
}

impl Expand {
    /// What the query asks for; other values are ignored.
    pub(crate) fn of(request: &Request) -> Self {
        let wants = |value| request.parameter_lists("expand", value);
        Self {
            key_protection: wants("keyProtection"),
            order: wants("order"),
            type_display_names: wants("typeDisplayNames"),
        }
    }
}

/// A relying party.
pub(crate) fn relying_party(rp: &RelyingParty) -> wire::RelyingParty<'_> {
    wire::RelyingParty {
        id: rp.id.as_str(),
        name: &rp.name,
    }
}

/// An operating system.
pub(crate) fn os(os: &OperatingSystem) -> wire::OperatingSystem<'_> {
    wire::OperatingSystem {
        version: &os.version,
        kind: &os.kind,
    }
}

/// A computer.
pub(crate) fn model(model: &ModelFacts) -> wire::Model<'_> {
    wire::Model {
        name: model.name.as_deref(),
        manufacturer: model.manufacturer.as_deref(),
    }
}

/// An authenticator program.
pub(crate) fn application(application: &ApplicationFacts) -> wire::DesktopApplication<'_> {
    wire::DesktopApplication {
        id: application.id.uuid(),
        native_name: &application.native_name,
        version: &application.version,
        push_sandbox: false,
    }
}

fn key_protection(protected: ProtectedBy) -> wire::KeyProtection {
    wire::KeyProtection {
        kind: protected.protection.as_str(),
        verified: protected.verified,
    }
}

/// A device as it is now: a lock that has ended is not shown. `options` is the signed JWT that only
/// the answer to the creation carries.
pub(crate) fn device<'a>(
    request: &Request,
    device: &'a Device,
    options: Option<&'a str>,
    expand: Expand,
) -> wire::Device<'a> {
    let (links, now) = (request.links(), request.engine().now());
    let DeviceKind::Desktop { rp, phase } = &device.kind;
    let credential = match phase {
        Phase::Active { credential, .. } => Some(credential),
        Phase::Pending { .. } => None,
    };
    let own = links.device(device.environment, device.user, device.id);
    let activation = device.is_pending().then(|| Link::to(own.as_str()));
    let standing = device.standing();
    let lock = standing.and_then(|standing| standing.lock_at(now));
    let (block, blocked_at) = match standing.and_then(|standing| standing.blocked_at) {
        Some(at) => ("BLOCKED", Some(at.to_rfc3339_millis())),
        None => ("UNBLOCKED", None),
    };
    wire::Device {
        links: wire::DeviceLinks {
            environment: Link::to(links.environment(device.environment)),
            user: Link::to(links.user(device.environment, device.user)),
            device_activate: activation.clone(),
            activate: activation,
            own: Link::to(own),
        },
        rp: Some(relying_party(rp)),
        id: device.id.uuid(),
        environment: Reference::to(device.environment.uuid()),
        user: Reference::to(device.user.uuid()),
        device_type: device.device_type().as_str(),
        nickname: device.nickname.as_ref().map(Nickname::as_str),
        lock: match lock {
            Some(lock) => wire::LockStatus {
                status: "LOCKED",
                expires_at: Some(lock.expires_at.to_rfc3339_millis()),
                reason: Some(lock.reason.as_str()),
            },
            None => wire::LockStatus {
                status: "UNLOCKED",
                expires_at: None,
                reason: None,
            },
        },
        block: wire::BlockStatus {
            status: block,
            blocked_at,
        },
        status: if device.is_pending() {
            "ACTIVATION_REQUIRED"
        } else {
            "ACTIVE"
        },
        created_at: device.created_at.to_rfc3339_millis(),
        updated_at: device.updated_at.to_rfc3339_millis(),
        ping_id_desktop_credential_creation_options: options,
        os: credential.map(|credential| os(&credential.facts.os)),
        model: credential.map(|credential| model(&credential.facts.model)),
        application: credential.map(|credential| application(&credential.facts.application)),
        unit_id: credential.map(|credential| credential.facts.unit_id),
        key_protection: credential
            .filter(|_| expand.key_protection)
            .map(|credential| key_protection(credential.protected_by)),
    }
}

/// A user's devices; `own` is the URL that the list answers.
pub(crate) fn list<'a>(
    request: &Request,
    own: String,
    collection: String,
    list: &DeviceList,
    shown: impl Iterator<Item = &'a Device>,
    expand: Expand,
) -> wire::DeviceList<'a> {
    let devices: Vec<_> = shown
        .map(|each| device(request, each, None, expand))
        .collect();
    let order = expand.order.then(|| {
        list.order()
            .into_iter()
            .map(|id| Reference::to(id.uuid()))
            .collect()
    });
    let type_display_names = expand.type_display_names.then(|| {
        let labels = devices.iter().map(|each| each.device_type);
        labels
            .map(|name| (name.to_owned(), label(name).into()))
            .collect()
    });
    wire::DeviceList {
        links: wire::DeviceListLinks {
            own: Link::to(own),
            reorder: Link::to(collection),
        },
        count: devices.len(),
        size: devices.len(),
        embedded: wire::DeviceListEmbedded {
            devices,
            order,
            type_display_names,
        },
    }
}

/// What people call a device type.
fn label(device_type: &str) -> &'static str {
    match device_type {
        "PINGID_DESKTOP_GEN2" => "Desktop",
        _ => "Device",
    }
}
