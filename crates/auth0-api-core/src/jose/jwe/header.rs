//! The header of an encrypted token ([RFC 7516 §4](https://www.rfc-editor.org/rfc/rfc7516#section-4)).

use std::borrow::Cow;

use super::JweError;
use super::algorithm::KeyEncryption;
use crate::jose::Object;
use crate::jose::header::{MAX_KEY_ID_BYTES, MediaType};

/// A header that this crate accepts. The content is always encrypted with A256GCM.
///
/// The other members are not read, not even the claims that a sender may repeat here
/// ([RFC 7519 §5.3](https://www.rfc-editor.org/rfc/rfc7519#section-5.3)): they are not signed.
#[derive(Debug)]
pub(super) struct JweHeader {
    pub(super) algorithm: KeyEncryption,
    pub(super) key_id: Option<Box<str>>,
}

impl JweHeader {
    pub(super) fn parse(json: Vec<u8>) -> Result<Self, JweError> {
        // RFC 7516 §4: the names of the members are unique.
        let members = Object::parse(json).map_err(JweError::Header)?;
        // RFC 7516 §4.1.13, §4.1.3: a recipient rejects extensions that it does not support, and decompression would
        // turn a short text into a long one.
        if members.contains_any(&["crit", "zip"]) {
            return Err(JweError::Extension);
        }
        let algorithm = KeyEncryption::named(&string(&members, "alg")?.unwrap_or_default());
        let is_a256gcm = string(&members, "enc")?.is_some_and(|enc| enc == "A256GCM");
        let algorithm = algorithm.filter(|_| is_a256gcm).ok_or(JweError::Algorithm)?;
        check_content_type(&members)?;
        let key_id = string(&members, "kid")?;
        if key_id.as_ref().is_some_and(|kid| kid.len() > MAX_KEY_ID_BYTES) {
            return Err(JweError::HeaderMember { member: "kid" });
        }
        Ok(Self { algorithm, key_id: key_id.map(Into::into) })
    }
}

/// RFC 7519 §5.2: `cty` is `JWT`. Some libraries omit it, and some name the type of the inner token. The content is
/// parsed as a signed JWT in any case.
fn check_content_type(members: &Object) -> Result<(), JweError> {
    match string(members, "cty")?.map(MediaType) {
        Some(cty) if !cty.is("jwt") && !cty.is("at+jwt") => Err(JweError::ContentType),
        _ => Ok(()),
    }
}

fn string<'h>(members: &'h Object, member: &'static str) -> Result<Option<Cow<'h, str>>, JweError> {
    members.string(member).map_err(|_| JweError::HeaderMember { member })
}
