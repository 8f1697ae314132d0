//! What an endpoint says about itself in the OpenAPI document.

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

/// The groups of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// Tokens, keys, discovery.
    OAuth,
    /// Devices of users.
    Devices,
    /// Device authentications.
    DeviceAuthentications,
    /// Device authentication policies.
    DevicePolicies,
    /// FIDO2 policies.
    Fido2Policies,
    /// MFA settings.
    MfaSettings,
    /// Users.
    Users,
    /// Populations.
    Populations,
    /// Applications.
    Applications,
    /// Environments.
    Environments,
    /// Organizations and licenses.
    Organizations,
}

impl Tag {
    /// Every group, in the order of the document.
    pub(crate) const ALL: &'static [Self] = &[
        Self::OAuth,
        Self::Devices,
        Self::DeviceAuthentications,
        Self::DevicePolicies,
        Self::Fido2Policies,
        Self::MfaSettings,
        Self::Users,
        Self::Populations,
        Self::Applications,
        Self::Environments,
        Self::Organizations,
    ];

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OAuth => "OAuth 2",
            Self::Devices => "Devices",
            Self::DeviceAuthentications => "Device authentications",
            Self::DevicePolicies => "Device authentication policies",
            Self::Fido2Policies => "FIDO2 policies",
            Self::MfaSettings => "MFA settings",
            Self::Users => "Users",
            Self::Populations => "Populations",
            Self::Applications => "Applications",
            Self::Environments => "Environments",
            Self::Organizations => "Organizations",
        }
    }

    /// What it is about.
    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::OAuth => "Access tokens for worker applications, keys and discovery.",
            Self::Devices => "The MFA devices of a user: pair, name, order, block, delete.",
            Self::DeviceAuthentications => {
                "Runs of proving a second factor. Served under the auth base, without `/v1`."
            }
            Self::DevicePolicies => "Which methods may be used, and how.",
            Self::Fido2Policies => "Which FIDO2 authenticators may be paired, and how.",
            Self::MfaSettings => "What holds for all users of an environment.",
            Self::Users => "Users: profile, switches, account, population.",
            Self::Populations => "The parts of an environment that its users are divided into.",
            Self::Applications => "The OAuth clients of an environment, without their secrets.",
            Self::Environments => "The tenants of the deployment.",
            Self::Organizations => "The owners of environments and their licenses.",
        }
    }
}

/// A query parameter.
pub(crate) struct QueryParameter {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) example: Option<Value>,
}

/// A body: its schema and an example of it.
pub(crate) struct Shown {
    pub(crate) schema: RefOr<Schema>,
    pub(crate) example: Value,
}

/// A successful answer.
pub(crate) struct Success {
    pub(crate) status: u16,
    pub(crate) body: Option<Shown>,
}

/// What an endpoint says about itself.
pub(crate) struct Description {
    pub(crate) tag: Tag,
    pub(crate) summary: &'static str,
    pub(crate) text: &'static str,
    pub(crate) query: Vec<QueryParameter>,
    pub(crate) request: Option<Shown>,
    pub(crate) success: Success,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description {
    /// Begins: group, a few words, and what an integrator has to know (Markdown).
    pub(crate) fn new(tag: Tag, summary: &'static str, text: &'static str) -> Self {
        Self {
            tag,
            summary,
            text,
            query: Vec::new(),
            request: None,
            success: Success {
                status: 204,
                body: None,
            },
            schemas: Vec::new(),
        }
    }

    /// Adds a query parameter.
    pub(crate) fn query(
        mut self,
        name: &'static str,
        description: &'static str,
        example: impl Into<Option<Value>>,
    ) -> Self {
        self.query.push(QueryParameter {
            name,
            description,
            example: example.into(),
        });
        self
    }

    /// The request body.
    pub(crate) fn request<T: ToSchema>(mut self, example: Value) -> Self {
        self.request = Some(Shown {
            schema: self.refer::<T>(),
            example,
        });
        self
    }

    /// The answer. Without a call of this the endpoint answers 204.
    pub(crate) fn response<T: ToSchema>(mut self, status: u16, example: Value) -> Self {
        let schema = self.refer::<T>();
        self.success = Success {
            status,
            body: Some(Shown { schema, example }),
        };
        self
    }

    fn refer<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let name = T::name().into_owned();
        T::schemas(&mut self.schemas);
        self.schemas.push((name.clone(), T::schema()));
        Ref::from_schema_name(name).into()
    }
}
