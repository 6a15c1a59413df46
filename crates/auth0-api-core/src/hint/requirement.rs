//! Hints about requirements of routes.

use super::{Advice, advise};
use crate::requirement::RequirementError;
use crate::token::Caller;

pub(super) fn advice(error: &RequirementError) -> Advice {
    advise(match error {
        RequirementError::Actor => {
            "the route accepts certain actors only: compare the act claim of the token with the actors of the Requirement"
        }
        RequirementError::ActorMalformed(_) => {
            "the act claim is not as RFC 8693 §4.1 defines it: look at the Action or the profile that writes it"
        }
        RequirementError::AuthorizationDetail { .. } => {
            "the client asked for no such authorization detail, or the user or the tenant granted another one: let the \
             client send authorization_details, and register the type for the API in the tenant"
        }
        RequirementError::AuthorizationDetailsMalformed(_) => {
            "authorization_details is not as RFC 9396 §2 defines it, or a detail does not fit the type that the \
             Requirement reads: compare the type with the details that the clients request"
        }
        RequirementError::Agent { found: Caller::Unknown }
        | RequirementError::Machine { found: Caller::Unknown }
        | RequirementError::User { found: Caller::Unknown }
        | RequirementError::UserOrAnonymous { found: Caller::Unknown } => {
            "the token does not say who its subject is, or its claims contradict each other: compare sub, sub_profile, \
             gty, and azp or client_id; for an agent with an id of your choice, switch on the agent claims of the API"
        }
        RequirementError::Agent { .. } => {
            "the route is for agents that act for themselves: for an agent that acts for a user, use Requirement::user \
             with Requirement::actor_is"
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
        RequirementError::Machine { .. } => {
            "the route is for machines, and the token is for another kind of caller: use the client credentials grant of an \
             application, or another route"
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
        RequirementError::User { found: Caller::Anonymous } => {
            "the route is for users, and the token is an anonymous visitor's: let the visitor log in, or use \
             Requirement::user_or_anonymous"
        }
        RequirementError::User { .. } | RequirementError::UserOrAnonymous { .. } => {
            "the route is for users, and the token is a machine's or an agent's: let a user log in, or use a route for \
             machines or agents"
        }
    })
}
