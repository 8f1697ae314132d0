//! Pairing and signing in, when all goes well and when this computer cannot.

use countersign_desktop::prompt::Request;
use countersign_desktop_protocol::assertion::Assertion;
use countersign_desktop_protocol::attestation::Attestation;
use countersign_desktop_protocol::{KeyProtection, OsType, request_hash};
use serde_json::json;

use crate::support::issuer::USER;
use crate::support::{Issuer, PAGE, PIN, Setup, Step, TestAgent};

const ISS: &str = "https://auth.example.com/env/as";

async fn start() -> (Issuer, TestAgent) {
    let issuer = Issuer::named(ISS).await;
    let agent = TestAgent::start(Setup::trusting(&issuer));
    (issuer, agent)
}

#[tokio::test]
async fn a_pairing_answers_an_attestation() {
    let (issuer, agent) = start().await;
    let jwt = issuer.sign_creation(&issuer.creation(agent.now()));
    agent.person.will([Step::Allow, Step::NewPin(PIN, PIN)]);
    let answer = agent.register(PAGE, &jwt).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
    let verified = Attestation::verify(answer.jwt()).unwrap();
    let claims = verified.claims();
    assert_eq!(claims.aud, ISS);
    assert_eq!(claims.sub, USER);
    assert_eq!(claims.rqh, request_hash(&jwt));
    assert_eq!(claims.nonce, issuer.creation(agent.now())["nonce"]);
    assert_eq!(claims.rp.id, "example.com");
    assert_eq!(claims.origin.to_string(), PAGE);
    assert_eq!(claims.key_protection, KeyProtection::Software);
    assert!(claims.up && claims.uv);
    assert_eq!(claims.amr, ["swk", "pin"]);
    assert_eq!(claims.ctr, 0);
    assert_eq!(claims.iat, agent.now());
    assert_eq!(claims.exp, agent.now().plus_seconds(120));
    assert_eq!(claims.os.kind, OsType::Linux);
    assert_eq!(claims.application.native_name, "Countersign Desktop");
    assert!(claims.evidence.is_none());
    assert!(
        agent.person.told().contains("Check number: "),
        "{}",
        agent.person.told()
    );

    let Request::Pair(shown) = agent.person.last_shown() else {
        panic!()
    };
    assert_eq!(shown.rp_id, "example.com");
    assert_eq!(shown.account.0, "a.lee (Alex Lee)");
    assert!(shown.sets_pin && !shown.new_issuer);
    assert!(
        shown.program.unwrap().starts_with("agent"),
        "the calling program is this test"
    );
}

#[tokio::test]
async fn signing_in_counts_up_and_names_the_request() {
    let (issuer, agent) = start().await;
    let paired = agent.pair(&issuer).await;
    let mut claims = issuer.request(agent.now(), paired.kid());
    claims["ctx"]["template"] = json!("Pay\u{202e} 20 EUR\nAllow? [y/N]: \u{1b}[2J");
    let jwt = issuer.sign_request(&claims);
    agent.person.will([Step::Allow, Step::Pin(PIN)]);
    let answer = agent.authenticate(PAGE, &jwt).await;
    let verified = Assertion::verify(answer.jwt(), paired.key()).unwrap();
    let signed = verified.claims();
    assert_eq!(verified.kid(), paired.kid());
    assert_eq!((signed.aud.as_str(), signed.sub.as_str()), (ISS, USER));
    assert_eq!(signed.rqh, request_hash(&jwt));
    assert_eq!(json!(signed.authn), claims["authn"]);
    assert_eq!(signed.origin.to_string(), PAGE);
    assert_eq!(signed.unit_id, paired.claims().unit_id);
    assert_eq!(signed.ctr, 1);
    assert_eq!(signed.exp, agent.now().plus_seconds(60));
    let Request::SignIn(shown) = agent.person.last_shown() else {
        panic!()
    };
    assert_eq!(shown.application, "Payroll");
    assert_eq!(shown.message, "Pay 20 EURAllow? [y/N]: [2J");
    for expected in 2..=4 {
        agent.wait(61);
        assert_eq!(agent.sign_in(&issuer, &paired).await.claims().ctr, expected);
    }
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let (issuer, agent) = start().await;
    let paired = agent.pair(&issuer).await;
    assert_eq!(agent.sign_in(&issuer, &paired).await.claims().ctr, 1);
    let agent = agent.restart(Setup::trusting(&issuer)).await;
    let after = agent.sign_in(&issuer, &paired).await;
    assert_eq!(after.claims().ctr, 2);
    assert_eq!(after.claims().unit_id, paired.claims().unit_id);
}

#[tokio::test]
async fn unit_ids_are_pairwise() {
    let one = Issuer::named("https://one.example.com/as").await;
    let two = Issuer::named("https://two.example.com/as").await;
    let mut setup = Setup::trusting(&one);
    setup.config.push_str(&Setup::trusting(&two).config);
    let agent = TestAgent::start(setup);
    let (first, second) = (agent.pair(&one).await, agent.pair(&two).await);
    assert_ne!(first.claims().unit_id, second.claims().unit_id);
    assert_ne!(first.kid(), second.kid());
    let mut again = one.creation(agent.now());
    again["sub"] = json!("somebody-else");
    let third = agent.pair_with(&one, &again).await;
    assert_eq!(first.claims().unit_id, third.claims().unit_id);
    assert_ne!(first.kid(), third.kid(), "a key of its own for each user");
}

#[tokio::test]
async fn without_a_user_the_person_picks_an_account() {
    let (issuer, agent) = start().await;
    let first = agent.pair(&issuer).await;
    agent.person.will([Step::Allow, Step::Pin(PIN)]);
    let only = agent
        .authenticate(
            PAGE,
            &issuer.sign_request(&issuer.usernameless(agent.now())),
        )
        .await;
    Assertion::verify(only.jwt(), first.key()).unwrap();
    agent.wait(61);

    let mut claims = issuer.creation(agent.now());
    claims["sub"] = json!("user-2");
    claims["user"] = json!({"name": "b.kim", "displayName": ""});
    let second = agent.pair_with(&issuer, &claims).await;
    agent
        .person
        .will([Step::Choose(1), Step::Allow, Step::Pin(PIN)]);
    let answer = agent
        .authenticate(
            PAGE,
            &issuer.sign_request(&issuer.usernameless(agent.now())),
        )
        .await;
    let chosen = Assertion::verify(answer.jwt(), second.key()).unwrap();
    assert_eq!(chosen.claims().sub, "user-2");
    let Request::SignIn(shown) = agent.person.last_shown() else {
        panic!()
    };
    let shown: Vec<_> = shown
        .accounts
        .iter()
        .map(|account| account.0.as_str())
        .collect();
    assert_eq!(shown, ["a.lee (Alex Lee)", "b.kim"]);
    assert_eq!(
        agent.store().activity().unwrap().last().unwrap().account,
        "b.kim"
    );
}

#[tokio::test]
async fn a_new_key_stands_beside_the_old_until_its_first_use() {
    let (issuer, agent) = start().await;
    let old = agent.pair(&issuer).await;
    agent.sign_in(&issuer, &old).await;
    let new = agent.pair(&issuer).await;
    assert_eq!(agent.kids(), [*old.kid(), *new.kid()]);
    agent.sign_in(&issuer, &old).await;
    agent.sign_in(&issuer, &new).await;
    assert_eq!(agent.kids(), [*new.kid()]);
    let claims = issuer.request(agent.now(), old.kid());
    agent
        .authenticate(PAGE, &issuer.sign_request(&claims))
        .await
        .is_failure(404, "NO_CREDENTIAL");
}

/// Two pairings at once: the server may take the first while the second is still being made.
#[tokio::test]
async fn a_key_never_used_is_not_erased_by_another_pairing() {
    let (issuer, agent) = start().await;
    let first = agent.pair(&issuer).await;
    let second = agent.pair(&issuer).await;
    agent.sign_in(&issuer, &first).await;
    agent.sign_in(&issuer, &second).await;
    assert_eq!(agent.kids(), [*second.kid()]);
}

#[tokio::test]
async fn what_this_computer_cannot_do_is_refused_without_a_question() {
    let (issuer, agent) = start().await;
    let paired = agent.pair(&issuer).await;
    let before = agent.person.opened();
    let cases = [
        ("algs", json!(["EdDSA"]), 400, "UNSUPPORTED_ALGORITHM"),
        ("algs", json!([]), 400, "UNSUPPORTED_ALGORITHM"),
        (
            "minKeyProtection",
            json!("TPM"),
            409,
            "KEY_PROTECTION_UNAVAILABLE",
        ),
        (
            "minKeyProtection",
            json!("SECURE_ENCLAVE"),
            409,
            "KEY_PROTECTION_UNAVAILABLE",
        ),
        (
            "minKeyProtection",
            json!("KEYSTORE"),
            409,
            "KEY_PROTECTION_UNAVAILABLE",
        ),
        (
            "evidence",
            json!("required"),
            409,
            "KEY_PROTECTION_UNAVAILABLE",
        ),
        ("exclude", json!([paired.kid()]), 409, "ALREADY_REGISTERED"),
    ];
    for (member, value, status, code) in cases {
        let mut claims = issuer.creation(agent.now());
        claims[member] = value;
        let jwt = issuer.sign_creation(&claims);
        agent.register(PAGE, &jwt).await.is_failure(status, code);
        agent.register(PAGE, &jwt).await.is_failure(status, code);
    }
    assert_eq!(agent.person.opened(), before, "and spends nothing");
    // Welcome evidence is no demand.
    let mut claims = issuer.creation(agent.now());
    claims["evidence"] = json!("preferred");
    agent.pair_with(&issuer, &claims).await;
}

#[tokio::test]
async fn a_credential_answers_to_its_issuer_user_and_relying_party_only() {
    let one = Issuer::named("https://one.example.com/as").await;
    let two = Issuer::named("https://two.example.com/as").await;
    let mut setup = Setup::trusting(&one);
    setup.config.push_str(&Setup::trusting(&two).config);
    let agent = TestAgent::start(setup);
    let paired = agent.pair(&one).await;
    let refused = async |issuer: &Issuer, member: &str, value: serde_json::Value, origin: &str| {
        let mut claims = issuer.request(agent.now(), paired.kid());
        claims[member] = value;
        let answer = agent
            .authenticate(origin, &issuer.sign_request(&claims))
            .await;
        answer.is_failure(404, "NO_CREDENTIAL");
    };
    refused(&two, "sub", json!(USER), PAGE).await;
    refused(&one, "sub", json!("user-2"), PAGE).await;
    refused(
        &one,
        "rp",
        json!({"id": "login.example.com", "name": ""}),
        PAGE,
    )
    .await;
    let other = countersign_crypto::signing::Es256KeyPair::generate().unwrap();
    refused(
        &one,
        "allow",
        json!([other.public_jwk().thumbprint()]),
        PAGE,
    )
    .await;
    // `exclude` of another issuer tells nothing either.
    let mut claims = two.creation(agent.now());
    claims["exclude"] = json!([paired.kid()]);
    agent.pair_with(&two, &claims).await;
}

#[tokio::test]
async fn the_folder_holds_no_secret_in_the_clear() {
    let (issuer, agent) = start().await;
    let paired = agent.pair(&issuer).await;
    agent.sign_in(&issuer, &paired).await;
    let nonces = [
        issuer.creation(agent.now()),
        issuer.usernameless(agent.now()),
    ]
    .map(|claims| claims["nonce"].as_str().unwrap().to_owned());
    for entry in std::fs::read_dir(agent.folder()).unwrap() {
        let path = entry.unwrap().path();
        let content = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        assert!(!content.contains(PIN), "{path:?}");
        assert!(!content.contains("eyJ"), "a token in {path:?}");
        assert!(
            !nonces.iter().any(|nonce| content.contains(nonce)),
            "a nonce in {path:?}"
        );
        // The start of every PKCS#8 P-256 key.
        assert!(!content.contains("MIGH"), "a key in {path:?}");
    }
    let activity = agent.store().activity().unwrap();
    let results: Vec<_> = activity.iter().map(|entry| entry.result.as_str()).collect();
    assert_eq!(results, ["OK", "OK"]);
    assert_eq!(activity[0].account, "a.lee (Alex Lee)");
    assert_eq!(activity[0].origin, PAGE);
}

#[tokio::test]
async fn a_damaged_store_is_a_key_store_failure_without_paths() {
    let (issuer, agent) = start().await;
    let paired = agent.pair(&issuer).await;
    std::fs::write(agent.folder().join("vault.json"), "{").unwrap();
    let claims = issuer.request(agent.now(), paired.kid());
    let answer = agent
        .authenticate(PAGE, &issuer.sign_request(&claims))
        .await;
    answer.is_failure(500, "KEYSTORE_FAILURE");
    assert!(!answer.body.contains("vault"), "{}", answer.body);
}

#[tokio::test]
async fn a_sealed_key_moved_to_another_account_does_not_sign() {
    let (issuer, agent) = start().await;
    let first = agent.pair(&issuer).await;
    let mut claims = issuer.creation(agent.now());
    claims["sub"] = json!("user-2");
    agent.pair_with(&issuer, &claims).await;
    let file = agent.folder().join("vault.json");
    let mut vault: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    vault["credentials"][0]["sealed_key"] = vault["credentials"][1]["sealed_key"].clone();
    std::fs::write(&file, vault.to_string()).unwrap();
    agent.person.will([Step::Allow, Step::Pin(PIN)]);
    let claims = issuer.request(agent.now(), first.kid());
    let answer = agent
        .authenticate(PAGE, &issuer.sign_request(&claims))
        .await;
    answer.is_failure(500, "KEYSTORE_FAILURE");
    assert_eq!(
        agent.store().vault().unwrap().credentials[0].counter,
        0,
        "nothing was counted"
    );
}

#[tokio::test]
async fn nothing_leaves_that_is_not_on_disk() {
    // A folder in the place of the temporary file: no write of that file can succeed.
    let (issuer, agent) = start().await;
    let paired = agent.pair(&issuer).await;
    let request = || issuer.sign_request(&issuer.request(agent.now(), paired.kid()));
    let shown = agent.person.shown.lock().unwrap().len();
    let block = agent.folder().join("spent.json.new");
    std::fs::create_dir(&block).unwrap();
    let answer = agent.authenticate(PAGE, &request()).await;
    answer.is_failure(500, "KEYSTORE_FAILURE");
    assert_eq!(
        agent.person.shown.lock().unwrap().len(),
        shown,
        "nothing was shown"
    );
    std::fs::remove_dir(&block).unwrap();

    let block = agent.folder().join("vault.json.new");
    std::fs::create_dir(&block).unwrap();
    agent.person.will([Step::Allow, Step::Pin(PIN)]);
    let answer = agent.authenticate(PAGE, &request()).await;
    answer.is_failure(500, "KEYSTORE_FAILURE");
    std::fs::remove_dir(&block).unwrap();
    agent.wait(61);
    assert_eq!(agent.sign_in(&issuer, &paired).await.claims().ctr, 1);
}
