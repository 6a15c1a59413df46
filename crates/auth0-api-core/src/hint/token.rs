//! Hints about tokens: their form, their signature and their claims.

use std::time::Duration;

use super::{Advice, advise, nothing};
use crate::jose::JoseError;
use crate::readable::Readable;
use crate::token::TokenError;

pub(super) fn of_jose(error: &JoseError) -> Advice {
    match error {
        JoseError::AlgorithmMissing
        | JoseError::AlgorithmUnknown
        | JoseError::Critical
        | JoseError::Header(_)
        | JoseError::KeyId
        | JoseError::Payload(_)
        | JoseError::Segment
        | JoseError::SegmentCount
        | JoseError::Type
        | JoseError::UnencodedPayload => nothing("no Auth0 tenant writes such a token, so no setting causes it"),
        JoseError::AlgorithmNotAllowed { algorithm } => advise(format!(
            "the token is signed with {algorithm}, which this API does not accept: change the API's signing algorithm in \
             the tenant, or add {algorithm} with algorithms()"
        )),
        JoseError::Encrypted => advise(
            "the token is encrypted: let the client request this API's identifier as audience; if the tenant encrypts the \
             tokens of this API, set its private key with decryption_keys()",
        ),
        JoseError::Opaque { is_placeholder: true } => advise(
            "the client sent the text undefined or null instead of a token: its variable is empty; let it wait until it \
             has the token",
        ),
        JoseError::Opaque { is_placeholder: false } => {
            advise("the token is not a JWT: let the client request this API's identifier as audience when it logs in")
        }
        JoseError::Signature => advise(
            "the signature is not the tenant's: the token was changed or cut on its way, or another environment with the \
             same key id signed it",
        ),
        JoseError::Symmetric => {
            advise("the token is signed with a symmetric algorithm such as HS256: set the API to RS256 in the tenant")
        }
    }
}

pub(super) fn advice(error: &TokenError) -> Advice {
    match error {
        TokenError::Audience { looks_like_id_token: true, .. } => {
            advise("this is an ID token: the client must send the access token instead")
        }
        TokenError::Audience { looks_like_id_token: false, found, accepted } => advise(format!(
            "the token is for {found}, and this API is {accepted}: let the client request this API's identifier as \
             audience{}",
            if differ_by_slash(found, accepted) { "; the two differ by a trailing slash" } else { "" }
        )),
        TokenError::ClaimMalformed { .. } | TokenError::ClaimMissing { .. } => {
            nothing("the tenant writes these claims into every token, and never writes them so")
        }
        TokenError::Expired { expired_at, now } => {
            let ago = now.duration_since(*expired_at).unwrap_or_default();
            advise(if ago <= CLOCKS_DIFFER {
                format!(
                    "the token expired {} ago: if this happens often, synchronise this machine's clock, or tolerate a few \
                     seconds with leeway()",
                    Readable(ago)
                )
            } else {
                format!(
                    "the token expired {} ago: let the client get a new one before it calls, for example with its refresh \
                     token",
                    Readable(ago)
                )
            })
        }
        TokenError::IssuedInFuture { .. } | TokenError::NotYetValid { .. } => {
            advise("this machine's clock may be behind: synchronise it, or tolerate a few seconds with leeway()")
        }
        TokenError::RequiredClaim { .. } => advise(
            "required_claims() demands a claim that the token lacks: let an Action in the tenant add it to access tokens",
        ),
        TokenError::TooOld { .. } => advise(
            "max_token_age() is shorter than the time for which clients keep their tokens: shorten the lifetime of the \
             API's tokens in the tenant, or raise max_token_age()",
        ),
        TokenError::Type => advise(
            "the token is not an access token, or strict_rfc9068() is set and the API's token profile is Auth0: \
             send an access token, or set the RFC 9068 profile in the tenant",
        ),
    }
}

fn differ_by_slash(found: &str, accepted: &str) -> bool {
    let bare = |text: &str| text.trim_matches('"').trim_end_matches('/').to_owned();
    bare(found) == bare(accepted)
}

/// A difference that clocks without synchronisation have. A client with a correct clock does not keep an expired token
/// for long either.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);
