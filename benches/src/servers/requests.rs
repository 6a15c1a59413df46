//! The requests of a round: bytes made in advance, so that the load process has little work.

use auth0_api_testing::{DpopClient, LocalTenant, SigningKey};

use super::{Scheme, Site, must};
use crate::scenarios::realistic;

/// Makes the requests of a measurement, with their tokens and proofs, and the configuration of the servers.
pub(super) struct RequestMaker<'t> {
    pub(super) tenant: &'t LocalTenant,
    pub(super) signing_key: &'t SigningKey,
    pub(super) proof_key: &'t DpopClient,
}

impl RequestMaker<'_> {
    pub(super) fn site(&self) -> Site {
        Site {
            domain: self.tenant.domain().to_owned(),
            audience: self.tenant.audience().to_owned(),
            signing_key: self.signing_key.public_jwk(),
            proof_key: self.proof_key.public_jwk(),
        }
    }

    /// Returns the credentials of the requests: one item for Bearer, and `distinct` items for `DPoP`, each with another
    /// proof.
    pub(super) fn requests(&self, scheme: Scheme, distinct: usize) -> Vec<String> {
        // Some of the other crates require the `jti` claim.
        let token = realistic(self.tenant, self.signing_key).claim("jti", "aQNK3wZ2s5iPqX8Y");
        match scheme {
            Scheme::Bearer => vec![format!("authorization: Bearer {}", token.sign())],
            Scheme::Dpop => {
                let token = token.bound_to(self.proof_key).sign();
                let sign = |_| self.proof_key.proof("GET", URL).access_token(&token).sign();
                (0..distinct).map(sign).map(|proof| format!("authorization: DPoP {token}\r\ndpop: {proof}")).collect()
            }
        }
    }
}

/// Returns the bytes of one request with these credentials.
pub(super) fn bytes(credentials: &str) -> Vec<u8> {
    format!("GET {PATH} HTTP/1.1\r\nhost: {HOST}\r\naccept: */*\r\n{credentials}\r\n\r\n").into_bytes()
}

/// Reads the lines that [`lines`] wrote.
pub(super) fn parse(lines: &str) -> Vec<Vec<u8>> {
    lines.lines().map(|line| bytes(&must(serde_json::from_str::<String>(line)))).collect()
}

/// Writes each request as a JSON string on a line of its own. JSON escapes the line ends between the header lines.
pub(super) fn lines(requests: &[String]) -> String {
    requests.iter().map(|request| serde_json::Value::from(request.as_str()).to_string() + "\n").collect()
}

const HOST: &str = "api.example.com";
const PATH: &str = "/orders?page=2";
/// The public URL in the configuration of every server, so that the `htu` of the proofs matches.
pub const PUBLIC_URL: &str = "https://api.example.com";
/// The `htu` of the proofs: the public URL and the path.
const URL: &str = "https://api.example.com/orders";
