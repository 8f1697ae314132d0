//! Token, pair, activate, sign in: what everything else is there for.

use countersign_tests::ceremony::{creation_options, link, request_options, text};
use countersign_tests::desktop::Desktop;
use countersign_tests::server::Server;
use countersign_tests::shape::assert_same_shape;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The members of an activated desktop device as they are documented; values are of our own making.
fn documented_device() -> Value {
    json!({
        "_links": {
            "self": {"href": ""},
            "environment": {"href": ""},
            "user": {"href": ""}
        },
        "rp": {"id": "", "name": ""},
        "id": "",
        "environment": {"id": ""},
        "user": {"id": ""},
        "type": "",
        "nickname": "",
        "lock": {"status": ""},
        "block": {"status": ""},
        "status": "",
        "createdAt": "",
        "updatedAt": "",
        "os": {"version": "", "type": ""},
        "model": {},
        "application": {"id": "", "nativeName": "", "version": "", "pushSandbox": false},
        "unitId": ""
    })
}

/// The members of a pending one.
fn documented_pending_device() -> Value {
    json!({
        "_links": {
            "self": {"href": ""},
            "environment": {"href": ""},
            "user": {"href": ""},
            "device.activate": {"href": ""},
            "activate": {"href": ""}
        },
        "rp": {"id": "", "name": ""},
        "id": "",
        "environment": {"id": ""},
        "user": {"id": ""},
        "type": "",
        "lock": {"status": ""},
        "block": {"status": ""},
        "status": "",
        "createdAt": "",
        "updatedAt": "",
        "pingIdDesktopCredentialCreationOptions": ""
    })
}

/// The members of a device authentication that a desktop completed.
fn documented_completed_authentication() -> Value {
    json!({
        "_links": {"self": {"href": ""}},
        "_embedded": {
            "devices": [{
                "id": "",
                "type": "",
                "status": "",
                "usableStatus": {"status": ""},
                "nickname": "",
                "os": {"version": "", "type": ""},
                "model": {},
                "application": {"id": "", "nativeName": "", "version": "", "pushSandbox": false},
                "rp": {"id": "", "name": ""},
                "credentialId": "",
                "unitId": ""
            }],
            "blockedDevices": []
        },
        "id": "",
        "environment": {"id": ""},
        "status": "",
        "policy": {"id": ""},
        "selectedDevice": {"id": ""},
        "user": {"id": ""},
        "pingIdDesktopCredentialRequestOptions": "",
        "bypassAllowed": false,
        "authenticators": [""],
        "createdAt": "",
        "updatedAt": "",
        "userBypassEnabled": false
    })
}

/// The model is what the machine says of itself: empty, or name and manufacturer. For the comparison
/// of everything else it is taken as empty.
#[track_caller]
fn without_model(device: &Value) -> Value {
    let mut device = device.clone();
    let model = device["model"].as_object().expect("model is an object");
    for member in model.keys() {
        assert!(
            ["name", "manufacturer"].contains(&member.as_str()),
            "model has {member}"
        );
    }
    device["model"] = json!({});
    device
}

#[track_caller]
fn assert_uuid(value: &str) {
    let parts: Vec<usize> = value.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12], "{value} is not a UUID");
}

#[track_caller]
fn assert_milliseconds(value: &str) {
    assert_eq!(value.len(), "2026-02-17T13:34:34.840Z".len(), "{value}");
    assert!(
        value.ends_with('Z') && value.as_bytes()[19] == b'.',
        "{value}"
    );
}

/// Pairs, signs in twice, and compares each document with the documented one.
pub(crate) fn whole_job(server: &Server, desktop: &Desktop) {
    let worker = server.worker();
    let origin = server.info.origin();

    let pending = worker.create_device();
    assert_same_shape(&pending, &documented_pending_device());
    assert_eq!(pending["status"], "ACTIVATION_REQUIRED");
    assert_eq!(pending["type"], "PINGID_DESKTOP_GEN2");

    let answer = desktop
        .post("/register", &origin, creation_options(&pending))
        .expect(200);
    assert_eq!(answer.header("content-type"), Some("application/jwt"));
    let attestation = answer.text();

    let reply = worker.activate(&pending, &attestation).expect(200);
    assert!(reply.header("content-type").unwrap().contains("json"));
    assert!(reply.header("correlation-id").is_some());
    let device = reply.json();
    assert_same_shape(&without_model(&device), &documented_device());
    assert_eq!(device["id"], pending["id"]);
    assert_eq!(device["status"], "ACTIVE");
    assert_eq!(device["type"], "PINGID_DESKTOP_GEN2");
    assert_eq!(device["lock"]["status"], "UNLOCKED");
    assert_eq!(device["block"]["status"], "UNBLOCKED");
    assert_eq!(
        device["rp"],
        json!({"id": "localhost", "name": "localhost"})
    );
    assert_eq!(
        device["environment"]["id"],
        server.info.environment_id.as_str()
    );
    assert_eq!(device["user"]["id"], server.info.user_id.as_str());
    assert_eq!(device["application"]["pushSandbox"], false);
    assert!(["MAC", "WINDOWS", "LINUX"].contains(&text(&device["os"], "type")));
    assert_uuid(text(&device, "unitId"));
    assert_uuid(text(&device["application"], "id"));
    assert_milliseconds(text(&device, "createdAt"));
    assert_milliseconds(text(&device, "updatedAt"));
    assert_eq!(
        link(&device),
        format!("{}/{}", server.info.devices_url(), text(&device, "id"))
    );

    let read = worker.get(link(&device)).expect(200).json();
    assert_eq!(read["status"], "ACTIVE");
    assert!(read.get("pingIdDesktopCredentialCreationOptions").is_none());

    for _ in 0..2 {
        let started = worker.start();
        assert_eq!(started["status"], "ASSERTION_REQUIRED");
        let assertion = desktop
            .post("/authenticate", &origin, request_options(&started))
            .expect(200)
            .text();
        let completed = worker
            .check(&started, &assertion, &origin)
            .expect(200)
            .json();
        let mut plain = completed.clone();
        plain["_embedded"]["devices"][0] = without_model(&completed["_embedded"]["devices"][0]);
        assert_same_shape(&plain, &documented_completed_authentication());
        assert_eq!(completed["status"], "COMPLETED");
        assert_eq!(
            completed["authenticators"],
            json!(["desktop", "mfa", "user"])
        );
        assert_eq!(completed["selectedDevice"]["id"], device["id"]);
        let read = worker.get(link(&completed)).expect(200).json();
        assert_eq!(read["status"], "COMPLETED");
    }
}

#[test]
fn pair_and_sign_in() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    let desktop = Desktop::start(&folder.path().join("desktop"));
    whole_job(&server, &desktop);
}

#[test]
fn nothing_that_opens_a_door_lies_in_the_data_folder() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let server = Server::start(&data);
    let desktop = Desktop::start(&folder.path().join("desktop"));
    whole_job(&server, &desktop);
    let worker = server.worker();
    let secrets = [server.info.client_secret.clone(), worker.token.clone()];
    // Killed, so that the write-ahead log is looked at too.
    server.kill_9();
    let mut looked = 0;
    for entry in std::fs::read_dir(&data).unwrap().flatten() {
        if !entry.path().is_file() || entry.file_name() == "master.key" {
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        looked += bytes.len();
        for secret in &secrets {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds {secret}", entry.path().display());
        }
    }
    assert!(looked > 10_000, "this cannot have been the database");
}
