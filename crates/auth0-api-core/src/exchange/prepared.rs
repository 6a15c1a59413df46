//! A serialised token request, and what its answer must satisfy.

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::extra::{ADDED, reject_reserved};
use super::grant::REFRESH_TOKEN;
use super::response::Expected;
use super::server_error::JudgedBy;
use super::token_vault::{CONNECTION, LOGIN_HINT};
use super::{GrantRequest, InputError, ProofKey, organization};

/// A token request without client authentication. This type borrows nothing from the grant, so it can be moved into a
/// task.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) form: SecretString,
    pub(super) grant_type: Box<str>,
    pub(super) judge: JudgedBy,
    pub(super) proof_key: Option<ProofKey>,
    pub(super) connection: Option<Box<str>>,
    pub(super) login_hint: Option<Box<str>>,
    access_token_only: bool,
    organization: Option<Box<str>>,
    scope: Option<Box<str>>,
}

impl Prepared {
    pub(super) fn new(request: &GrantRequest<'_>) -> Self {
        let value = |name| request.value(name).map(Into::into);
        Self {
            form: form(request),
            grant_type: request.grant_type.as_ref().into(),
            judge: judge(request),
            proof_key: request.proof_key.cloned(),
            connection: value(CONNECTION),
            login_hint: value(LOGIN_HINT),
            access_token_only: request.access_token_only,
            organization: value(organization::FIELD),
            scope: value("scope"),
        }
    }

    pub(super) fn expected<'a>(&'a self, client_id: &'a str, issuer: &'a str) -> Expected<'a> {
        Expected {
            access_token_only: self.access_token_only,
            bound_to: self.proof_key.as_ref().map(ProofKey::thumbprint),
            client_id,
            issuer,
            judge: self.judge,
            organization: self.organization.as_deref(),
            scope: self.scope.as_deref(),
        }
    }
}

/// Rejects a grant that sets a field which this crate adds itself.
pub(super) fn check(request: &GrantRequest<'_>) -> Result<(), InputError> {
    reject_reserved(request.fields.iter().map(|(name, _)| name), &ADDED)
}

/// Serialises the fields in their order, then the grant type.
fn form(request: &GrantRequest<'_>) -> SecretString {
    let length = request.fields.iter().map(|(name, value)| name.len() + value.len() + ENCODING_OVERHEAD).sum();
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(length));
    for (name, value) in &request.fields {
        form.append_pair(name, value);
    }
    form.append_pair("grant_type", &request.grant_type);
    Zeroizing::new(form.finish()).as_str().into()
}

/// Determines which part of the tenant judges the subject. Subject token types outside `urn:ietf:` belong to exchange
/// profiles, so an Action judges the subject.
fn judge(request: &GrantRequest<'_>) -> JudgedBy {
    let own_type = request.value("subject_token_type").is_some_and(|kind| !kind.starts_with("urn:ietf:"));
    match request.value(CONNECTION) {
        Some(_) if request.value("subject_token_type") == Some(REFRESH_TOKEN) => JudgedBy::VaultForRefreshToken,
        Some(_) => JudgedBy::Vault,
        None if own_type => JudgedBy::Action,
        None => JudgedBy::Tenant,
    }
}

/// Octets for the separators and a few escaped characters of one field.
const ENCODING_OVERHEAD: usize = 32;
