//! Device authentication policies through the whole router: put, read back, change, default, delete,
//! pages; and each way to be refused.
#![allow(
    clippy::items_after_statements,
    clippy::too_many_lines,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod common;

use common::Scene;
use countersign_domain::application::{
    ApplicationType, GrantType, PkceEnforcement, TokenEndpointAuthMethod,
};
use countersign_domain::environment::{EnvironmentType, Region};
use countersign_engine::seed::{FirstPolicy, NewApplication, NewEnvironment, Seeding};
use countersign_testkit::protocol::Development;
use countersign_testkit::protocol::rp::RpId;
use serde_json::{Value, json};

fn failure(minutes: u32) -> Value {
    json!({"count": 3, "coolDown": {"duration": minutes, "timeUnit": "MINUTES"}})
}

fn address(enabled: bool) -> Value {
    let life_time = json!({"duration": 30, "timeUnit": "MINUTES"});
    json!({"enabled": enabled, "otp": {"failure": failure(0), "lifeTime": life_time}})
}

fn token(enabled: bool) -> Value {
    json!({"enabled": enabled, "otp": {"failure": failure(2)}})
}

/// A request with mandatory members only.
fn least(name: &str) -> Value {
    json!({
        "name": name, "default": false, "sms": address(false), "voice": address(false),
        "email": address(true), "mobile": token(false), "totp": token(true),
    })
}

fn with(mut policy: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    policy.pointer_mut(parent).unwrap()[name] = value;
    policy
}

fn policies(scene: &Scene) -> String {
    let environment = scene.server.world.environment;
    format!("/v1/environments/{environment}/deviceAuthenticationPolicies")
}

async fn default_path(scene: &Scene) -> String {
    let list = scene.get(policies(scene)).await;
    let all = list.body["_embedded"]["deviceAuthenticationPolicies"]
        .as_array()
        .unwrap();
    let default = all.iter().find(|policy| policy["default"] == true).unwrap();
    format!("{}/{}", policies(scene), default["id"].as_str().unwrap())
}

async fn create(scene: &Scene, policy: &Value) -> String {
    let created = scene.post(policies(scene), policy).await;
    assert_eq!(created.summary(), "201", "{}", created.body);
    format!("{}/{}", policies(scene), created.text("id").unwrap())
}

/// A native application of the environment, as phones run it.
async fn mobile_application(scene: &Scene) -> String {
    let mut seeding = Seeding::new(&scene.server.engine);
    let new = NewApplication {
        application_type: ApplicationType::NativeApp,
        grant_types: vec![GrantType::AuthorizationCode],
        token_endpoint_auth_method: TokenEndpointAuthMethod::None,
        pkce_enforcement: PkceEnforcement::S256Required,
        ..NewApplication::worker(scene.server.world.environment, "Acme Mobile")
    };
    let id = seeding.application(new).unwrap().application.id;
    seeding.commit().await.unwrap();
    id.to_string()
}

/// The default FIDO2 policy of the environment.
async fn fido2_policy(scene: &Scene) -> String {
    let environment = scene.server.world.environment;
    let list = scene
        .get(format!("/v1/environments/{environment}/fido2Policies"))
        .await;
    list.body["_embedded"]["fido2Policies"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn an_environment_begins_with_one() {
    let scene = Scene::new().await;
    let list = scene.get(policies(&scene)).await;
    assert_eq!(list.summary(), "200");
    insta::assert_json_snapshot!("first_policies", scene.redactor().redact(&list.body));
    let path = default_path(&scene).await;
    let one = scene.get(&path).await;
    assert_eq!(
        one.body,
        list.body["_embedded"]["deviceAuthenticationPolicies"][0]
    );
    let fido2 = one.body["_links"]["fido2"]["href"].as_str().unwrap();
    assert_eq!(
        scene
            .get(fido2.replace("https://api.mfa.test", ""))
            .await
            .summary(),
        "200"
    );
}

#[tokio::test]
async fn what_was_read_can_be_put_back() {
    let scene = Scene::new().await;
    let path = default_path(&scene).await;
    let before = scene.get(&path).await.body;
    scene.server.clock.advance_seconds(1);
    let put = scene.put(&path, &before).await;
    assert_eq!(put.summary(), "200");
    let expected = with(before, "/updatedAt", put.body["updatedAt"].clone());
    assert_eq!(put.body, expected);
    assert_eq!(scene.get(&path).await.body, expected);
}

#[tokio::test]
async fn a_whole_document_is_kept_as_it_was_sent() {
    let scene = Scene::new().await;
    let seconds = |duration: u32| json!({"duration": duration, "timeUnit": "SECONDS"});
    let minutes = |duration: u32| json!({"duration": duration, "timeUnit": "MINUTES"});
    let sent = json!({
        "id": "of no account", "_links": 7,
        "name": "Staff", "default": false,
        "authentication": {"deviceSelection": "ALWAYS_DISPLAY_DEVICES"},
        "newDeviceNotification": "SMS_THEN_EMAIL",
        "ignoreUserLock": true, "blockUsersWithDisabledMfa": true, "forSignOnPolicy": true,
        "blockDisabledUsers": true,
        "sms": with(address(true), "/otp/otpLength", json!("8")),
        "voice": with(address(false), "/pairingDisabled", json!(true)),
        "email": with(address(true), "/promptForNicknameOnPairing", json!(false)),
        "whatsApp": address(false),
        "mobile": with(token(true), "/applications", json!([{
            "id": mobile_application(&scene).await,
            "push": {"enabled": true, "numberMatching": {"enabled": true}},
            "otp": {"enabled": true},
            "autoEnrollment": {"enabled": true},
            "deviceAuthorization": {"enabled": true, "extraVerification": "permissive"},
            "pushTimeout": seconds(120),
            "pushLimit": {"count": "4", "timePeriod": minutes(20)},
            "integrityDetection": "permissive",
            "newRequestDurationConfiguration": {
                "deviceTimeout": seconds(20), "totalTimeout": seconds(35),
            },
        }])),
        "totp": with(
            with(token(true), "/uriParameters", json!({"issuer": "Example"})),
            "/passcodeGracePeriod", json!(3),
        ),
        "fido2": {
            "enabled": true, "promptForNicknameOnPairing": true,
            "fido2PolicyId": fido2_policy(&scene).await,
            "failure": {"count": 4, "coolDown": seconds(150)},
        },
        "yubikey": token(true),
        "desktop": with(token(true), "/pairingKeyLifetime", json!({"duration": 48, "timeUnit": "HOURS"})),
        "pingIdDesktopGen2": {
            "enabled": true, "rp": {"id": "example.org"},
            "allowedOrigins": ["https://login.example.org"], "userVerification": "PREFERRED",
            "minKeyProtection": "KEYSTORE", "evidence": "PREFERRED", "blockOnCounterRegression": false,
        },
    });
    let created = scene.post(policies(&scene), &sent).await;
    assert_eq!(created.summary(), "201", "{}", created.body);
    let path = format!("{}/{}", policies(&scene), created.text("id").unwrap());
    assert_eq!(
        created.header("location"),
        format!("https://api.mfa.test{path}")
    );
    insta::assert_json_snapshot!("whole_document", scene.redactor().redact(&created.body));
    assert_eq!(scene.get(&path).await.body, created.body);
    assert_eq!(
        scene.put(&path, &sent).await.summary(),
        "200",
        "the same document again"
    );
}

#[tokio::test]
async fn some_members_are_shown_only_to_those_who_sent_them() {
    let scene = Scene::new().await;
    let path = create(&scene, &least("Plain")).await;
    let body = scene.get(&path).await.body;
    for absent in ["whatsApp", "fido2", "yubikey", "desktop"] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
    for (pointer, value) in [
        ("/notificationsPolicy", json!({})),
        (
            "/authentication",
            json!({"deviceSelection": "DEFAULT_TO_FIRST"}),
        ),
        ("/newDeviceNotification", json!("EMAIL_THEN_SMS")),
        ("/oathToken", token(false)),
        ("/pingIdDesktopGen2", token(false)),
        ("/forSignOnPolicy", json!(false)),
        ("/mobile/applications", json!([])),
        ("/sms/otp/otpLength", json!(6)),
        ("/totp/passcodeGracePeriod", json!(5)),
    ] {
        assert_eq!(body.pointer(pointer), Some(&value), "{pointer}");
    }
    assert_eq!(
        body["rememberMe"],
        json!({"web": {"enabled": false, "lifeTime": {"duration": 30, "timeUnit": "DAYS"}}})
    );
    let text = body.to_string();
    assert!(
        !text.contains("pairingDisabled") && !text.contains("promptForNickname"),
        "{text}"
    );
}

#[tokio::test]
async fn what_a_put_leaves_out_is_back_at_its_default() {
    let scene = Scene::new().await;
    let more = with(
        with(least("Staff"), "/newDeviceNotification", json!("NONE")),
        "/pingIdDesktopGen2",
        json!({"enabled": true, "relyingPartyId": "example.org", "evidence": "REQUIRED"}),
    );
    let path = create(&scene, &more).await;
    scene.server.clock.advance_seconds(5);
    let put = scene.put(&path, &least("Renamed")).await;
    assert_eq!(put.summary(), "200");
    assert_eq!(put.body["name"], "Renamed");
    assert_eq!(put.body["newDeviceNotification"], "EMAIL_THEN_SMS");
    assert_eq!(put.body["pingIdDesktopGen2"], token(false));
    assert_ne!(put.body["updatedAt"], put.body["createdAt"]);
}

#[tokio::test]
async fn the_place_of_the_default_one() {
    let scene = Scene::new().await;
    let first = default_path(&scene).await;
    let second = create(&scene, &with(least("Second"), "/default", json!(true))).await;
    assert_eq!(default_path(&scene).await, second);
    assert_eq!(scene.get(&first).await.body["default"], false);
    // Both changes are recorded.
    let actions = scene.server.recorded_actions().await.unwrap();
    for action in ["CREATED", "UPDATED"] {
        let action = format!("DEVICE_AUTHENTICATION_POLICY.{action}");
        assert!(actions.contains(&action), "{action}");
    }

    // It cannot be given up, nor be deleted.
    let put = scene.put(&second, &least("Second")).await;
    assert_eq!(
        put.summary(),
        "400 INVALID_DATA [CONSTRAINT_VIOLATION default]"
    );
    let delete = scene.delete(&second).await;
    assert_eq!(
        delete.summary(),
        "400 REQUEST_FAILED [CONSTRAINT_VIOLATION]"
    );
    let message = delete.body["details"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("remove default device authentication policy"),
        "{message}"
    );

    // It can be taken back, and the other one deleted then.
    let body = scene.get(&first).await.body;
    assert_eq!(
        scene
            .put(&first, &with(body, "/default", json!(true)))
            .await
            .summary(),
        "200"
    );
    assert_eq!(default_path(&scene).await, first);
    let deleted = scene.delete(&second).await;
    assert_eq!(
        (deleted.summary().as_str(), deleted.bytes.len()),
        ("204", 0)
    );
    assert_eq!(scene.get(&second).await.summary(), "404 NOT_FOUND");
    assert_eq!(scene.delete(&second).await.summary(), "404 NOT_FOUND");
    assert_eq!(
        scene.put(&second, &least("Second")).await.summary(),
        "404 NOT_FOUND"
    );
}

#[tokio::test]
async fn names_are_unique_letter_case_aside() {
    let scene = Scene::new().await;
    let path = create(&scene, &least("Straße")).await;
    const TAKEN: &str = "400 INVALID_DATA [UNIQUENESS_VIOLATION name]";
    assert_eq!(
        scene
            .post(policies(&scene), &least("STRAßE"))
            .await
            .summary(),
        TAKEN
    );
    assert_eq!(
        scene
            .put(&path, &least("default mfa policy"))
            .await
            .summary(),
        TAKEN
    );
    assert_eq!(
        scene.put(&path, &least("STRAßE")).await.summary(),
        "200",
        "its own name"
    );
    let other = scene.server.world.other_environment;
    let elsewhere = format!("/v1/environments/{other}/deviceAuthenticationPolicies");
    assert_eq!(
        scene.post(elsewhere, &least("Straße")).await.summary(),
        "201"
    );
}

#[tokio::test]
async fn what_is_refused() {
    let scene = Scene::new().await;
    let application = mobile_application(&scene).await;
    let world = &scene.server.world;
    let desktop = scene
        .get(format!(
            "/v1/environments/{}/applications",
            world.environment
        ))
        .await;
    let desktop = desktop.body["_embedded"]["applications"]
        .as_array()
        .unwrap()
        .iter();
    let desktop = desktop
        .filter(|app| app["name"] == "PingID Desktop")
        .collect::<Vec<_>>();
    let desktop = desktop[0]["id"].as_str().unwrap();
    let unknown = "00000000-0000-4000-8000-000000000000";
    let admin = world.admin.id.to_string();
    let apps = |ids: &[&str]| {
        let entries: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        with(token(true), "/applications", json!(entries))
    };
    let mut without = Vec::new();
    for name in ["name", "default", "sms", "voice", "email", "mobile", "totp"] {
        let mut policy = least("Staff");
        policy.as_object_mut().unwrap().remove(name);
        without.push((policy, format!("[REQUIRED_VALUE {name}]")));
    }
    let table = [
        ("/name", json!(""), "[EMPTY_VALUE name]"),
        (
            "/sms/otp/failure/count",
            json!(8),
            "[INVALID_VALUE sms.otp.failure.count]",
        ),
        (
            "/sms/otp/failure/count",
            json!("8"),
            "[INVALID_VALUE sms.otp.failure.count]",
        ),
        (
            "/sms/otp/failure/coolDown",
            json!({"duration": 31, "timeUnit": "MINUTES"}),
            "[INVALID_VALUE sms.otp.failure.coolDown.duration]",
        ),
        (
            "/newDeviceNotification",
            json!("X"),
            "[INVALID_VALUE newDeviceNotification]",
        ),
        (
            "/mobile",
            apps(&[&application, unknown]),
            "[INVALID_VALUE mobile.applications[1].id]",
        ),
        (
            "/mobile",
            apps(&[&admin]),
            "[INVALID_VALUE mobile.applications[0].id]",
        ),
        (
            "/mobile",
            apps(&[desktop]),
            "[INVALID_VALUE mobile.applications[0].id]",
        ),
        (
            "/fido2",
            json!({"enabled": true, "fido2PolicyId": unknown}),
            "[INVALID_VALUE fido2.fido2PolicyId]",
        ),
        (
            "/notificationsPolicy",
            json!({"id": unknown}),
            "[INVALID_VALUE notificationsPolicy.id]",
        ),
        (
            "/whatsApp",
            address(true),
            "[CONSTRAINT_VIOLATION whatsApp.enabled]",
        ),
    ];
    let table = table
        .map(|(pointer, value, detail)| (with(least("Staff"), pointer, value), detail.to_owned()));
    let path = create(&scene, &least("Other")).await;
    let before = scene.get(&path).await.body;
    for (policy, detail) in without.into_iter().chain(table) {
        let expected = format!("400 INVALID_DATA {detail}");
        assert_eq!(
            scene.post(policies(&scene), &policy).await.summary(),
            expected
        );
        assert_eq!(scene.put(&path, &policy).await.summary(), expected);
    }
    assert_eq!(
        scene.get(&path).await.body,
        before,
        "refusals change nothing"
    );

    let range = scene
        .post(
            policies(&scene),
            &with(least("Staff"), "/sms/otp/failure/count", json!(0)),
        )
        .await;
    assert_eq!(
        range.body["details"][0]["innerError"],
        json!({"rangeMinimumValue": 1, "rangeMaximumValue": 7})
    );
    let name = with(least("Staff"), "/newDeviceNotification", json!("X"));
    assert_eq!(
        scene.post(policies(&scene), &name).await.body["details"][0]["innerError"],
        json!({"allowedValues": ["NONE", "EMAIL_THEN_SMS", "SMS_THEN_EMAIL"]})
    );
    for (media, body, expected) in [
        ("application/json", "[]", "400 INVALID_REQUEST"),
        (
            "application/json",
            r#"{"name":"a","name":"b"}"#,
            "400 INVALID_REQUEST",
        ),
        ("text/plain", "{}", "415 INVALID_REQUEST"),
        (
            "application/vnd.pingidentity.deviceAuthenticationPolicy.fido2.migrate+json",
            "{}",
            "415 INVALID_REQUEST",
        ),
    ] {
        let call = scene
            .server
            .call("POST", policies(&scene))
            .token(&scene.token);
        let answer = call
            .media(media)
            .bytes(body.as_bytes())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.summary(), expected, "{media} {body}");
    }
}

#[tokio::test]
async fn whatsapp_stays_on_where_it_is_on() {
    let scene = Scene::new().await;
    let world = &scene.server.world;
    let mut seeding = Seeding::new(&scene.server.engine);
    let new = NewEnvironment {
        id: None,
        organization: world.organization,
        license: world.license,
        name: "Trial".to_owned(),
        description: None,
        environment_type: EnvironmentType::Sandbox,
        region: Region::Eu,
        products: vec!["PING_ONE_MFA".to_owned()],
        population: None,
        population_name: "Default".to_owned(),
        desktop_port: 9410,
    };
    let environment = seeding.environment(new).unwrap().environment.id;
    let rp = RpId::parse("localhost", Development::Yes).unwrap();
    let seeded = seeding
        .policies(environment, FirstPolicy::EveryMethod, &rp)
        .unwrap();
    seeding.commit().await.unwrap();
    let path = format!(
        "/v1/environments/{environment}/deviceAuthenticationPolicies/{}",
        seeded.id
    );
    let body = scene.get(&path).await.body;
    for method in [
        "sms",
        "voice",
        "email",
        "whatsApp",
        "mobile",
        "totp",
        "fido2",
        "oathToken",
        "yubikey",
        "desktop",
        "pingIdDesktopGen2",
    ] {
        assert_eq!(body[method]["enabled"], true, "{method}");
    }
    assert_eq!(body["pingIdDesktopGen2"]["relyingPartyId"], "localhost");
    assert_eq!(scene.put(&path, &body).await.summary(), "200");
    let off = with(body.clone(), "/whatsApp/enabled", json!(false));
    assert_eq!(scene.put(&path, &off).await.summary(), "200");
    assert_eq!(
        scene.put(&path, &body).await.summary(),
        "400 INVALID_DATA [CONSTRAINT_VIOLATION whatsApp.enabled]"
    );
}

#[tokio::test]
async fn a_change_takes_effect_at_once() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    assert_eq!(scene.create(user).await.summary(), "201");
    let path = default_path(&scene).await;
    let body = scene.get(&path).await.body;
    let off = with(body.clone(), "/pingIdDesktopGen2/enabled", json!(false));
    assert_eq!(scene.put(&path, &off).await.summary(), "200");
    assert_eq!(
        scene.create(user).await.summary(),
        "400 INVALID_DATA [INVALID_VALUE type]"
    );
    let closed = with(
        body.clone(),
        "/pingIdDesktopGen2/pairingDisabled",
        json!(true),
    );
    assert_eq!(scene.put(&path, &closed).await.summary(), "200");
    assert_eq!(
        scene.create(user).await.summary(),
        "400 INVALID_DATA [INVALID_VALUE type]"
    );
    assert_eq!(scene.put(&path, &body).await.summary(), "200");
    assert_eq!(scene.create(user).await.summary(), "201");
    // A policy that is named and gone.
    let named = create(&scene, &least("Named")).await;
    assert_eq!(scene.delete(&named).await.summary(), "204");
    let id = named.rsplit_once('/').unwrap().1;
    let device = json!({
        "type": "PINGID_DESKTOP_GEN2", "status": "ACTIVATION_REQUIRED", "policy": {"id": id},
    });
    let answer = scene.post(scene.server.devices(user), &device).await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_VALUE policy.id]"
    );
}

#[tokio::test]
async fn pages_and_the_limit() {
    let scene = Scene::new().await;
    for number in 2..=100 {
        scene.server.clock.advance_seconds(1);
        create(&scene, &least(&format!("Policy {number}"))).await;
    }
    let full = scene.post(policies(&scene), &least("One more")).await;
    assert_eq!(full.summary(), "400 REQUEST_FAILED [LIMIT_EXCEEDED]");
    assert_eq!(
        full.body["details"][0]["innerError"],
        json!({"maximumAllowed": 100})
    );

    let all = scene.get(policies(&scene)).await.body;
    assert_eq!((&all["count"], &all["size"]), (&json!(100), &json!(100)));
    assert!(all["_links"].get("next").is_none());

    let mut path = format!("{}?limit=40", policies(&scene));
    let mut sizes = Vec::new();
    let mut names = Vec::new();
    let previous = loop {
        let page = scene.get(&path).await.body;
        assert_eq!(page["count"], 100);
        sizes.push(page["size"].as_u64().unwrap());
        let items = page["_embedded"]["deviceAuthenticationPolicies"]
            .as_array()
            .unwrap();
        names.extend(
            items
                .iter()
                .map(|policy| policy["name"].as_str().unwrap().to_owned()),
        );
        match page["_links"]["next"]["href"].as_str() {
            Some(next) => path = next.replace("https://api.mfa.test", ""),
            None => break page["_links"]["prev"]["href"].as_str().unwrap().to_owned(),
        }
    };
    assert_eq!(sizes, [40, 40, 20]);
    assert_eq!(names[0], "Default MFA Policy");
    assert_eq!(names[99], "Policy 100");
    let back = scene
        .get(previous.replace("https://api.mfa.test", ""))
        .await
        .body;
    assert_eq!(
        back["_embedded"]["deviceAuthenticationPolicies"][0]["name"],
        "Policy 41"
    );
    for wrong in ["limit=0", "limit=x", "cursor=x"] {
        let name = wrong.split_once('=').unwrap().0;
        let answer = scene.get(format!("{}?{wrong}", policies(&scene))).await;
        assert_eq!(
            answer.summary(),
            format!("400 INVALID_REQUEST [INVALID_PARAMETER {name}]")
        );
    }
}

#[tokio::test]
async fn of_many_at_once_one_gets_the_name_and_one_the_default_place() {
    let scene = Scene::new().await;
    let same: Vec<Value> = (0..16).map(|_| least("Same")).collect();
    let answers = all_at_once(&scene, &same).await;
    assert_eq!(answers.iter().filter(|answer| *answer == "201").count(), 1);
    let taken = "400 INVALID_DATA [UNIQUENESS_VIOLATION name]";
    assert_eq!(answers.iter().filter(|answer| *answer == taken).count(), 15);

    let wanting: Vec<Value> = (0..16)
        .map(|number| with(least(&format!("Policy {number}")), "/default", json!(true)))
        .collect();
    let answers = all_at_once(&scene, &wanting).await;
    assert!(answers.iter().all(|answer| answer == "201"), "{answers:?}");
    let list = scene.get(policies(&scene)).await.body;
    let all = list["_embedded"]["deviceAuthenticationPolicies"]
        .as_array()
        .unwrap();
    assert_eq!(
        all.iter()
            .filter(|policy| policy["default"] == true)
            .count(),
        1
    );
}

async fn all_at_once(scene: &Scene, bodies: &[Value]) -> Vec<String> {
    let calls = bodies.iter().map(|body| scene.post(policies(scene), body));
    let answers = futures_util::future::join_all(calls).await;
    answers
        .iter()
        .map(countersign_testkit::server::Answer::summary)
        .collect()
}
