//! The headers of a request that describe its message.

use std::borrow::Cow;

use base64_simd::STANDARD;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};

use crate::message::{DeclaredVersion, Message, MessageError, Operation};
use crate::{Revision, Target};

/// The version that the headers of a request name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NamedVersion {
    /// No header.
    Absent,
    Known(Revision),
    /// Not readable, or more than one.
    Malformed,
    Unknown(Box<str>),
}

impl NamedVersion {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        match single(headers, &PROTOCOL_VERSION) {
            Ok(None) => Self::Absent,
            Ok(Some(text)) => Revision::of(text).map_or_else(|| Self::Unknown(text.into()), Self::Known),
            Err(_) => Self::Malformed,
        }
    }

    /// Returns the revision that a message follows. `supported` are the revisions of the server.
    pub(crate) fn revision_of(&self, message: &Message<'_>, supported: &[Revision]) -> Result<Revision, MessageError> {
        let (header, mismatch) =
            (PROTOCOL_VERSION_NAME, MessageError::HeaderMismatch { header: PROTOCOL_VERSION_NAME });
        let revision = match (self, &message.meta.version) {
            (Self::Malformed, _) => return Err(MessageError::HeaderMalformed { header }),
            // A message names its version only since 2026-07-28, and its header is required since then.
            (Self::Absent, Some(_)) => return Err(MessageError::HeaderMissing { header }),
            (Self::Absent, None) => unnamed_revision(supported),
            (Self::Unknown(named), Some(DeclaredVersion::Unknown(declared))) if named != declared => {
                return Err(mismatch);
            }
            (Self::Unknown(_), Some(DeclaredVersion::Known(_))) => return Err(mismatch),
            (Self::Unknown(_), _) => return Err(MessageError::Revision),
            (Self::Known(named), Some(declared)) if *declared != DeclaredVersion::Known(*named) => {
                return Err(mismatch);
            }
            (Self::Known(named), _) => *named,
        };
        // Without a header, the handshake tells the revision: it comes before the client can know what to write there.
        let is_unnamed_handshake = *self == Self::Absent && message.method == "initialize";
        match self {
            _ if is_unnamed_handshake || supported.contains(&revision) => Ok(revision),
            Self::Absent => Err(MessageError::HeaderMissing { header }),
            _ => Err(MessageError::Revision),
        }
    }
}

/// Returns the revision of a request without a version. Only the two first revisions have no header.
fn unnamed_revision(supported: &[Revision]) -> Revision {
    let of_server = [Revision::V2025_03_26, Revision::V2024_11_05].into_iter().find(|one| supported.contains(one));
    of_server.unwrap_or(Revision::V2025_03_26)
}

/// Checks that the body is JSON in UTF-8, and not compressed: the layer reads the octets as they are.
pub(crate) fn check_content(headers: &HeaderMap) -> Result<(), MessageError> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(MessageError::ContentEncoding);
    }
    let content_type = single(headers, &CONTENT_TYPE).ok().flatten().ok_or(MessageError::ContentType)?;
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    if is_json && parts.all(is_utf8) { Ok(()) } else { Err(MessageError::ContentType) }
}

/// Whether a parameter of the content type leaves the body in UTF-8.
fn is_utf8(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return parameter.is_empty() };
    !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
}

/// Checks that the headers name the method and the target of a message
/// ([server validation](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#server-validation)).
pub(crate) fn check_mirrors(headers: &HeaderMap, message: &Message<'_>) -> Result<(), MessageError> {
    // The handshake belongs to earlier revisions. The specification does not say whether a notification has the headers.
    let may_be_absent = message.method == "initialize" || !message.is_call();
    match text(headers, &METHOD, METHOD_NAME)? {
        None if may_be_absent => {}
        None => return Err(MessageError::HeaderMissing { header: METHOD_NAME }),
        Some(method) if method == message.method => {}
        Some(_) => return Err(MessageError::HeaderMismatch { header: METHOD_NAME }),
    }
    let name = text(headers, &NAME, NAME_NAME)?.map(decoded).transpose()?;
    // Only an extension knows what the header means for a message whose target this crate does not know.
    let Operation::Target(target) = &message.operation else { return Ok(()) };
    match name {
        Some(name) if name == target.as_str() => Ok(()),
        Some(_) if message.method == "completion/complete" => Ok(()),
        Some(_) => Err(MessageError::HeaderMismatch { header: NAME_NAME }),
        None if !may_be_absent && requires_name(&message.method, target) => {
            Err(MessageError::HeaderMissing { header: NAME_NAME })
        }
        None => Ok(()),
    }
}

/// Whether a method must have `Mcp-Name`. The specification demands it for these methods only.
fn requires_name(method: &str, target: &Target) -> bool {
    matches!(target, Target::Tool(_)) || matches!(method, "prompts/get" | "resources/read")
}

/// Decodes a name: `=?base64?…?=` is base64 of its UTF-8
/// ([value encoding](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#value-encoding)).
fn decoded(value: &str) -> Result<Cow<'_, str>, MessageError> {
    let Some(encoded) = value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) else {
        return Ok(Cow::Borrowed(value));
    };
    let name = STANDARD.decode_to_vec(encoded).ok().and_then(|octets| String::from_utf8(octets).ok());
    name.map(Cow::Owned).ok_or(MessageError::HeaderMalformed { header: NAME_NAME })
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName, header: &'static str) -> Result<Option<&'h str>, MessageError> {
    single(headers, name).map_err(|Unreadable| MessageError::HeaderMalformed { header })
}

/// A header appears more than once, or has octets other than visible ASCII, blanks and tabs.
struct Unreadable;

fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Unreadable> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Unreadable),
        (Some(_), Some(_)) => Err(Unreadable),
    }
}

pub(crate) const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(crate) const METHOD: HeaderName = HeaderName::from_static("mcp-method");
pub(crate) const NAME: HeaderName = HeaderName::from_static("mcp-name");
const PROTOCOL_VERSION_NAME: &str = "MCP-Protocol-Version";
const METHOD_NAME: &str = "Mcp-Method";
const NAME_NAME: &str = "Mcp-Name";
