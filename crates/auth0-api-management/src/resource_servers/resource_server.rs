//! The record of an API, as the tenant has it.

use std::time::Duration;

use serde_json::{Map, Value};

use super::proof_of_possession::ProofOfPossession;
use crate::answer::{AnswerError, Members};

/// The record of an API in its tenant: what its access tokens look like, and who gets them.
///
/// A setting that the tenant does not show is `None`. `Debug` and [`other`](Self::other) never contain the API's
/// `signing_secret`.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceServer {
    id: Box<str>,
    identifier: Box<str>,
    scopes: Vec<Box<str>>,
    signing_algorithm: Option<Box<str>>,
    token_dialect: Option<TokenDialect>,
    token_encryption: Option<TokenEncryption>,
    token_lifetime: Option<Duration>,
    proof_of_possession: Option<ProofOfPossession>,
    enforces_policies: Option<bool>,
    allows_offline_access: Option<bool>,
    skips_consent: Option<bool>,
    anonymous_policy: Option<Box<str>>,
    agent_subject_claims: Option<Box<str>>,
    other: Map<String, Value>,
}

/// The claims of an API's access tokens. Auth0 may add dialects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenDialect {
    /// `access_token`: Auth0's own claims.
    AccessToken,
    /// `access_token_authz`: Auth0's own claims, and `permissions`.
    AccessTokenAuthz,
    /// A dialect that this crate does not know. Create it with `From`, so that a known one is never in here.
    Other(Box<str>),
    /// `rfc9068_profile`: the claims of [RFC 9068](https://www.rfc-editor.org/rfc/rfc9068).
    Rfc9068Profile,
    /// `rfc9068_profile_authz`: the claims of RFC 9068, and `permissions`.
    Rfc9068ProfileAuthz,
}

/// How the tenant encrypts an API's access tokens (`token_encryption`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEncryption {
    format: Box<str>,
    algorithm: Option<Box<str>>,
    key_id: Option<Box<str>>,
}

impl ResourceServer {
    pub(super) fn read(mut members: Members) -> Result<Self, AnswerError> {
        // The key of HS256. Nobody who reads a record needs it.
        members.remove("signing_secret");
        let mut authorization = members.take_optional_object("subject_type_authorization")?.unwrap_or_default();
        let mut anonymous = authorization.take_optional_object("anonymous_user")?.unwrap_or_default();
        let scopes = members.take_optional_objects("scopes")?.into_iter().map(|mut scope| scope.take_text("value"));
        let proof = members.take_optional_object("proof_of_possession")?;
        let encryption = members.take_optional_object("token_encryption")?;
        Ok(Self {
            id: members.take_text("id")?,
            identifier: members.take_text("identifier")?,
            scopes: scopes.collect::<Result<_, _>>()?,
            signing_algorithm: members.take_optional_text("signing_alg")?,
            token_dialect: members.take_optional_text("token_dialect")?.map(|name| TokenDialect::from(&*name)),
            token_encryption: encryption.map(TokenEncryption::read).transpose()?,
            token_lifetime: members.take_optional_number("token_lifetime")?.map(Duration::from_secs),
            proof_of_possession: proof.map(ProofOfPossession::read).transpose()?,
            enforces_policies: members.take_optional_flag("enforce_policies")?,
            allows_offline_access: members.take_optional_flag("allow_offline_access")?,
            skips_consent: members.take_optional_flag("skip_consent_for_verifiable_first_party_clients")?,
            anonymous_policy: anonymous.take_optional_text("policy")?,
            agent_subject_claims: members.take_optional_text("agent_subject_claims")?,
            other: members.into_rest(),
        })
    }

    /// The id of the record.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The identifier: the audience of the API's tokens.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The scopes that the API defines, which are also its permissions.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(|scope| &**scope)
    }

    /// The algorithm that signs the API's tokens (`signing_alg`), such as `RS256`.
    pub fn signing_algorithm(&self) -> Option<&str> {
        self.signing_algorithm.as_deref()
    }

    /// The claims of the API's tokens.
    pub fn token_dialect(&self) -> Option<&TokenDialect> {
        self.token_dialect.as_ref()
    }

    /// How the tokens are encrypted; `None` if they are not.
    pub fn token_encryption(&self) -> Option<&TokenEncryption> {
        self.token_encryption.as_ref()
    }

    /// How long the tokens are valid.
    pub fn token_lifetime(&self) -> Option<Duration> {
        self.token_lifetime
    }

    /// How the tokens are bound to a key of the client; `None` if the tenant does not demand it.
    pub fn proof_of_possession(&self) -> Option<&ProofOfPossession> {
        self.proof_of_possession.as_ref()
    }

    /// Whether RBAC is on (`enforce_policies`): a user gets only the permissions of the user's roles.
    pub fn enforces_policies(&self) -> Option<bool> {
        self.enforces_policies
    }

    /// Whether a client can get refresh tokens for the API.
    pub fn allows_offline_access(&self) -> Option<bool> {
        self.allows_offline_access
    }

    /// Whether users of first-party applications are not asked for their consent.
    pub fn skips_consent(&self) -> Option<bool> {
        self.skips_consent
    }

    /// Whether anonymous sessions get tokens for the API (`subject_type_authorization.anonymous_user.policy`): `deny_all`, or
    /// `require_client_grant`.
    pub fn anonymous_policy(&self) -> Option<&str> {
        self.anonymous_policy.as_deref()
    }

    /// Whether the tokens say if an agent calls: `auth0-v1`.
    pub fn agent_subject_claims(&self) -> Option<&str> {
        self.agent_subject_claims.as_deref()
    }

    /// The members that this crate does not know, as the tenant sent them.
    pub fn other(&self) -> &Map<String, Value> {
        &self.other
    }
}

impl TokenEncryption {
    fn read(mut members: Members) -> Result<Self, AnswerError> {
        let mut key = members.take_optional_object("encryption_key")?.unwrap_or_default();
        Ok(Self {
            format: members.take_text("format")?,
            algorithm: key.take_optional_text("alg")?,
            key_id: key.take_optional_text("kid")?,
        })
    }

    /// The format of the tokens: `compact-nested-jwe`.
    pub fn format(&self) -> &str {
        &self.format
    }

    /// The algorithm of the key, such as `RSA-OAEP-256`.
    pub fn algorithm(&self) -> Option<&str> {
        self.algorithm.as_deref()
    }

    /// The `kid` in the header of the tokens, if they have one.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }
}

impl TokenDialect {
    /// The dialect, as the tenant writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AccessToken => "access_token",
            Self::AccessTokenAuthz => "access_token_authz",
            Self::Other(name) => name,
            Self::Rfc9068Profile => "rfc9068_profile",
            Self::Rfc9068ProfileAuthz => "rfc9068_profile_authz",
        }
    }

    /// Whether tokens have the claim `permissions`, if RBAC is on.
    pub fn has_permissions(&self) -> bool {
        matches!(self, Self::AccessTokenAuthz | Self::Rfc9068ProfileAuthz)
    }

    /// Whether tokens have the claims of RFC 9068.
    pub fn is_rfc9068(&self) -> bool {
        matches!(self, Self::Rfc9068Profile | Self::Rfc9068ProfileAuthz)
    }
}

impl From<&str> for TokenDialect {
    fn from(name: &str) -> Self {
        let known = [Self::AccessToken, Self::AccessTokenAuthz, Self::Rfc9068Profile, Self::Rfc9068ProfileAuthz];
        known.into_iter().find(|dialect| dialect.as_str() == name).unwrap_or_else(|| Self::Other(name.into()))
    }
}
