//! What a message declares about the client: the version of the protocol, and the capabilities.

use auth0_api_core::adapter::StrictObject;

use super::error::MessageError;
use super::{look_alike, object};
use crate::Revision;
use crate::connect::{ElicitationResponse, INPUT};

/// The declarations of a message.
#[derive(Debug, Default)]
pub(crate) struct Meta<'m> {
    /// `_meta` of the parameters: for this request.
    pub(crate) version: Option<DeclaredVersion>,
    /// The parameters of `initialize`: what the client would like to speak from now on.
    pub(crate) proposed: Option<DeclaredVersion>,
    /// The JSON text of the client's capabilities: an object.
    pub(crate) capabilities: Option<&'m str>,
    pub(crate) declares_url_elicitation: bool,
    /// What the person has said to the URL that an earlier answer asked to open.
    pub(crate) response: Option<ElicitationResponse>,
}

/// A version in a message: a revision of this crate, or another text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DeclaredVersion {
    Known(Revision),
    Unknown(Box<str>),
}

impl<'m> Meta<'m> {
    pub(super) fn read(method: &str, params: Option<&StrictObject<'m>>) -> Result<Self, MessageError> {
        let Some(params) = params else { return Ok(Self::default()) };
        let meta = object(params, "_meta")?;
        let is_handshake = method == "initialize";
        let is_odd =
            meta.as_ref().is_some_and(|meta| look_alike::is_in(meta, &[PROTOCOL_VERSION, CLIENT_CAPABILITIES]))
                || (is_handshake && look_alike::is_in(params, &["capabilities", "protocolVersion"]));
        if is_odd {
            return Err(MessageError::Params);
        }
        let version = meta.as_ref().map_or(Ok(None), |meta| version(meta, PROTOCOL_VERSION))?;
        let proposed = if is_handshake { version_of_handshake(params)? } else { None };
        let capabilities = match &meta {
            Some(meta) => meta.raw(CLIENT_CAPABILITIES),
            None => None,
        };
        let capabilities = capabilities.or_else(|| params.raw("capabilities").filter(|_| is_handshake));
        if capabilities.is_some_and(|capabilities| capabilities.len() > LONGEST_CAPABILITIES) {
            return Err(MessageError::Params);
        }
        let declares_url_elicitation = capabilities.map_or(Ok(false), declares_url_elicitation)?;
        Ok(Self { version, proposed, capabilities, declares_url_elicitation, response: response(params)? })
    }
}

/// Reads `inputResponses` of a call that a client repeats after `input_required`. What has another form is no answer to a
/// URL of this crate, and a matter of the server, which chooses the names of its own inputs: `Open` alone is one of them.
fn response(params: &StrictObject<'_>) -> Result<Option<ElicitationResponse>, MessageError> {
    let Some(responses) = object(params, "inputResponses").ok().flatten() else { return Ok(None) };
    let response = object(&responses, INPUT).ok().flatten().filter(|response| response.raw("action").is_some());
    let Some(response) = response else { return Ok(None) };
    if look_alike::is_in(&responses, &[INPUT]) || look_alike::is_in(&response, &["action"]) {
        return Err(MessageError::Params);
    }
    let action = response.string("action").ok().flatten();
    Ok(Some(ElicitationResponse::of_action(action.as_deref())))
}

fn version_of_handshake(params: &StrictObject<'_>) -> Result<Option<DeclaredVersion>, MessageError> {
    version(params, "protocolVersion")
}

fn version(object: &StrictObject<'_>, name: &str) -> Result<Option<DeclaredVersion>, MessageError> {
    let text = object.string(name).map_err(|_| MessageError::Params)?;
    Ok(text.map(|text| match Revision::of(&text) {
        Some(revision) => DeclaredVersion::Known(revision),
        None => DeclaredVersion::Unknown(text.into()),
    }))
}

/// Whether the capabilities contain `elicitation.url`, an object. An empty `elicitation` means forms only
/// ([elicitation](https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation)).
fn declares_url_elicitation(capabilities: &str) -> Result<bool, MessageError> {
    let capabilities = StrictObject::read(capabilities).map_err(|_| MessageError::Params)?;
    let elicitation = object(&capabilities, "elicitation")?;
    let is_odd = look_alike::is_in(&capabilities, &["elicitation"])
        || elicitation.as_ref().is_some_and(|elicitation| look_alike::is_in(elicitation, &["url"]));
    if is_odd {
        return Err(MessageError::Params);
    }
    Ok(elicitation.and_then(|elicitation| elicitation.raw("url")).is_some_and(|url| url.starts_with('{')))
}

/// The members of `_meta` that each request has since 2026-07-28
/// ([per-request protocol fields](https://modelcontextprotocol.io/specification/2026-07-28/basic#_meta)).
const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// The octets of the capabilities. The number is a choice of this crate. The layer keeps a copy of them until the server has
/// answered.
const LONGEST_CAPABILITIES: usize = 64 << 10;
