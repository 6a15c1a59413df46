//! The checks of a request, in their order.

use super::Stage;

/// A check of a request. The variants are in the order in which the checks run.
///
/// The code of each check decides where it stands. This type only tells the order, and a test proves it: of any two
/// faults, the one of the earlier check is reported.
///
/// A request is rejected at the first check that fails: the checks before it passed, or were not needed, and the checks
/// after it did not run. [`Error::check`](crate::Error::check) returns the check of an error. For tools that explain a
/// rejection, such as `auth0-api check` of the crate `auth0-api-cli`.
///
/// ```
/// use auth0_api_core::{ApiClient, Check};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), auth0_api_core::BuildError> {
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?;
/// let error = api.verify_access_token("undefined").await.unwrap_err();
/// assert_eq!(error.check(), Some(Check::Format));
/// assert!(Check::Credentials < Check::Format && Check::Format < Check::Signature);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Check {
    /// The request has one `Authorization` header with a well-formed token.
    Credentials,
    /// The [`DpopPolicy`](crate::DpopPolicy) offers the scheme of the request.
    Scheme,
    /// The token is not encrypted, or one of the decryption keys decrypts it.
    Decryption,
    /// The token is a compact JWS, its header and its payload are strict JSON, and its algorithm is configured.
    Format,
    /// `iss` is a trusted issuer.
    Issuer,
    /// The issuer has a key for the token's `kid` and `alg`.
    Key,
    /// The key verifies the signature.
    Signature,
    /// `typ` is the type of an access token.
    Type,
    /// `aud` names this API.
    Audience,
    /// `exp` is in the future.
    Expiry,
    /// `nbf` has come, if the token has one.
    NotBefore,
    /// The token has `iat`, and is not older than `max_token_age`.
    Age,
    /// The token has the claims that the configuration requires.
    RequiredClaims,
    /// The revocation list does not report the token as revoked.
    Revocation,
    /// `cnf` can be read: it says what the token is bound to.
    Confirmation,
    /// The request came with the certificate that the token is bound to.
    Certificate,
    /// The scheme fits the token: `DPoP` for a token that is bound to a key, `Bearer` for any other.
    Binding,
    /// The URL that the client called is known.
    Target,
    /// The request has one `DPoP` proof, which is well-formed and signed with the key that it contains.
    Proof,
    /// The proof was made for the method of the request (`htm`).
    ProofMethod,
    /// The proof was made for the URL of the request (`htu`).
    ProofUrl,
    /// The proof has a current nonce, if the API requires nonces.
    ProofNonce,
    /// The proof is recent (`iat`), and valid now (`nbf`, `exp`).
    ProofTime,
    /// The proof was made for this access token (`ath`).
    ProofToken,
    /// The token is bound to the key of the proof (`cnf.jkt`).
    ProofKey,
    /// The proof was not used before.
    Replay,
    /// The token meets the [`Requirement`](crate::Requirement) of the route, and its claims fit what the handler reads.
    Requirement,
}

impl Check {
    /// All checks, in their order.
    pub const ALL: [Self; 27] = [
        Self::Credentials,
        Self::Scheme,
        Self::Decryption,
        Self::Format,
        Self::Issuer,
        Self::Key,
        Self::Signature,
        Self::Type,
        Self::Audience,
        Self::Expiry,
        Self::NotBefore,
        Self::Age,
        Self::RequiredClaims,
        Self::Revocation,
        Self::Confirmation,
        Self::Certificate,
        Self::Binding,
        Self::Target,
        Self::Proof,
        Self::ProofMethod,
        Self::ProofUrl,
        Self::ProofNonce,
        Self::ProofTime,
        Self::ProofToken,
        Self::ProofKey,
        Self::Replay,
        Self::Requirement,
    ];

    /// Returns the stable name of the check, such as `signature`. For the check of a claim, it is the name of the
    /// claim, such as `aud` or `htu`.
    pub const fn name(self) -> &'static str {
        self.row().1
    }

    /// Returns the part of the verification that the check belongs to.
    pub const fn stage(self) -> Stage {
        self.row().0
    }

    const fn row(self) -> (Stage, &'static str) {
        match self {
            Self::Credentials => (Stage::Credentials, "header"),
            Self::Scheme => (Stage::Credentials, "scheme"),
            Self::Decryption => (Stage::Decryption, "decryption"),
            Self::Format => (Stage::Format, "format"),
            Self::Issuer => (Stage::Issuer, "iss"),
            Self::Key => (Stage::Issuer, "kid"),
            Self::Signature => (Stage::Signature, "signature"),
            Self::Type => (Stage::Claims, "typ"),
            Self::Audience => (Stage::Claims, "aud"),
            Self::Expiry => (Stage::Claims, "exp"),
            Self::NotBefore => (Stage::Claims, "nbf"),
            Self::Age => (Stage::Claims, "iat"),
            Self::RequiredClaims => (Stage::Claims, "required_claims"),
            Self::Revocation => (Stage::Revocation, "revocation"),
            Self::Confirmation => (Stage::Binding, "cnf"),
            Self::Certificate => (Stage::Binding, "certificate"),
            Self::Binding => (Stage::Binding, "binding"),
            Self::Target => (Stage::Binding, "url"),
            Self::Proof => (Stage::Binding, "proof"),
            Self::ProofMethod => (Stage::Binding, "htm"),
            Self::ProofUrl => (Stage::Binding, "htu"),
            Self::ProofNonce => (Stage::Binding, "nonce"),
            Self::ProofTime => (Stage::Binding, "proof_iat"),
            Self::ProofToken => (Stage::Binding, "ath"),
            Self::ProofKey => (Stage::Binding, "jkt"),
            Self::Replay => (Stage::Binding, "jti"),
            Self::Requirement => (Stage::Requirement, "requirement"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_every_check_in_the_order_of_the_type() {
        assert!(Check::ALL.is_sorted_by(|one, next| one < next && one.stage() <= next.stage()));
        // The last variant, so that a variant that is added behind it is noticed.
        assert_eq!(Check::ALL.map(|check| check as usize), std::array::from_fn(|index| index));
        assert_eq!(Check::Requirement as usize + 1, Check::ALL.len());
    }

    #[test]
    fn the_stages_are_those_of_the_first_page_in_its_order() {
        let page = include_str!("../lib.rs");
        let rows = page.lines().filter_map(|line| line.strip_prefix("//!      │ "));
        let names = rows.filter_map(|row| {
            row.trim_start_matches(|first: char| first == ' ' || first.is_ascii_digit()).split(' ').next()
        });
        let mut stages: Vec<_> = Check::ALL.iter().map(|check| check.stage().name()).collect();
        stages.dedup();
        assert_eq!(names.collect::<Vec<_>>(), stages);
    }
}
