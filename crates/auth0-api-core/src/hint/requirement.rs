//! Hints about requirements of routes.

use super::{Advice, advise};
use crate::requirement::RequirementError;

pub(super) fn advice(error: &RequirementError) -> Advice {
    advise(match error {
        RequirementError::Actor => {
            "the route accepts certain actors only: compare the act claim of the token with the actors of the Requirement"
        }
        RequirementError::ActorMalformed(_) => {
            "the act claim is not as RFC 8693 §4.1 defines it: look at the Action or the profile that writes it"
        }
        RequirementError::Claim { .. } | RequirementError::ClaimValue { .. } => {
            "the token lacks a claim or its value: let an Action add it to access tokens, under a name with a namespace"
        }
        RequirementError::Client => {
            "the token was issued to another application: add its client id to the Requirement if it may call this route"
        }
        RequirementError::Delegation { .. } => {
            "the token was exchanged more often than the route allows: let fewer services exchange it, or raise the limit"
        }
        RequirementError::Empty => {
            "a Requirement contains an empty list or a blank value, and no token meets it: correct the Requirement in \
             the API's code"
        }
        RequirementError::Machine => {
            "the route is for machines, and the token is a user's: use the client credentials grant, or another route"
        }
        RequirementError::Organization => {
            "the user signed in to no organization, or to another one: let the client pass the organization when it \
             sends the user to log in"
        }
        RequirementError::Permission { .. } => {
            "if the user has the permission, the token does not contain it: switch on RBAC, and the option that adds \
             permissions to access tokens, for the API in the tenant"
        }
        RequirementError::Predicate { .. } => "a predicate of this API's own code rejected the token: see its name",
        RequirementError::Scope { .. } => {
            "the client asked for fewer scopes, or the user or a policy granted fewer: let the client request the \
             scopes, and check that the API defines them and that its application may have them"
        }
        RequirementError::SenderConstraint => {
            "the route demands a bound token: let the client send a proof with its token request, or require \
             sender-constrained tokens for the API in the tenant"
        }
        RequirementError::StepUp { .. } => {
            "Auth0 does not write acr and auth_time into access tokens: let an Action add claims with other names, and \
             name them in StepUp"
        }
        RequirementError::User => {
            "the route is for users, and the token is a machine's: let a user log in, or use a route for machines"
        }
    })
}
