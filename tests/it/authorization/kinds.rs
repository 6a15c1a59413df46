//! The table of callers: every kind of token against every requirement on callers and actors, in both token profiles.

use auth0_api_core::{Caller, Requirement};
use auth0_api_testing::{ActorClaim, TokenBuilder};
use serde_json::json;

use super::{Setup, forbidden};

/// The requirements, in the order of the columns.
fn requirements() -> [Requirement; 13] {
    [
        Requirement::user(),
        Requirement::user_or_anonymous(),
        Requirement::machine(),
        Requirement::agent(),
        Requirement::no_delegation(),
        Requirement::actor("agt_7"),
        Requirement::actor_is(Caller::Agent),
        Requirement::actor_is(Caller::User),
        Requirement::actor_is(Caller::Machine),
        Requirement::actor_profile("ai_agent"),
        Requirement::actor_client("assistant"),
        Requirement::actor_client_profile("ai_agent"),
        Requirement::actor_issuer("https://agents.example/"),
    ]
}

/// `x` stands for a token that meets the requirement of the column, and `m` for a malformed `act`.
#[tokio::test]
async fn each_kind_of_token_meets_exactly_its_requirements() {
    use Caller::{Agent, Anonymous, Machine, Unknown, User};
    let setup = Setup::new().await;
    let mint = || setup.mint();
    let ada = || mint().subject("auth0|ada");
    let assistant = || ActorClaim::agent("agt_7").client_id("assistant").issuer("https://agents.example/");
    // Columns: user, user or anonymous, machine, agent | no delegation | actor: agt_7, an agent, a user, a machine,
    // with the profile, with the client, with the client's profile, of the issuer.
    let rows: [(&str, TokenBuilder, Caller, &str); 34] = [
        ("user", ada(), User, "xx.. x ........"),
        ("user of a social connection", mint().subject("google-oauth2|7"), User, "xx.. x ........"),
        ("user of an enterprise connection", mint().subject("oidc|acme|7"), User, "xx.. x ........"),
        ("user, opted in", ada().profiles("user", "browser_app"), User, "xx.. x ........"),
        ("human, opted in", ada().profiles("human", "native_app"), User, "xx.. x ........"),
        ("user through the client of an agent", ada().profiles("user", "service ai_agent"), User, "xx.. x ........"),
        ("user with an id of another form", mint().subject("ada"), Unknown, ".... x ........"),
        ("the same, opted in", mint().subject("ada").profiles("user", "browser_app"), User, "xx.. x ........"),
        ("user of a profile that is not known", ada().profiles("pet", "browser_app"), Unknown, ".... x ........"),
        ("anonymous", mint().anonymous(), Anonymous, ".x.. x ........"),
        ("anonymous and user", mint().anonymous().profiles("user", "browser_app"), Unknown, ".... x ........"),
        ("anonymous without a UUID", mint().subject("anon@7"), Unknown, ".... x ........"),
        ("machine", mint().machine("nightly"), Machine, "..x. x ........"),
        ("machine, opted in", mint().machine("nightly").profiles("service", "service"), Machine, "..x. x ........"),
        ("machine without the suffix", mint().machine("nightly").subject("nightly"), Machine, "..x. x ........"),
        ("another machine", mint().machine("nightly").subject("other@clients"), Unknown, ".... x ........"),
        ("machine and user", mint().machine("nightly").profiles("user", "service"), Unknown, ".... x ........"),
        ("agent", mint().agent("agt_7", "assistant"), Agent, "...x x ........"),
        (
            "agent, opted in",
            mint().agent("agt_7", "assistant").profiles("ai_agent", "service ai_agent"),
            Agent,
            "...x x ........",
        ),
        ("agent with an id of the customer's choice", mint().agent("helper", "assistant"), Unknown, ".... x ........"),
        (
            "the same, opted in",
            mint().agent("helper", "assistant").profiles("ai_agent", "service ai_agent"),
            Agent,
            "...x x ........",
        ),
        ("agent and user", mint().agent("agt_7", "assistant").profiles("user", "service"), Unknown, ".... x ........"),
        ("malformed profile", ada().claim("sub_profile", json!(["user"])), Unknown, ".... x ........"),
        ("agent for a user", ada().actor(assistant()), User, "xx.. . xx..xxxx"),
        ("agent for a user, by its id", ada().actor("agt_7"), User, "xx.. . xx......"),
        ("agent for a user, by its profile", ada().actor(ActorClaim::agent("helper")), User, "xx.. . .x..x.x."),
        ("agent for a visitor", mint().anonymous().actor("agt_7"), Anonymous, ".x.. . xx......"),
        ("user for a user", ada().actor(ActorClaim::new("auth0|eve").profile("user")), User, "xx.. . ..x....."),
        (
            "machine for a user",
            ada().actor(ActorClaim::new("nightly@clients").client_id("nightly")),
            User,
            "xx.. . ...x....",
        ),
        ("API for a user", ada().actor("orders-api"), User, "xx.. . ........"),
        // Only the current actor counts.
        (
            "API for a user, for an agent",
            ada().actor(ActorClaim::new("api").earlier(assistant())),
            User,
            "xx.. . ........",
        ),
        ("agent for a user, for a user", ada().actor(assistant().earlier("auth0|eve")), User, "xx.. . xx..xxxx"),
        ("agent for an agent", mint().agent("agt_8", "bot").actor("agt_7"), Agent, "...x . xx......"),
        ("malformed actor", ada().actor(ActorClaim::new("agt_7").member("iss", 7)), User, "xx.. m mmmmmmmm"),
    ];
    for (name, token, caller, cells) in rows {
        for token in [token.clone(), token.rfc9068()] {
            let token = setup.token(token).await;
            assert_eq!(token.caller(), caller, "{name}: {token:?}");
            assert_eq!((token.is_user(), token.is_machine()), (caller == User, caller == Machine), "{name}");
            let found = requirements().map(|requirement| match requirement.check(&token) {
                Ok(()) => "x",
                Err(error) if error.label() == "requirement_actor_malformed" => "m",
                Err(_) => ".",
            });
            assert_eq!(found.concat(), cells.replace(' ', ""), "{name}: {token:?}");
        }
    }
}

#[tokio::test]
async fn the_grant_contradicts_a_user_and_a_visitor() {
    let setup = Setup::new().await;
    for (token, gty, caller) in [
        (setup.mint(), json!("client-credentials"), Caller::Unknown),
        (setup.mint(), json!(["password", "client-credentials"]), Caller::Unknown),
        (setup.mint(), json!(["password", "mfa"]), Caller::User),
        (setup.mint(), json!({ "grant": "password" }), Caller::Unknown),
        (setup.mint().anonymous(), json!("client-credentials"), Caller::Unknown),
        (setup.mint().anonymous(), json!("anonymous"), Caller::Anonymous),
        (setup.mint().agent("agt_7", "bot"), json!(["client-credentials"]), Caller::Agent),
        (setup.mint().agent("agt_7", "bot"), json!("urn:ietf:params:oauth:grant-type:token-exchange"), Caller::Agent),
        (setup.mint().agent("agt_7", "bot"), json!(7), Caller::Unknown),
        (setup.mint().machine("m2m"), json!("password"), Caller::Unknown),
    ] {
        let token = setup.token(token.claim("gty", gty)).await;
        assert_eq!(token.caller(), caller, "{token:?}");
    }
}

#[tokio::test]
async fn a_caller_of_the_wrong_kind_is_403_with_the_label_of_the_requirement() {
    let setup = Setup::new().await;
    let (visitor, agent) = (setup.mint().anonymous(), setup.mint().agent("agt_7", "assistant"));
    let (visitor, agent) = (setup.token(visitor).await, setup.token(agent).await);
    for (requirement, token, label, description) in [
        (Requirement::user(), &visitor, "requirement_user", "the access token is not that of a user"),
        (Requirement::user(), &agent, "requirement_user", "the access token is not that of a user"),
        (
            Requirement::user_or_anonymous(),
            &agent,
            "requirement_user_or_anonymous",
            "the access token is neither that of a user nor that of a visitor",
        ),
        (Requirement::machine(), &agent, "requirement_machine", "the access token is not that of a machine"),
        (Requirement::agent(), &visitor, "requirement_agent", "the access token is not that of an agent"),
        (Requirement::actor_is(Caller::Agent), &visitor, "requirement_actor", "the current actor may not act here"),
    ] {
        assert_eq!(setup.rejection(&requirement, token), forbidden(label, description));
    }
    let hint = |token| Requirement::user().check(token).unwrap_err().hint().unwrap().into_owned();
    assert!(hint(&visitor).contains("anonymous visitor") && hint(&agent).contains("agent"), "{}", hint(&visitor));
}

#[tokio::test]
async fn a_requirement_for_an_unknown_actor_is_a_mistake_of_the_api() {
    let setup = Setup::new().await;
    for requirement in [
        Requirement::actor_is(Caller::Unknown),
        Requirement::actor_client(" "),
        Requirement::actor_profile(""),
        Requirement::actor_client_profile(""),
        Requirement::actor_issuer(""),
    ] {
        for token in [setup.mint(), setup.mint().actor("orders-api")] {
            assert_eq!(setup.label(&requirement, token).await, "requirement_empty", "{requirement:?}");
        }
    }
}

#[tokio::test]
async fn a_chain_of_more_than_16_actors_meets_no_requirement_on_actors() {
    let setup = Setup::new().await;
    let chain =
        |levels| (1..levels).fold(ActorClaim::agent("agt_7"), |actor, _| ActorClaim::agent("agt_7").earlier(actor));
    for (levels, label) in [(16, "met"), (17, "requirement_actor_malformed")] {
        let token = setup.mint().actor(chain(levels));
        assert_eq!(setup.label(&Requirement::actor_is(Caller::Agent), token.clone()).await, label, "{levels}");
        // Requirements on the subject do not read the actors.
        assert_eq!(setup.label(&Requirement::user(), token).await, "met");
    }
}
