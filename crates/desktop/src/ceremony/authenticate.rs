//! `POST /authenticate`: signing in. Never adds trust.

use std::sync::Arc;

use countersign_desktop_protocol::assertion::{ApplicationVersion, Assertion};
use countersign_desktop_protocol::origin::Origin;
use countersign_desktop_protocol::request_options::RequestOptions;
use countersign_desktop_protocol::{RpRef, request_hash};
use uuid::Uuid;

use super::checks::{self, Asked};
use super::session::{Done, Purpose, Session, blocking};
use super::{Caller, verification};
use crate::agent::{Agent, VERSION};
use crate::http::{Failure, Kind};
use crate::keystore::{KeyOwner, OpenKeyStore};
use crate::prompt::presentation::clean;
use crate::prompt::{AccountText, Request, SignInRequest, Withdrawal};
use crate::store::Vault;
use crate::store::activity::Action;
use crate::store::vault::Credential;
use crate::trust::Standing;

/// Life of an assertion (seconds).
const LIFE: i64 = 60;

pub(super) async fn run(
    agent: Arc<Agent>,
    caller: Caller,
    jwt: String,
    withdrawal: Withdrawal,
) -> Result<String, Failure> {
    let token = checks::parse(&jwt)?;
    let issuer = checks::issuer(&token)?;
    let vault = agent.store().vault()?;
    let Standing::Known(known) = Standing::of(&issuer, agent.settings(), &vault) else {
        return Err(Kind::UntrustedIssuer.into());
    };
    let key = checks::key(&agent, &known, &token).await?;
    let options = RequestOptions::verify(&token, &key).map_err(checks::of_options)?;
    let asked = Asked::from(&options);
    asked.check(
        options.check_time(agent.now()),
        &agent,
        &known.issuer,
        &caller.origin,
    )?;
    let candidates = candidates(&vault, &options);
    if candidates.is_empty() {
        return Err(Kind::NoCredential.into());
    }
    let purpose = Purpose {
        action: Action::SignIn,
        rp_id: options.rp.id.clone(),
        account: match candidates.as_slice() {
            [only] => only.account_text(),
            _ => String::new(),
        },
        first_pairing: None,
        timeout: options.timeout,
    };
    let mut session = Session::open(agent, caller, withdrawal, purpose, &asked).await?;
    let outcome = async {
        let chosen = show(&mut session, &options, candidates).await?;
        let opened = verification::verify(&mut session).await?;
        session.still_wanted()?;
        let agent = Arc::clone(&session.agent);
        let origin = session.caller.origin.clone();
        let rqh = request_hash(&jwt);
        blocking(move || {
            sign(
                &agent,
                &options,
                &origin,
                rqh,
                opened.keys.as_ref(),
                &chosen,
            )
        })
        .await
    }
    .await;
    session.conclude(outcome).await
}

/// The credentials that fit, one for each account, the newest where an account has two.
fn candidates(vault: &Vault, options: &RequestOptions) -> Vec<Credential> {
    let fits = |credential: &&Credential| match (&options.sub, &options.allow) {
        (Some(sub), Some(allow)) => credential.user == *sub && allow.contains(&credential.kid),
        // Started by the relying party alone: any account, and the person picks one.
        (None, None) => true,
        _ => false,
    };
    let mut found: Vec<Credential> = Vec::new();
    for credential in vault
        .credentials_of(&options.iss, &options.rp.id)
        .rev()
        .filter(fits)
    {
        if !found.iter().any(|newer| newer.user == credential.user) {
            found.push(credential.clone());
        }
    }
    found.reverse();
    found
}

/// Shows the request, lets the person choose where there is a choice, and asks whether they allow it.
async fn show(
    session: &mut Session,
    options: &RequestOptions,
    mut candidates: Vec<Credential>,
) -> Result<Credential, Failure> {
    let context = &options.ctx;
    let text = |part: &Option<String>| clean(part.as_deref().unwrap_or_default());
    let request = Request::SignIn(SignInRequest {
        rp_id: options.rp.id.clone(),
        rp_name: clean(&options.rp.name),
        accounts: candidates
            .iter()
            .map(|one| AccountText(one.account_text()))
            .collect(),
        origin: session.caller.origin.to_string(),
        application: text(&context.app),
        address: text(&context.ip),
        place: text(&context.place),
        message: text(&context.template),
        program: session.program.clone(),
    });
    session
        .ask(move |conversation| conversation.show(&request))
        .await?;
    let count = candidates.len();
    let chosen = match count {
        1 => 0,
        _ => {
            session
                .ask(move |conversation| conversation.choose_account(count))
                .await?
        }
    };
    if chosen >= count {
        return Err(Kind::NoCredential.into());
    }
    let chosen = candidates.swap_remove(chosen);
    session.chose(chosen.account_text());
    session.ask_to_allow().await?;
    Ok(chosen)
}

/// Takes the next counter value and signs. The counter is on disk before the answer leaves; nothing is
/// changed if the key does not sign.
fn sign(
    agent: &Agent,
    options: &RequestOptions,
    origin: &Origin,
    rqh: String,
    keys: &dyn OpenKeyStore,
    chosen: &Credential,
) -> Result<Done, Failure> {
    let random_id = || countersign_crypto::random::uuid_v4(agent.random());
    let jwt = agent.store().update(|vault| -> Result<String, Failure> {
        let issued = agent.now();
        let unit_id: Uuid = *vault
            .unit_ids
            .entry(options.iss.clone())
            .or_insert_with(random_id);
        let used = vault
            .use_credential(&chosen.kid, issued)
            .ok_or_else(|| Failure::from(Kind::NoCredential))?;
        let owner = KeyOwner {
            issuer: &used.issuer,
            user: &used.user,
            rp_id: &used.rp_id,
        };
        let signer = keys.open(owner, &used.kid, &used.sealed_key)?;
        let methods = agent.key_store().authentication_methods();
        let assertion = Assertion {
            aud: options.iss.clone(),
            sub: used.user.clone(),
            jti: random_id(),
            iat: issued,
            exp: issued.plus_seconds(LIFE),
            nonce: options.nonce.clone(),
            rqh,
            authn: options.authn,
            rp: RpRef {
                id: options.rp.id.clone(),
            },
            origin: origin.clone(),
            up: true,
            uv: true,
            amr: methods.iter().map(|&word| word.to_owned()).collect(),
            ctr: used.counter,
            unit_id,
            os: agent.facts().os.clone(),
            application: ApplicationVersion {
                version: VERSION.to_owned(),
            },
        };
        assertion
            .sign(signer.as_ref())
            .map_err(|_| Kind::KeystoreFailure.into())
    })?;
    Ok(Done {
        jwt,
        words: "Allowed and signed. Go back to the page.".to_owned(),
    })
}
