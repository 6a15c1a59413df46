//! Requirements: what is met, what is lacking, and what the caller is told of it.

mod alternatives;
mod callers;
mod claims;
mod mistakes;
mod order;
mod scopes;
mod step_up;

use auth0_api_core::{ApiClient, Requirement, VerifiedToken};
use auth0_api_testing::TokenBuilder;

use crate::world::{Rejected, World, rejection};

const BEARER: &str = r#"Bearer realm="api""#;
const DPOP: &str = r#"DPoP algs="ES256""#;

/// An API with a tenant behind it.
struct Desk {
    world: World,
    api: ApiClient,
}

impl Desk {
    async fn new() -> Self {
        let world = World::new().await;
        let api = world.api();
        Self { world, api }
    }

    fn mint(&self) -> TokenBuilder {
        self.world.tenant.mint()
    }

    async fn token(&self, token: TokenBuilder) -> VerifiedToken {
        self.api.verify_access_token(&token.sign()).await.unwrap()
    }

    /// The whole rejection of a token that does not meet a requirement.
    fn rejection(&self, requirement: &Requirement, token: &VerifiedToken) -> Rejected {
        rejection(&self.api, requirement.check(token).map(|()| token.clone()))
    }

    /// The label of the rejection, or that there is none.
    async fn label(&self, requirement: &Requirement, token: TokenBuilder) -> &'static str {
        requirement.check(&self.token(token).await).map_or_else(|error| error.label(), |()| "met")
    }
}

/// What is told to the holder of a Bearer token who cannot mend what is lacking.
fn forbidden(label: &'static str, description: &str) -> Rejected {
    let error = format!(r#"{BEARER}, error="insufficient_scope", error_description="{description}""#);
    Rejected { status: 403, label, challenges: vec![error, DPOP.to_owned()] }
}
