//! What to do about a rejection: the hint of core, and for a rejection without one, a text of this file.

use std::borrow::Cow;

use auth0_api_core::Error;

use super::differences::Facts;

/// Returns what to do.
pub(super) fn fix(error: &Error, facts: &Facts) -> Cow<'static, str> {
    match error.label() {
        "token_audience" if looks_like_id_token(facts) => return ID_TOKEN.into(),
        "cnf_certificate" => return CERTIFICATE.into(),
        "dpop_downgrade" if facts.scheme.is_none() => return TOKEN_ALONE.into(),
        _ => {}
    }
    error.hint().unwrap_or_else(|| of_label(error.label()).into())
}

/// Returns what to do about an error without a hint. No setting causes these errors, so the texts are about the client,
/// and about the way of the token to this program.
pub(super) fn of_label(label: &str) -> &'static str {
    match label {
        "cnf_malformed" => {
            "the claim cnf is malformed, and Auth0 never writes it so: look at the Action, or at the other software, \
             that writes it"
        }
        "dpop_claim" => {
            "the proof lacks a claim or has it in a wrong form: let the client send jti, htm, htu, iat and ath, best \
             with a DPoP library"
        }
        "dpop_key" => {
            "the header jwk of the proof is no public key for its alg: let the client put its public key there, \
             without private members"
        }
        "dpop_malformed" => {
            "the DPoP header is no signed JWT: pass the whole value of the header, and let the client make it with a \
             DPoP library"
        }
        "dpop_signature" => {
            "the signature of the proof is not that of its own jwk: let the client sign with the key that it puts into \
             the header, and change nothing afterwards"
        }
        "dpop_typ" => "the header typ of the proof is wrong: let the client set it to dpop+jwt",
        "issuer_missing" => "the token has no iss, so no Auth0 tenant has issued it: get the token from your tenant",
        "token_alg_unknown" => {
            "the header alg of the token is missing, none or unknown: no Auth0 tenant writes it so; get a new token \
             from your tenant"
        }
        "token_claim_malformed" => {
            "a claim of the token is in a wrong form, and Auth0 never writes it so: look at the Action, or at the \
             other software, that writes it"
        }
        "token_extension" => {
            "the header of the token demands extensions (crit, b64) that no Auth0 tenant uses: get a new token from \
             your tenant"
        }
        "token_malformed" => {
            "the text is not a whole JWT of Auth0: copy it again from its first to its last character; it has three \
             parts with dots between them, and the first begins with eyJ"
        }
        "token_revoked" => "the application's own list has revoked the token: let the user log in again",
        _ => WITHOUT_FIX,
    }
}

/// Returns what to know about this program, if that helps.
pub(super) fn note(label: &str, facts: &Facts) -> Option<String> {
    let text = match label {
        "credentials_missing" => {
            "this program reads the header Authorization with the scheme Bearer or DPoP, as your API does"
        }
        "decryption_key_unknown" | "token_decryption" | "token_encrypted" => {
            "the private key of your API comes from --decryption-key FILE or AUTH0_DECRYPTION_KEY_FILE"
        }
        "dpop_htm_mismatch" | "dpop_htu_mismatch" => {
            "the request has the method and the URL of the input, or of --method and --url: set them to what the \
             client has called"
        }
        "dpop_iat_window" => {
            "a proof is accepted for 5 minutes: to explain an earlier request, set --at to the time at which it was sent"
        }
        "issuer_not_trusted" => return other_issuer(facts),
        "token_signature" => {
            "the same kid can exist in two tenants: compare --domain, and with --jwks the age of the file"
        }
        "keys_unavailable" => {
            "auth0-api doctor finds out why; or fetch the key set of the tenant elsewhere, and pass the file with --jwks"
        }
        "scheme_not_offered" => "the mode is that of --dpop: set it as your API does",
        "token_alg_not_allowed" => "this program accepts RS256, and what --algorithm names: set it as your API does",
        "token_expired" => "to explain an earlier rejection, set --at to the time of the request",
        _ => return None,
    };
    Some(text.to_owned())
}

/// Suggests the domain that the token names. It may be a domain of the same tenant.
fn other_issuer(facts: &Facts) -> Option<String> {
    let host = facts.token.as_ref()?.claim("iss")?.strip_prefix("https://")?.trim_end_matches('/');
    let is_host = !host.is_empty() && host.len() <= 253 && host.bytes().all(is_of_host);
    is_host.then(|| {
        format!(
            "if {host} is another domain of your tenant, such as its custom domain, check with --domain {host}, and \
             configure it in your API"
        )
    })
}

fn is_of_host(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-.:".contains(&octet)
}

/// An ID token is for a client, whose id is no URL, and has none of the claims that say what its bearer may do.
fn looks_like_id_token(facts: &Facts) -> bool {
    facts.token.as_ref().is_some_and(|token| {
        let is_for_client = token.claim("aud").is_some_and(|audience| !audience.contains(':'));
        is_for_client
            && !["scope", "permissions", "gty", "azp", "client_id"].iter().any(|name| token.claims.contains_key(*name))
    })
}

const ID_TOKEN: &str = "this looks like an ID token, whose audience is the client: let the client send the access \
                        token instead, which it requests with this API's identifier as audience";

const CERTIFICATE: &str = "only your API sees the certificate of the client's TLS connection, so this program cannot \
                           judge the token: let client_certificates() name the place where your API finds the \
                           certificate";

const TOKEN_ALONE: &str = "a token alone counts as a Bearer token, and this one is bound to a key: to check it with \
                           its proof, pass the lines Authorization and DPoP, with --method and --url";

/// For a label that this version does not know.
pub(super) const WITHOUT_FIX: &str = "try again; if it lasts, look at the log of the API for the same label";
