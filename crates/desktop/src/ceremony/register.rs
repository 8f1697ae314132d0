//! `POST /register`: pairing this computer.

use std::sync::Arc;

use countersign_crypto::jws::UnverifiedJws;
use countersign_desktop_protocol::attestation::Attestation;
use countersign_desktop_protocol::check_number::check_number;
use countersign_desktop_protocol::creation_options::CreationOptions;
use countersign_desktop_protocol::origin::Origin;
use countersign_desktop_protocol::site::same_site;
use countersign_desktop_protocol::{Application, Evidence, RpRef, request_hash};

use super::checks::{self, Asked};
use super::session::{Done, Purpose, Session, blocking};
use super::{Caller, verification};
use crate::agent::{Agent, NAME, VERSION};
use crate::http::{Failure, Kind};
use crate::keystore::KeyOwner;
use crate::prompt::presentation::clean;
use crate::prompt::{AccountText, PairRequest, Request, Withdrawal};
use crate::store::activity::Action;
use crate::store::pin_record::PinRecord;
use crate::store::vault::{Credential, PinnedIssuer, Vault, account_text};
use crate::trust::keys::FetchedSet;
use crate::trust::{IssuerUrl, Known, Site, Standing};
use verification::Opened;

/// Life of an attestation (seconds).
const LIFE: i64 = 120;

pub(super) async fn run(
    agent: Arc<Agent>,
    caller: Caller,
    jwt: String,
    withdrawal: Withdrawal,
) -> Result<String, Failure> {
    let token = checks::parse(&jwt)?;
    let issuer = checks::issuer(&token)?;
    let vault = agent.store().vault()?;
    match Standing::of(&issuer, agent.settings(), &vault) {
        Standing::Untrusted => Err(Kind::UntrustedIssuer.into()),
        Standing::Known(known) => with_known(agent, caller, &jwt, &token, known, withdrawal).await,
        Standing::New(issuer) => with_new(agent, caller, &jwt, &token, issuer, withdrawal).await,
    }
}

/// A trusted issuer: all checks, then the questions.
async fn with_known(
    agent: Arc<Agent>,
    caller: Caller,
    jwt: &str,
    token: &UnverifiedJws<'_>,
    known: Known,
    withdrawal: Withdrawal,
) -> Result<String, Failure> {
    let key = checks::key(&agent, &known, token).await?;
    let options = CreationOptions::verify(token, &key).map_err(checks::of_options)?;
    let asked = Asked::from(&options);
    asked.check(
        options.check_time(agent.now()),
        &agent,
        &known.issuer,
        &caller.origin,
    )?;
    check_ability(&agent, &options)?;
    let purpose = purpose(&options, None);
    let mut session = Session::open(agent, caller, withdrawal, purpose, &asked).await?;
    let outcome = async {
        show(&mut session, &options, false).await?;
        finish(&mut session, jwt, &options, None).await
    }
    .await;
    session.conclude(outcome).await
}

/// An issuer that is not known yet: one question on what it says, then its keys, then the same bytes
/// verified. Nothing is kept unless all of it went well.
async fn with_new(
    agent: Arc<Agent>,
    caller: Caller,
    jwt: &str,
    token: &UnverifiedJws<'_>,
    issuer: IssuerUrl,
    withdrawal: Withdrawal,
) -> Result<String, Failure> {
    let site = common_site(&agent, &issuer, &caller.origin)?;
    let claimed = CreationOptions::read_unverified(token).map_err(checks::of_options)?;
    let claimed = claimed.claimed();
    checks::kid(token)?;
    let asked = Asked::from(claimed);
    asked.check(
        claimed.check_time(agent.now()),
        &agent,
        &issuer,
        &caller.origin,
    )?;
    let purpose = purpose(claimed, Some(site));
    let mut session = Session::open(agent, caller, withdrawal, purpose, &asked).await?;
    let outcome = async {
        show(&mut session, claimed, true).await?;
        session
            .tell("Fetching the server's keys and checking the request…")
            .await;
        let agent = Arc::clone(&session.agent);
        let introduced = session.wait(agent.issuer_keys().introduce(&issuer)).await?;
        let keys = introduced.map_err(checks::of_key)?;
        let unknown = || checks::of_key(crate::trust::keys::KeyFault::Unknown);
        let key = keys.find(checks::kid(token)?).ok_or_else(unknown)?;
        let options = CreationOptions::verify(token, key).map_err(checks::of_options)?;
        check_ability(&session.agent, &options)?;
        finish(&mut session, jwt, &options, Some((issuer, keys))).await
    }
    .await;
    session.conclude(outcome).await
}

/// A first pairing is possible only with an issuer of the page's own site.
fn common_site(agent: &Agent, issuer: &IssuerUrl, origin: &Origin) -> Result<Site, Failure> {
    let development = agent.settings().development;
    Origin::parse(issuer.as_str())
        .ok()
        .filter(|of| same_site(of, origin, development))
        .and_then(|_| Site::of(origin, development))
        .ok_or_else(|| {
            Failure::from(Kind::UntrustedIssuer).target(
                "iss",
                "The issuer is not known here, and not of the page's own site.",
            )
        })
}

fn purpose(options: &CreationOptions, first_pairing: Option<Site>) -> Purpose {
    Purpose {
        action: Action::Pair,
        rp_id: options.rp.id.clone(),
        account: account(options),
        first_pairing,
        timeout: options.timeout,
    }
}

fn account(options: &CreationOptions) -> String {
    account_text(
        &clean(&options.user.name),
        &clean(&options.user.display_name),
    )
}

/// Whether this authenticator can do what is asked.
fn check_ability(agent: &Agent, options: &CreationOptions) -> Result<(), Failure> {
    if !options.algs.iter().any(|alg| alg == "ES256") {
        return Err(Kind::UnsupportedAlgorithm.into());
    }
    let keys = agent.key_store();
    let missing = |target| {
        Failure::from(Kind::KeyProtectionUnavailable).target(
            target,
            format!("Keys are {} here.", keys.protection().as_str()),
        )
    };
    if !keys.protection().satisfies(options.min_key_protection) {
        return Err(missing("minKeyProtection"));
    }
    if options.evidence == Evidence::Required && !keys.gives_evidence() {
        return Err(missing("evidence"));
    }
    let vault = agent.store().vault()?;
    let registered = vault
        .credentials_of(&options.iss, &options.rp.id)
        .any(|credential| options.exclude.contains(&credential.kid));
    if registered {
        Err(Kind::AlreadyRegistered.into())
    } else {
        Ok(())
    }
}

/// Shows the request and asks whether the person allows it.
async fn show(session: &mut Session, options: &CreationOptions, new: bool) -> Result<(), Failure> {
    let request = Request::Pair(PairRequest {
        rp_id: options.rp.id.clone(),
        rp_name: clean(&options.rp.name),
        account: AccountText(account(options)),
        origin: session.caller.origin.to_string(),
        issuer: clean(&options.iss),
        new_issuer: new,
        application: clean(&options.application.name),
        program: session.program.clone(),
        sets_pin: session.agent.store().vault()?.pin.is_none(),
    });
    session
        .ask(move |conversation| conversation.show(&request))
        .await?;
    session.ask_to_allow().await
}

/// The PIN, the key, the store, the signature.
async fn finish(
    session: &mut Session,
    jwt: &str,
    options: &CreationOptions,
    introduced: Option<(IssuerUrl, FetchedSet)>,
) -> Result<Done, Failure> {
    let opened = verification::verify(session).await?;
    session.still_wanted()?;
    let agent = Arc::clone(&session.agent);
    let (options, origin) = (options.clone(), session.caller.origin.clone());
    let rqh = request_hash(jwt);
    blocking(move || {
        Making {
            agent,
            options,
            origin,
            rqh,
            introduced,
        }
        .make(&opened)
    })
    .await
}

/// What the last step is made of.
struct Making {
    agent: Arc<Agent>,
    options: CreationOptions,
    origin: Origin,
    rqh: String,
    introduced: Option<(IssuerUrl, FetchedSet)>,
}

impl Making {
    fn make(&self, opened: &Opened) -> Result<Done, Failure> {
        let Self { agent, options, .. } = self;
        let owner = KeyOwner {
            issuer: &options.iss,
            user: &options.sub,
            rp_id: &options.rp.id,
        };
        let (sealed_key, signer) = opened.keys.create(owner)?;
        let kid = signer.public_jwk().thumbprint();
        let now = agent.now();
        let credential = Credential {
            kid,
            issuer: options.iss.clone(),
            user: options.sub.clone(),
            rp_id: options.rp.id.clone(),
            rp_name: clean(&options.rp.name),
            user_name: clean(&options.user.name),
            display_name: clean(&options.user.display_name),
            label: None,
            created_at: now,
            last_used_at: None,
            counter: 0,
            protection: agent.key_store().protection(),
            sealed_key,
        };
        // Signed inside the change: the store is on disk before the answer leaves, and nothing is
        // stored if it cannot be signed.
        let jwt = agent.store().update(|vault| -> Result<String, Failure> {
            let jwt = self
                .attestation(vault)
                .sign(signer.as_ref())
                .map_err(|_| Failure::from(Kind::KeystoreFailure))?;
            match (&vault.pin, &opened.new_pin) {
                (None, Some(verifier)) => vault.pin = Some(PinRecord::new(verifier.clone(), now)),
                (Some(_), None) => {}
                // The PIN was set or erased from the command line meanwhile.
                _ => return Err(Kind::KeystoreFailure.into()),
            }
            if let Some((issuer, keys)) = &self.introduced {
                vault
                    .pinned_issuers
                    .retain(|pinned| pinned.issuer != issuer.as_str());
                vault.pinned_issuers.push(PinnedIssuer {
                    issuer: issuer.as_str().to_owned(),
                    jwks_uri: keys.jwks_uri.clone(),
                    pinned_at: now,
                });
            }
            vault.add(credential);
            Ok(jwt)
        })?;
        if let Some((issuer, keys)) = &self.introduced
            && let Err(error) = agent.issuer_keys().remember(issuer, keys)
        {
            tracing::warn!(%error, "the keys could not be cached");
        }
        let number = check_number(&kid);
        let words = format!("Paired. Check number: {number}. The page shows the same one.");
        Ok(Done { jwt, words })
    }

    fn attestation(&self, vault: &mut Vault) -> Attestation {
        let Self { agent, options, .. } = self;
        let issued = agent.now();
        let unit_id = *vault
            .unit_ids
            .entry(options.iss.clone())
            .or_insert_with(|| countersign_crypto::random::uuid_v4(agent.random()));
        let keys = agent.key_store();
        Attestation {
            aud: options.iss.clone(),
            sub: options.sub.clone(),
            jti: countersign_crypto::random::uuid_v4(agent.random()),
            iat: issued,
            exp: issued.plus_seconds(LIFE),
            nonce: options.nonce.clone(),
            rqh: self.rqh.clone(),
            rp: RpRef {
                id: options.rp.id.clone(),
            },
            origin: self.origin.clone(),
            key_protection: keys.protection(),
            up: true,
            uv: true,
            amr: keys
                .authentication_methods()
                .iter()
                .map(|&word| word.to_owned())
                .collect(),
            ctr: 0,
            unit_id,
            os: agent.facts().os.clone(),
            model: agent.facts().model.clone(),
            application: Application {
                native_name: NAME.to_owned(),
                version: VERSION.to_owned(),
            },
            evidence: None,
        }
    }
}
