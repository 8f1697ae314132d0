//! What quickstart seeds: everything to pair a desktop and sign in with it.

use anyhow::{Context, bail};
use countersign_domain::access::{Assignment, Role, Scope};
use countersign_domain::environment::EnvironmentType;
use countersign_domain::given::Given;
use countersign_domain::ids::{EnvironmentId, PopulationId, UserId};
use countersign_domain::user::{Attribute, ProfileInput, UserInput};
use countersign_engine::Engine;
use countersign_engine::seed::{FirstPolicy, NewApplication, Seeding};
use countersign_storage::queries;

use super::fixtures::{self, Owner};
use super::mark::{self, Mark};
use super::{SeedOptions, Seeded, environment, organization_worker};

const USERNAME: &str = "alex.lee";

/// Seeds what is missing and says what there is.
pub(crate) async fn quickstart(
    engine: &Engine,
    options: SeedOptions<'_>,
) -> anyhow::Result<Seeded> {
    let mark = match Mark::read(engine).await? {
        Some(mark) => mark,
        None => first_start(engine, &options).await?,
    };
    restore_user(engine, &mark).await?;
    engine
        .set_communication_port(mark.environment, options.desktop_port)
        .await?;
    if let Some(file) = options.fixtures {
        let owner = Owner {
            organization: mark.organization,
            license: mark.license,
            rp_id: options.rp_id,
            desktop_port: options.desktop_port,
        };
        fixtures::apply(engine, &owner, file).await?;
    }
    let client_secret = engine
        .client_secret(mark.environment, mark.client)
        .await?
        .context("the worker application of quickstart was deleted")?;
    Ok(Seeded {
        organization: mark.organization,
        license: mark.license,
        environment: mark.environment,
        population: mark.population,
        user: mark.user,
        username: mark.username,
        policy: mark.policy,
        rp_id: mark.rp_id,
        client: mark.client,
        client_secret,
        page_client: mark.page_client,
        desktop_port: options.desktop_port,
    })
}

async fn first_start(engine: &Engine, options: &SeedOptions<'_>) -> anyhow::Result<Mark> {
    if !queries::organizations::all(engine.database())
        .await?
        .is_empty()
    {
        bail!(
            "this database holds a deployment that quickstart has not made; use `countersign serve`"
        );
    }
    let mut seeding = Seeding::new(engine);
    let (organization, license) = seeding.organization(None, None, "Countersign");
    let sandbox = environment(
        organization.id,
        license.id,
        "Quickstart",
        EnvironmentType::Sandbox,
        options.desktop_port,
    );
    let made = seeding.environment(sandbox)?;
    let id = made.environment.id;
    let demo = seeding.population(
        id,
        None,
        "Demo",
        Some("The user of the page /try, and nobody else.".to_owned()),
    )?;
    let user = add_user(&mut seeding, id, None, demo.id)?;
    let policy = seeding
        .policies(id, FirstPolicy::EveryMethod, options.rp_id)?
        .id;
    let (client, _) = organization_worker(&mut seeding, organization.id, id, "Quickstart worker")?;
    let mut page = NewApplication::worker(id, "Page /try");
    page.description = Some("Gets the tokens of the page /try.".to_owned());
    let page_client = seeding.application(page)?.application.id;
    let scope = Scope::Population(id, demo.id);
    let assignment = Assignment {
        role: Role::IdentityDataAdmin,
        scope,
    };
    seeding.role_assignment(id, page_client, None, assignment)?;
    let mark = Mark {
        organization: organization.id,
        license: license.id,
        environment: id,
        population: made.population.id,
        demo_population: demo.id,
        user,
        username: USERNAME.to_owned(),
        policy,
        rp_id: options.rp_id.as_str().to_owned(),
        client,
        page_client,
    };
    seeding.setting(mark::NAME, &mark.text()?);
    seeding.commit().await?;
    Ok(mark)
}

/// The demo user, should somebody have deleted them.
async fn restore_user(engine: &Engine, mark: &Mark) -> anyhow::Result<()> {
    let found = queries::users::find(engine.database(), mark.environment, mark.user).await?;
    if found.is_some() {
        return Ok(());
    }
    let mut seeding = Seeding::new(engine);
    add_user(
        &mut seeding,
        mark.environment,
        Some(mark.user),
        mark.demo_population,
    )?;
    Ok(seeding.commit().await?)
}

fn add_user(
    seeding: &mut Seeding<'_>,
    environment: EnvironmentId,
    id: Option<UserId>,
    population: PopulationId,
) -> anyhow::Result<UserId> {
    let text = |text: &str| Given::Value(text.to_owned());
    let mut profile = ProfileInput::default();
    profile.set(Attribute::GivenName, text("Alex"));
    profile.set(Attribute::FamilyName, text("Lee"));
    profile.set(Attribute::Email, text("alex.lee@example.com"));
    profile.set(Attribute::MobilePhone, text("+1.5125550123"));
    let input = UserInput {
        username: text(USERNAME),
        population: Given::Value(text(&population.to_string())),
        mfa_enabled: Given::Value(true),
        profile,
        ..UserInput::default()
    };
    Ok(seeding.user(environment, id, input)?.id)
}
