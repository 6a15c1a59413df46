//! Nothing of one caller reaches another.

use auth0_api_core::exchange::ProofKey;
use auth0_api_core::{ClientAuth, OnBehalfOf, VerifiedToken};
use auth0_api_fetcher::{FetchCaller, FetchError, FetchToken, Fetcher};
use auth0_api_testing::{HttpAnswer, OfflineTenant};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::memory::{Answer, UserApi};
use crate::world::{CALENDAR, decode, soon};

/// The user whose token a token request exchanges.
fn user_of(form: &[u8]) -> String {
    let fields = String::from_utf8(form.to_vec()).unwrap();
    let token = fields.split('&').find_map(|field| field.strip_prefix("subject_token=")).unwrap();
    let claims: Value = serde_json::from_slice(&decode(token.split('.').nth(1).unwrap())).unwrap();
    claims["sub"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_thousand_concurrent_callers_get_one_token_each() {
    const CALLERS: usize = 2000;
    let tenant = OfflineTenant::new();
    let tokens = tenant.http().other_urls();
    tokens.answer_with(|request| {
        let token = format!("token-of:{}", user_of(&request.body));
        HttpAnswer::json(200, &json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 }))
    });
    let api = tenant.builder().client_auth(ClientAuth::secret_post("api-client", "api-secret")).build().unwrap();
    let other = UserApi::default();
    let asked = OnBehalfOf::audience(CALENDAR);
    let fetcher = Fetcher::on_behalf_of(&api, CALENDAR, asked).client(other.clone()).build().unwrap();
    let mut callers = Vec::new();
    for number in 0..CALLERS {
        let user = format!("auth0|{number}");
        let token = api.verify_access_token(&tenant.mint().subject(&user).sign()).await.unwrap();
        callers.push((token, user));
    }
    // The token endpoint answers when the first callers have come.
    tokens.close();
    let requests = callers.iter().cycle().take(3 * CALLERS).map(|(caller, user)| {
        let request = fetcher.for_caller(caller).get("/who").header("x-user", user.as_str()).send();
        let user = user.clone();
        tokio::spawn(async move { (request.await.unwrap().text().await.unwrap(), user) })
    });
    let requests: Vec<_> = requests.collect();
    soon(tokens.arrival()).await;
    tokens.open();
    for outcome in soon(join_all(requests)).await {
        let (answered, user) = outcome.unwrap();
        assert_eq!(answered, user);
    }
    assert_eq!(other.mix_ups(), [""; 0]);
    assert_eq!(tokens.count(), CALLERS);
}

/// One request of the property test.
#[derive(Clone, Debug)]
struct Step {
    user: usize,
    answers: Vec<Answer>,
    pauses: usize,
    is_cancelled: bool,
    is_post: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let answer = prop_oneof![
        Just(Answer::Denied),
        Just(Answer::Disconnected),
        Just(Answer::InvalidToken),
        Just(Answer::Ok),
        Just(Answer::UseNonce),
    ];
    let steps = (0..4_usize, vec(answer, 0..4), 0..4_usize, prop::bool::weighted(0.2), any::<bool>());
    steps.prop_map(|(user, answers, pauses, is_cancelled, is_post)| Step {
        user,
        answers,
        pauses,
        is_cancelled,
        is_post,
    })
}

fn run(callers: &[(VerifiedToken, String)], steps: &[Step]) -> Result<(), TestCaseError> {
    let scripts = steps.iter().enumerate().map(|(number, step)| (number.to_string(), step.answers.clone()));
    let other = UserApi::with(scripts.collect());
    // Every second user has bound tokens.
    let source = |caller: FetchCaller| async move {
        tokio::task::yield_now().await;
        let user = caller.token().and_then(VerifiedToken::subject).ok_or(FetchError::CallerMissing)?;
        let token = format!("token-of:{user}");
        if user.ends_with(['1', '3']) { FetchToken::dpop(token) } else { FetchToken::bearer(token) }
    };
    let key = ProofKey::generate().unwrap();
    let fetcher = Fetcher::with_source(CALENDAR, source).proof_key(key).client(other.clone()).build().unwrap();
    let requests = steps.iter().enumerate().map(|(number, step)| {
        let (caller, user) = &callers[step.user];
        let caller = fetcher.for_caller(caller);
        let request = if step.is_post { caller.post("/who").body("x") } else { caller.get("/who") };
        let request = request.header("x-user", user.as_str()).header("x-request", number.to_string());
        let sent = request.header("x-pauses", step.pauses.to_string()).any_status().send();
        async move {
            if step.is_cancelled {
                return sent.now_or_never().is_none_or(|outcome| outcome.is_ok());
            }
            match sent.await {
                Ok(response) => response.text().await.is_ok_and(|answered| answered == *user),
                Err(error) => matches!(error, FetchError::Unanswered(_)),
            }
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let outcomes = runtime.block_on(join_all(requests));
    prop_assert!(outcomes.iter().all(|is_right| *is_right), "{outcomes:?}");
    prop_assert_eq!(other.mix_ups(), Vec::<String>::new());
    Ok(())
}

#[test]
fn no_request_gets_the_token_or_the_answer_of_another_caller() {
    let tenant = OfflineTenant::new();
    let callers: Vec<_> = (0..4)
        .map(|number| {
            let user = format!("auth0|{number}");
            (tenant.token(|token| token.subject(&user)), user)
        })
        .collect();
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in vec(step(), 1..12))| run(&callers, &steps)?);
}
