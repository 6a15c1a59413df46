//! A token request that is ready to be sent: the serialised form, and what the answer must satisfy.

use std::net::IpAddr;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::cache_key::CacheKey;
use super::expected::Expected;
use super::grant::{CONNECTION, LOGIN_HINT};
use super::token_set::Origin;
use super::worker_subject::WorkerSubject;
use super::{GrantRequest, ProofKey};
use crate::http::HttpConnection;

/// A token request without client authentication. This type borrows nothing from the grant, so it can be moved into a
/// task.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) end_user_address: Option<IpAddr>,
    pub(super) expected: Expected,
    pub(super) form: SecretString,
    pub(super) grant_type: Box<str>,
    pub(super) origin: Origin,
    pub(super) proof_key: Option<ProofKey>,
    pub(super) connection: HttpConnection,
    /// Whether the request may reach the tenant twice: nothing in it is valid for one use only.
    pub(super) repeatable: bool,
    /// The subject that is signed for each attempt.
    pub(super) signed_subject: Option<WorkerSubject>,
}

impl Prepared {
    pub(super) fn new(request: &GrantRequest<'_>, client_id: &str, issuer: &str, cache_key: Option<CacheKey>) -> Self {
        let value = |name| request.value(name).map(Into::into);
        Self {
            end_user_address: request.end_user_address,
            expected: request.expected(client_id, issuer),
            form: form(request),
            grant_type: request.grant_type.as_ref().into(),
            origin: Origin {
                audience: value("audience"),
                cache_key,
                connection: value(CONNECTION),
                login_hint: value(LOGIN_HINT),
            },
            connection: request.connection,
            proof_key: request.proof_key.cloned(),
            repeatable: request.cacheable,
            signed_subject: request.signed_subject.cloned(),
        }
    }
}

/// Serialises the fields in their order, then the grant type.
fn form(request: &GrantRequest<'_>) -> SecretString {
    let mut form = serializer(request);
    form.append_pair("grant_type", &request.grant_type);
    Zeroizing::new(form.finish()).as_str().into()
}

/// Serialises only the fields.
pub(super) fn fields(request: &GrantRequest<'_>) -> SecretString {
    Zeroizing::new(serializer(request).finish()).as_str().into()
}

fn serializer(request: &GrantRequest<'_>) -> form_urlencoded::Serializer<'static, String> {
    let length = request.fields.iter().map(|(name, value)| name.len() + value.len() + ENCODING_OVERHEAD).sum();
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(length));
    for (name, value) in &request.fields {
        form.append_pair(name, value);
    }
    form
}

/// Octets for the separators and a few escaped characters of one field.
const ENCODING_OVERHEAD: usize = 32;
