//! The whole API in process: real router, real engine, SQLite in a file of its own, a clock that
//! stands still and repeatable randomness; with a small world in it.

use std::sync::Arc;

use anyhow::Context as _;
use axum::body::Body;
use countersign_api::{ApiState, Limits, Links};
use countersign_crypto::keyring::MasterKey;
use countersign_crypto::random::{Random, SystemRandom};
use countersign_crypto::secret::SecretString;
use countersign_desktop_protocol::Development;
use countersign_desktop_protocol::rp::RpId;
use countersign_domain::access::{Assignment, Role, Scope};
use countersign_domain::application::TokenEndpointAuthMethod;
use countersign_domain::environment::{EnvironmentType, Region};
use countersign_domain::given::Given;
use countersign_domain::ids::{
    ApplicationId, EnvironmentId, LicenseId, OrganizationId, PopulationId, UserId,
};
use countersign_domain::user::UserInput;
use countersign_engine::seed::{FirstPolicy, NewApplication, NewEnvironment, Seeding};
use countersign_engine::{Engine, EngineConfig, EngineParts};
use countersign_storage::{Database, DatabaseUrl, OpenOptions, Params, Row};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::clock::FakeClock;
use crate::desktop::SoftDesktop;
use crate::random::SeededRandom;

/// The API base of a [`TestServer`].
pub const API_BASE: &str = "https://api.mfa.test/v1";
/// The auth base of a [`TestServer`].
pub const AUTH_BASE: &str = "https://auth.mfa.test";
/// Seed of the randomness that makes the world.
const SEED: u64 = 7;
/// Secret of every worker of the world.
const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

/// A worker application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worker {
    /// The environment whose token endpoint knows it.
    pub environment: EnvironmentId,
    /// Its id, which is also its client id.
    pub id: ApplicationId,
}

/// What there is from the start.
///
/// ```text
/// organization ─┬─ environment ─┬─ population ── user
///               │               └─ other_population ── other_user
///               └─ other_environment ── other_environment_user
/// ```
#[derive(Debug, Clone)]
pub struct World {
    /// The organization.
    pub organization: OrganizationId,
    /// Its license.
    pub license: LicenseId,
    /// A sandbox.
    pub environment: EnvironmentId,
    /// Where its new users go.
    pub population: PopulationId,
    /// A user in it, `alex.lee`.
    pub user: UserId,
    /// Another population.
    pub other_population: PopulationId,
    /// A user in it, `kim.park`.
    pub other_user: UserId,
    /// Another environment of the organization.
    pub other_environment: EnvironmentId,
    /// A user in it, `robin.fox`.
    pub other_environment_user: UserId,
    /// Environment Admin and Identity Data Admin on the organization.
    pub admin: Worker,
    /// No role at all.
    pub nobody: Worker,
    /// Environment Admin and Identity Data Admin on the other environment alone.
    pub foreigner: Worker,
    /// Identity Data Admin on the other population alone.
    pub narrow: Worker,
    /// Identity Data Read Only and Configuration Read Only on the environment.
    pub reader: Worker,
    /// Authenticates with `client_secret_post`; no role.
    pub poster: Worker,
    /// For each built-in role, a worker that holds it on the environment and nothing else.
    pub by_role: Vec<(Role, Worker)>,
}

/// The whole API in process.
pub struct TestServer {
    /// The API.
    pub router: axum::Router,
    /// Its use cases.
    pub engine: Engine,
    /// Its clock.
    pub clock: Arc<FakeClock>,
    /// What is in it.
    pub world: World,
    folder: Option<tempfile::TempDir>,
}

impl TestServer {
    /// Starts one with the default limits.
    ///
    /// # Errors
    /// When the database cannot be made.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(Limits::default()).await
    }

    /// Starts one.
    ///
    /// # Errors
    /// When the database cannot be made.
    pub async fn start_with(limits: Limits) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = DatabaseUrl::sqlite(folder.path().join("test.db"));
        let mut server = Self::make(&url, None, limits).await?;
        server.folder = Some(folder);
        Ok(server)
    }

    /// Starts one on a database of the test's own that is empty, through this SQLite VFS.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn start_on(url: &str, sqlite_vfs: Option<&str>) -> anyhow::Result<Self> {
        Self::make(&DatabaseUrl::parse(url)?, sqlite_vfs, Limits::default()).await
    }

    /// Starts one more, with the clock, the world and the master key of this one, on its database or
    /// on a copy of that. It shares no memory with this one, as if it were another process.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn beside(&self, url: &str) -> anyhow::Result<Self> {
        let database = Database::open(&DatabaseUrl::parse(url)?, OpenOptions::default()).await?;
        // Two servers on one database must not draw the same ids.
        let random = Arc::new(SystemRandom);
        let engine = open_engine(database, self.clock.clone(), random).await?;
        let (clock, world) = (self.clock.clone(), self.world.clone());
        Ok(Self::of(engine, clock, world, Limits::default()))
    }

    async fn make(
        url: &DatabaseUrl,
        sqlite_vfs: Option<&str>,
        limits: Limits,
    ) -> anyhow::Result<Self> {
        let options = OpenOptions {
            create: true,
            sqlite_vfs: sqlite_vfs.map(str::to_owned),
            ..OpenOptions::default()
        };
        let database = Database::open(url, options).await?;
        database.migrate().await?;
        let clock = Arc::new(FakeClock::default());
        let random = Arc::new(SeededRandom::new(SEED));
        let engine = open_engine(database, clock.clone(), random).await?;
        let world = make_world(&engine).await?;
        Ok(Self::of(engine, clock, world, limits))
    }

    fn of(engine: Engine, clock: Arc<FakeClock>, world: World, limits: Limits) -> Self {
        let state = ApiState {
            engine: engine.clone(),
            links: Links::new(API_BASE, AUTH_BASE),
        };
        Self {
            router: countersign_api::router(state, limits),
            engine,
            clock,
            world,
            folder: None,
        }
    }

    /// A request to be sent.
    pub fn call(&self, method: &str, path: impl Into<String>) -> Call<'_> {
        Call {
            server: self,
            method: method.to_owned(),
            path: path.into(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// An access token of a worker, by way of the token endpoint.
    ///
    /// # Errors
    /// When none is issued.
    pub async fn token(&self, worker: Worker) -> anyhow::Result<String> {
        let answer = self
            .call("POST", format!("/{}/as/token", worker.environment))
            .basic(&worker.id.to_string(), SECRET)?
            .form("grant_type=client_credentials")
            .send()
            .await?;
        answer
            .text("access_token")
            .map(str::to_owned)
            .context("no access token")
    }

    /// The secret of every worker.
    pub const fn secret(&self) -> &'static str {
        SECRET
    }

    /// A soft desktop authenticator on this server's clock.
    pub fn desktop(&self) -> SoftDesktop {
        SoftDesktop::new(self.clock.clone(), Arc::new(SeededRandom::new(11)))
    }

    /// The action types recorded in the environment, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn recorded_actions(&self) -> anyhow::Result<Vec<String>> {
        let (database, environment) = (self.engine.database(), self.world.environment);
        let latest =
            countersign_storage::queries::activities::latest(database, environment, 10_000);
        Ok(latest
            .await?
            .into_iter()
            .map(|activity| activity.action)
            .collect())
    }

    /// What a statement without parameters reads from the database, below the API.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn rows(&self, sql: &'static str) -> anyhow::Result<Vec<Row>> {
        Ok(self.engine.database().read(sql, Params::new()).await?)
    }

    /// Path of the user's devices.
    pub fn devices(&self, user: UserId) -> String {
        format!(
            "/v1/environments/{}/users/{user}/devices",
            self.world.environment
        )
    }

    /// Path of the device authentications.
    pub fn authentications(&self) -> String {
        format!("/{}/deviceAuthentications", self.world.environment)
    }
}

async fn open_engine(
    database: Database,
    clock: Arc<FakeClock>,
    random: Arc<dyn Random>,
) -> anyhow::Result<Engine> {
    let parts = EngineParts {
        database,
        // The same in all test servers.
        master_key: MasterKey::generate(&SeededRandom::new(SEED)),
        clock,
        random,
        config: EngineConfig {
            api_base: API_BASE.to_owned(),
            auth_base: AUTH_BASE.to_owned(),
            default_relying_party: "example.com".to_owned(),
        },
    };
    Ok(Engine::open(parts).await?)
}

async fn make_world(engine: &Engine) -> anyhow::Result<World> {
    let mut seeding = Seeding::new(engine);
    let (organization, license) = seeding.organization(None, None, "Test");
    let main = seeding.environment(sandbox("Main", organization.id, license.id))?;
    let other = seeding.environment(sandbox("Other", organization.id, license.id))?;
    let (main_id, other_id) = (main.environment.id, other.environment.id);
    let relying_party = RpId::parse(&engine.config().default_relying_party, Development::Yes)?;
    for environment in [main_id, other_id] {
        seeding.policies(environment, FirstPolicy::Standard, &relying_party)?;
    }
    let other_population = seeding.population(main_id, None, "Second", None)?.id;
    let user = add_user(&mut seeding, main_id, "alex.lee", None)?;
    let other_user = add_user(&mut seeding, main_id, "kim.park", Some(other_population))?;
    let other_environment_user = add_user(&mut seeding, other_id, "robin.fox", None)?;
    let mut worker = |name: &str, method: TokenEndpointAuthMethod, held: &[(Role, Scope)]| {
        add_worker(&mut seeding, main_id, name, method, held)
    };
    let basic = TokenEndpointAuthMethod::ClientSecretBasic;
    let admin_on = |scope| {
        [
            (Role::EnvironmentAdmin, scope),
            (Role::IdentityDataAdmin, scope),
        ]
    };
    let here = Scope::Environment(main_id);
    let in_population = Scope::Population(main_id, other_population);
    let world = World {
        organization: organization.id,
        license: license.id,
        environment: main_id,
        population: main.population.id,
        user,
        other_population,
        other_user,
        other_environment: other_id,
        other_environment_user,
        admin: worker(
            "Admin",
            basic,
            &admin_on(Scope::Organization(organization.id)),
        )?,
        nobody: worker("Nobody", basic, &[])?,
        foreigner: worker("Foreigner", basic, &admin_on(Scope::Environment(other_id)))?,
        narrow: worker("Narrow", basic, &[(Role::IdentityDataAdmin, in_population)])?,
        reader: worker(
            "Reader",
            basic,
            &[
                (Role::IdentityDataReadOnly, here),
                (Role::ConfigurationReadOnly, here),
            ],
        )?,
        poster: worker("Poster", TokenEndpointAuthMethod::ClientSecretPost, &[])?,
        by_role: Role::ALL
            .into_iter()
            .map(|role| Ok((role, worker(role.name(), basic, &[(role, here)])?)))
            .collect::<anyhow::Result<_>>()?,
    };
    seeding.commit().await?;
    Ok(world)
}

fn sandbox(name: &str, organization: OrganizationId, license: LicenseId) -> NewEnvironment {
    NewEnvironment {
        id: None,
        organization,
        license,
        name: name.to_owned(),
        description: None,
        environment_type: EnvironmentType::Sandbox,
        region: Region::Eu,
        products: vec!["PING_ONE_BASE".to_owned(), "PING_ONE_MFA".to_owned()],
        population: None,
        population_name: "Default".to_owned(),
        desktop_port: 9410,
    }
}

fn add_user(
    seeding: &mut Seeding<'_>,
    environment: EnvironmentId,
    name: &str,
    population: Option<PopulationId>,
) -> anyhow::Result<UserId> {
    let input = UserInput {
        username: Given::Value(name.to_owned()),
        population: population.map_or(Given::Absent, |id| {
            Given::Value(Given::Value(id.to_string()))
        }),
        ..UserInput::default()
    };
    Ok(seeding.user(environment, None, input)?.id)
}

fn add_worker(
    seeding: &mut Seeding<'_>,
    environment: EnvironmentId,
    name: &str,
    method: TokenEndpointAuthMethod,
    held: &[(Role, Scope)],
) -> anyhow::Result<Worker> {
    let mut new = NewApplication::worker(environment, name);
    new.secret = Some(SecretString::new(SECRET.to_owned()));
    new.token_endpoint_auth_method = method;
    let id = seeding.application(new)?.application.id;
    for (role, scope) in held {
        let assignment = Assignment {
            role: *role,
            scope: *scope,
        };
        seeding.role_assignment(environment, id, None, assignment)?;
    }
    Ok(Worker { environment, id })
}

/// A request to be sent.
pub struct Call<'a> {
    server: &'a TestServer,
    method: String,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Call<'_> {
    /// With an access token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With client credentials in the `Authorization` header.
    ///
    /// # Errors
    /// Never, for texts.
    pub fn basic(self, id: &str, secret: &str) -> anyhow::Result<Self> {
        use base64::Engine as _;
        let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
        Ok(self.header("authorization", &format!("Basic {encoded}")))
    }

    /// With one more header; one that cannot be sent is left out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (
            http::HeaderName::from_bytes(name.as_bytes()),
            http::HeaderValue::from_bytes(value.as_bytes()),
        ) {
            self.headers.append(name, value);
        }
        self
    }

    /// With a media type.
    #[must_use]
    pub fn media(self, media_type: &str) -> Self {
        self.header("content-type", media_type)
    }

    /// With a vendor media type, named by what stands between its prefix and `+json`.
    #[must_use]
    pub fn action(self, name: &str) -> Self {
        self.media(&format!("application/vnd.pingidentity.{name}+json"))
    }

    /// With a JSON body; `application/json` unless a media type was set before.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        if !self.headers.contains_key(header::CONTENT_TYPE) {
            self = self.media("application/json");
        }
        self.bytes(body.to_string().as_bytes())
    }

    /// With a form body.
    #[must_use]
    pub fn form(self, body: &str) -> Self {
        self.media("application/x-www-form-urlencoded")
            .bytes(body.as_bytes())
    }

    /// With a body as it is.
    #[must_use]
    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    /// Sends it.
    ///
    /// # Errors
    /// When the request cannot be made; whatever the API answers is no error.
    pub async fn send(self) -> anyhow::Result<Answer> {
        let mut request = Request::builder()
            .method(Method::from_bytes(self.method.as_bytes())?)
            .uri(&self.path)
            .body(Body::from(self.body))?;
        *request.headers_mut() = self.headers;
        Answer::of(self.server.router.clone(), request).await
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; `null` where it is no JSON.
    pub body: Value,
    /// The same as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// What the router answers to a request.
    ///
    /// # Errors
    /// When the body of the answer breaks off.
    pub async fn of(router: axum::Router, request: Request<Body>) -> anyhow::Result<Self> {
        let (parts, body) = router.oneshot(request).await?.into_parts();
        let bytes = body.collect().await?.to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Self {
            status: parts.status,
            headers: parts.headers,
            body,
            bytes: bytes.to_vec(),
        })
    }

    /// A header as text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// A member of the body that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }

    /// `400 INVALID_DATA [REQUIRED_VALUE type, …]`, for tables of expectations.
    pub fn summary(&self) -> String {
        let code = self.text("code").or(self.text("error")).unwrap_or_default();
        let details: Vec<String> = self
            .body
            .get("details")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|detail| {
                let text = |name| detail.get(name).and_then(Value::as_str);
                let code = text("code").unwrap_or_default();
                match text("target") {
                    Some(target) => format!("{code} {target}"),
                    None => code.to_owned(),
                }
            })
            .collect();
        let mut summary = self.status.as_u16().to_string();
        if !code.is_empty() {
            summary = format!("{summary} {code}");
        }
        if !details.is_empty() {
            summary = format!("{summary} [{}]", details.join(", "));
        }
        summary
    }
}
