//! The document of an application.

use serde::{Deserialize, Serialize};

use super::UnreadableDocument;
use crate::application::{Application, GrantType, PkceEnforcement, TokenEndpointAuthMethod};

const KIND: &str = "application";
const LAYOUT: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    v: u8,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    description: Option<String>,
    grant_types: Vec<String>,
    token_endpoint_auth_method: String,
    pkce_enforcement: String,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    communication_port: Option<u16>,
}

/// What of an application is in no column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationDocument {
    /// What it is for.
    pub description: Option<String>,
    /// How it gets tokens.
    pub grant_types: Vec<GrantType>,
    /// How it proves itself at the token endpoint.
    pub token_endpoint_auth_method: TokenEndpointAuthMethod,
    /// Whether it has to use PKCE.
    pub pkce_enforcement: PkceEnforcement,
    /// Where users are sent back to.
    pub redirect_uris: Vec<String>,
    /// Port of the desktop authenticator.
    pub communication_port: Option<u16>,
}

impl ApplicationDocument {
    /// The document of an application, as JSON.
    ///
    /// # Errors
    /// When it cannot be written; not seen for well-formed applications.
    pub fn write(application: &Application) -> Result<String, UnreadableDocument> {
        let document = Document {
            v: LAYOUT,
            description: application.description.clone(),
            grant_types: application
                .grant_types
                .iter()
                .map(|grant| grant.as_str().to_owned())
                .collect(),
            token_endpoint_auth_method: application.token_endpoint_auth_method.as_str().to_owned(),
            pkce_enforcement: application.pkce_enforcement.as_str().to_owned(),
            redirect_uris: application.redirect_uris.clone(),
            communication_port: application.communication_port,
        };
        serde_json::to_string(&document).map_err(|error| UnreadableDocument::new(KIND, error))
    }

    /// Reads a document.
    ///
    /// # Errors
    /// When it is of a newer layout.
    pub fn read(text: &str) -> Result<Self, UnreadableDocument> {
        let unreadable = |reason: &str| UnreadableDocument::new(KIND, reason);
        let document: Document =
            serde_json::from_str(text).map_err(|error| UnreadableDocument::new(KIND, error))?;
        if document.v > LAYOUT {
            return Err(unreadable("written by a newer version"));
        }
        let grants = document.grant_types.iter();
        Ok(Self {
            description: document.description,
            grant_types: grants
                .map(|text| GrantType::parse(text).ok_or_else(|| unreadable("grant_types")))
                .collect::<Result<_, _>>()?,
            token_endpoint_auth_method: TokenEndpointAuthMethod::parse(
                &document.token_endpoint_auth_method,
            )
            .ok_or_else(|| unreadable("token_endpoint_auth_method"))?,
            pkce_enforcement: PkceEnforcement::parse(&document.pkce_enforcement)
                .ok_or_else(|| unreadable("pkce_enforcement"))?,
            redirect_uris: document.redirect_uris,
            communication_port: document.communication_port,
        })
    }
}
