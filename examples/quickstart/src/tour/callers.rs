//! Users, visitors who have not logged in, and AI agents: the token says who calls.

use auth0_api_testing::{ActorClaim, TokenBuilder};

use super::{Servers, Step};

pub(super) fn steps(Servers { tenant, url, .. }: &Servers) -> Vec<Step> {
    let step = |title, path, token: TokenBuilder, status, part, reason| Step {
        title,
        url: format!("{url}{path}"),
        authorization: Some(format!("Bearer {}", token.sign())),
        status,
        part,
        reason,
        ..Step::default()
    };
    let (user, visitor, agent) = (tenant.mint(), tenant.mint().anonymous(), tenant.mint().agent("agt_7", "assistant"));
    let agent_for_user = user.clone().actor(ActorClaim::agent("agt_7").client_id("assistant"));
    let (greeting, account) = ("/api/greeting", "/api/account");
    let (not_a_person, not_a_user) =
        ("the access token is neither that of a user nor that of a visitor", "the access token is not that of a user");
    vec![
        step("a user is greeted", greeting, user, 200, r#""caller":"user""#, "a user"),
        step("a visitor is greeted too", greeting, visitor.clone(), 200, r#""caller":"anonymous""#, "anonymous"),
        step("a visitor has no account", account, visitor, 403, not_a_user, "not a user"),
        step("an agent that acts for itself", greeting, agent, 403, not_a_person, "neither user nor visitor"),
        step("an agent that acts for the user", account, agent_for_user, 200, r#""used_by":"agt_7""#, "used by agt_7"),
    ]
}
