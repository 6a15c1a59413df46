//! A second implementation of the verification, for comparison with core. It is slow and straightforward: each check
//! stands in one function, with the text of its RFC beside it. It shares no code with core.

mod compact;
mod credentials;
mod jwk;
mod logout;
mod proof;
mod token;
mod url;

use auth0_api_core::TokenRequest;

pub use logout::judge_logout;

use credentials::{Presented, Scheme};

/// A request, as the verifier sees it.
#[derive(Clone, Debug)]
pub struct Called {
    pub method: String,
    pub url: String,
    /// The values of all `Authorization` headers.
    pub authorization: Vec<Vec<u8>>,
    /// The values of all `DPoP` headers.
    pub dpop: Vec<Vec<u8>>,
}

impl Called {
    /// The headers of the request.
    pub fn headers(&self) -> Vec<(&'static str, &[u8])> {
        let authorization = self.authorization.iter().map(|value| ("authorization", value.as_slice()));
        authorization.chain(self.dpop.iter().map(|value| ("dpop", value.as_slice()))).collect()
    }

    /// The request for core.
    pub fn as_token_request<'r>(&'r self, headers: &'r Vec<(&'static str, &'r [u8])>) -> TokenRequest<'r> {
        TokenRequest::new(&self.method, &self.url, headers)
    }
}

/// What an API accepts. Times are in seconds.
#[derive(Debug)]
pub struct Rules {
    pub mode: Mode,
    /// The names of the algorithms of tokens. `EdDSA` includes `Ed25519`.
    pub algorithms: Vec<&'static str>,
    pub issuer: &'static str,
    pub audiences: Vec<&'static str>,
    pub key_set: String,
    pub strict_rfc9068: bool,
    pub leeway: f64,
    pub max_token_age: Option<f64>,
    pub required_claims: Vec<&'static str>,
    pub accepts_bound_tokens_as_bearer: bool,
    pub proof_algorithms: Vec<&'static str>,
    /// How old a proof may be, and how far in the future.
    pub proof_window: (f64, f64),
    /// Returns the nonce of a step of 60 s, counted from the epoch. `None` if proofs need no nonce.
    pub nonce: Option<fn(i64) -> String>,
}

/// Which schemes an API accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Accept,
    Ignore,
    Require,
}

/// What the API decides. A rejection has the labels that core may give it: one, or several if this implementation cannot
/// tell them apart.
pub type Verdict<T = ()> = Result<T, &'static [&'static str]>;

/// What an accepted request presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    TokenAlone,
    /// A token with a proof, which the API accepts once.
    Proof,
}

/// Decides about a request at a time, in seconds since the epoch. Replayed proofs are not detected.
pub fn judge(request: &Called, rules: &Rules, now: f64) -> Verdict<Evidence> {
    let (scheme, token) = credentials::read(&request.authorization)?;
    credentials::check_offered(scheme, rules.mode)?;
    let claims = token::check(&token, rules, now)?;
    let bound_to = token::bound_key(&claims)?;
    match (scheme, bound_to) {
        // RFC 9449 §7.2: a proof beside a token that is not bound shows a mistake of the client.
        (Scheme::Bearer, None) => match credentials::proof(&request.dpop) {
            Presented::Absent => Ok(Evidence::TokenAlone),
            _ if rules.mode == Mode::Ignore => Ok(Evidence::TokenAlone),
            _ => Err(&["dpop_proof_with_bearer"]),
        },
        (Scheme::Bearer, Some(_)) if rules.accepts_bound_tokens_as_bearer => Ok(Evidence::TokenAlone),
        (Scheme::Bearer, Some(_)) => Err(&["dpop_downgrade"]),
        (Scheme::Dpop, None) => Err(&["dpop_not_bound"]),
        (Scheme::Dpop, Some(key)) => {
            let called = url::called(&request.url).ok_or(&["dpop_target"][..])?;
            let proof = match credentials::proof(&request.dpop) {
                Presented::Absent => return Err(&["dpop_proof_missing"]),
                Presented::Several => return Err(&["dpop_repeated"]),
                Presented::One(proof) => proof,
            };
            proof::check(&proof, &proof::Expected { method: &request.method, called, token, key }, rules, now)?;
            Ok(Evidence::Proof)
        }
    }
}
