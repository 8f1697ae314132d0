//! A fixture file: further environments with what belongs into them, every object in its wire form,
//! each optionally with a fixed id. Applied once per content, all or nothing.

mod members;

use anyhow::{Context, bail};
use countersign_desktop_protocol::rp::RpId;
use countersign_domain::access::{Assignment, Role, Scope};
use countersign_domain::environment::{Environment, EnvironmentType, Region};
use countersign_domain::ids::{EnvironmentId, LicenseId, OrganizationId};
use countersign_engine::Engine;
use countersign_engine::seed::{FirstPolicy, NewApplication, NewEnvironment, Seeding};
use countersign_storage::queries;
use countersign_wire::application::{ApplicationBody, RoleAssignmentBody};
use countersign_wire::environment::EnvironmentBody;
use countersign_wire::population::PopulationBody;
use serde_json::{Map, Value};

use members::{id, list, name_of, objects, optional, read, required};

/// What the environments of a file belong to.
pub(super) struct Owner<'a> {
    pub(super) organization: OrganizationId,
    pub(super) license: LicenseId,
    pub(super) rp_id: &'a RpId,
    pub(super) desktop_port: u16,
}

/// Applies a file, unless its content was applied before.
pub(super) async fn apply(engine: &Engine, owner: &Owner<'_>, file: &Value) -> anyhow::Result<()> {
    let digest = countersign_crypto::hash::sha256(file.to_string().as_bytes());
    let mark = format!(
        "fixtures.{}",
        countersign_crypto::encoding::base64url(&digest)
    );
    if queries::settings::get(engine.database(), &mark)
        .await?
        .is_some()
    {
        return Ok(());
    }
    let Value::Object(file) = file else {
        bail!("fixtures: the file holds no object")
    };
    if let Some(unknown) = file.keys().find(|name| *name != "environments") {
        bail!("fixtures: {unknown:?} is not known; the file has `environments` only");
    }
    let mut seeding = Seeding::new(engine);
    for (index, environment) in objects(file, "environments")?.into_iter().enumerate() {
        add_environment(&mut seeding, owner, environment)
            .with_context(|| format!("fixtures: environments[{index}]"))?;
    }
    seeding.setting(&mark, "applied");
    Ok(seeding.commit().await?)
}

fn add_environment(
    seeding: &mut Seeding<'_>,
    owner: &Owner<'_>,
    object: &Map<String, Value>,
) -> anyhow::Result<()> {
    let mut populations = Vec::new();
    for (index, population) in objects(object, "populations")?.into_iter().enumerate() {
        let population: PopulationBody =
            read(population).with_context(|| format!("populations[{index}]"))?;
        populations.push(population);
    }
    let default = populations
        .iter()
        .position(|population| population.default.as_ref().value() == Some(&true))
        .map(|index| populations.remove(index));
    let new = new_environment(owner, read(object)?, default)?;
    let environment = seeding.environment(new)?.environment;
    seeding.policies(environment.id, FirstPolicy::Standard, owner.rp_id)?;
    for population in populations {
        let name = required(population.name, "name")?;
        let description = optional(population.description, "description")?;
        seeding.population(environment.id, id(population.id, "id")?, &name, description)?;
    }
    each(object, "users", |user| {
        add_user(seeding, environment.id, user)
    })?;
    each(object, "applications", |application| {
        add_application(
            seeding,
            owner.organization,
            environment.id,
            read(application)?,
        )
    })?;
    each(object, "deviceAuthenticationPolicies", |policy| {
        add_policy(seeding, &environment, policy)
    })?;
    if object.contains_key("fido2Policies") {
        bail!("fido2Policies cannot be seeded by this version");
    }
    Ok(())
}

/// Runs `add` for each object of a list, and says which one was wrong.
fn each(
    object: &Map<String, Value>,
    member: &str,
    mut add: impl FnMut(&Map<String, Value>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for (index, entry) in objects(object, member)?.into_iter().enumerate() {
        add(entry).with_context(|| format!("{member}[{index}]"))?;
    }
    Ok(())
}

fn new_environment(
    owner: &Owner<'_>,
    body: EnvironmentBody,
    default: Option<PopulationBody>,
) -> anyhow::Result<NewEnvironment> {
    let mut new = super::environment(
        owner.organization,
        owner.license,
        &required(body.name, "name")?,
        EnvironmentType::Sandbox,
        owner.desktop_port,
    );
    new.id = id(body.id, "id")?;
    new.description = optional(body.description, "description")?;
    if let Some(kind) = optional(body.environment_type, "type")? {
        new.environment_type = name_of(&kind, "type", EnvironmentType::parse)?;
    }
    if let Some(region) = optional(body.region, "region")? {
        new.region = name_of(&region, "region", Region::parse)?;
    }
    if let Some(offered) = optional(body.bill_of_materials, "billOfMaterials")? {
        new.products = list(offered.products, "billOfMaterials.products")?
            .into_iter()
            .map(|product| required(product.product_type, "billOfMaterials.products.type"))
            .collect::<anyhow::Result<_>>()?;
    }
    if let Some(default) = default {
        new.population = id(default.id, "populations.id")?;
        new.population_name = required(default.name, "populations.name")?;
    }
    Ok(new)
}

fn add_user(
    seeding: &mut Seeding<'_>,
    environment: EnvironmentId,
    object: &Map<String, Value>,
) -> anyhow::Result<()> {
    let given = match object.get("id") {
        None => None,
        Some(Value::String(text)) => Some(text.parse().context("id")?),
        Some(_) => bail!("id is no text"),
    };
    seeding.user(
        environment,
        given,
        countersign_api::user_input(read(object)?),
    )?;
    Ok(())
}

fn add_application(
    seeding: &mut Seeding<'_>,
    organization: OrganizationId,
    environment: EnvironmentId,
    body: ApplicationBody,
) -> anyhow::Result<()> {
    use countersign_domain::application as domain;

    let mut new = NewApplication::worker(environment, &required(body.name, "name")?);
    new.id = id(body.id, "id")?;
    new.description = optional(body.description, "description")?;
    new.enabled = optional(body.enabled, "enabled")?.unwrap_or(false);
    let kind = required(body.application_type, "type")?;
    new.application_type = name_of(&kind, "type", domain::ApplicationType::parse)?;
    let method = required(body.token_endpoint_auth_method, "tokenEndpointAuthMethod")?;
    new.token_endpoint_auth_method = name_of(
        &method,
        "tokenEndpointAuthMethod",
        domain::TokenEndpointAuthMethod::parse,
    )?;
    let grants = list(body.grant_types, "grantTypes")?;
    if !grants.is_empty() {
        new.grant_types = grants
            .iter()
            .map(|grant| name_of(grant, "grantTypes", domain::GrantType::parse))
            .collect::<anyhow::Result<_>>()?;
    }
    if let Some(pkce) = optional(body.pkce_enforcement, "pkceEnforcement")? {
        new.pkce_enforcement = name_of(&pkce, "pkceEnforcement", domain::PkceEnforcement::parse)?;
    }
    new.redirect_uris = list(body.redirect_uris, "redirectUris")?;
    let secret = optional(body.client_secret, "clientSecret")?;
    new.secret = secret.map(countersign_crypto::secret::SecretString::new);
    let made = seeding.application(new)?.application.id;
    for assignment in list(body.role_assignments, "roleAssignments")? {
        let given = id(assignment.id.clone(), "roleAssignments.id")?;
        let assignment = role_assignment(assignment, organization, environment)?;
        seeding.role_assignment(environment, made, given, assignment)?;
    }
    Ok(())
}

/// A role; without an id of its own a scope is the organization, or this environment.
fn role_assignment(
    body: RoleAssignmentBody,
    organization: OrganizationId,
    environment: EnvironmentId,
) -> anyhow::Result<Assignment> {
    let role = required(body.role, "roleAssignments.role")?;
    let role: countersign_domain::ids::RoleId = required(role.id, "roleAssignments.role.id")?
        .parse()
        .context("roleAssignments.role.id")?;
    let role = Role::from_id(role).context("roleAssignments.role.id names no built-in role")?;
    let scope = required(body.scope, "roleAssignments.scope")?;
    let kind = required(scope.scope_type, "roleAssignments.scope.type")?;
    let at = "roleAssignments.scope.id";
    let scope = match kind.as_str() {
        "ORGANIZATION" => Scope::Organization(id(scope.id, at)?.unwrap_or(organization)),
        "ENVIRONMENT" => Scope::Environment(id(scope.id, at)?.unwrap_or(environment)),
        "POPULATION" => {
            let population = id(scope.id, at)?.context("roleAssignments.scope.id is missing")?;
            Scope::Population(environment, population)
        }
        other => bail!("roleAssignments.scope.type: {other:?} is not known"),
    };
    Ok(Assignment { role, scope })
}

fn add_policy(
    seeding: &mut Seeding<'_>,
    environment: &Environment,
    object: &Map<String, Value>,
) -> anyhow::Result<()> {
    let given = match object.get("id") {
        None => None,
        Some(Value::String(text)) => Some(text.parse().context("id")?),
        Some(_) => bail!("id is no text"),
    };
    seeding.device_policy(environment, given, object)?;
    Ok(())
}
