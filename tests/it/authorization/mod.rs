//! Requirements: which tokens meet them, and how a token that does not meet them is rejected.

mod alternatives;
mod callers;
mod claims;
mod details;
mod kinds;
mod mistakes;
mod order;
mod scopes;
mod step_up;

use auth0_api_core::{ApiClient, Requirement, VerifiedToken};
use auth0_api_testing::{TestWorld, TokenBuilder};

use crate::world::{Rejected, rejection};

const BEARER: &str = r#"Bearer realm="api""#;
const DPOP: &str = r#"DPoP algs="ES256""#;

/// An API client and its tenant.
struct Setup {
    world: TestWorld,
    api: ApiClient,
}

impl Setup {
    async fn new() -> Self {
        let world = TestWorld::start().await;
        let api = world.api.clone();
        Self { world, api }
    }

    fn mint(&self) -> TokenBuilder {
        self.world.tenant.mint()
    }

    async fn token(&self, token: TokenBuilder) -> VerifiedToken {
        self.api.verify_access_token(&token.sign()).await.unwrap()
    }

    /// Returns the complete rejection of a token that does not meet a requirement.
    fn rejection(&self, requirement: &Requirement, token: &VerifiedToken) -> Rejected {
        rejection(&self.api, requirement.check(token).map(|()| token.clone()))
    }

    /// Returns the label of the rejection, or `met`.
    async fn label(&self, requirement: &Requirement, token: TokenBuilder) -> &'static str {
        requirement.check(&self.token(token).await).map_or_else(|error| error.label(), |()| "met")
    }
}

/// Returns the expected rejection of a Bearer token if the client cannot solve the problem with a new token.
fn forbidden(label: &'static str, description: &str) -> Rejected {
    let error = format!(r#"{BEARER}, error="insufficient_scope", error_description="{description}""#);
    Rejected { status: 403, label, challenges: vec![error, DPOP.to_owned()] }
}
