//! `ensure`: what it does with each state of the tenant, at the same time as others, and after lost answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use auth0_api_core::http::{HttpClient, HttpError, HttpFuture, HttpRequest, HttpResponse, ReqwestClient};
use auth0_api_management::{
    Ensured, ManagementClient, ManagementError, ProfileChange, ProfileClient, TokenExchangeProfile, WantedProfile,
};
use auth0_api_testing::{Endpoint, Misbehaviour};
use tokio::sync::Barrier;

use crate::intercepting::{Intercepting, answer, is_call};
use crate::log::Log;
use crate::world::{ACTION, OTHER_ACTION, TYPE, World, told, wanted, within_a_minute};

const LIST: &str = "GET token-exchange-profiles?take=100";
const CREATE: &str = "POST token-exchange-profiles";

#[tokio::test]
async fn a_profile_is_created_once_and_then_changed_if_its_name_differs() {
    let world = World::new().await;
    let created = world.profiles.ensure(&wanted()).await.unwrap();
    assert!(matches!(created, Ensured::Created(_)), "{created:?}");
    assert_eq!(world.http.calls(), [LIST, CREATE]);

    let present = world.profiles.ensure(&wanted()).await.unwrap();
    assert_eq!(present, Ensured::Present(created.profile().clone()));
    assert_eq!(world.http.calls().len(), 3);

    let renamed = world.profiles.ensure(&WantedProfile::new("Old sessions", TYPE, ACTION)).await.unwrap();
    assert!(matches!(renamed, Ensured::Changed(_)), "{renamed:?}");
    assert_eq!((renamed.profile().id(), renamed.profile().name()), (created.profile().id(), "Old sessions"));
    assert_eq!(world.all().await, [renamed.into_profile()]);
    world.clock.assert_waits(&[]);
}

#[tokio::test]
async fn another_action_is_an_error_unless_the_profile_may_be_replaced() {
    let world = World::new().await;
    let created = world.profiles.ensure(&wanted()).await.unwrap().into_profile();
    let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
    let error = world.profiles.ensure(&other).await.unwrap_err();
    assert!(matches!(&error, ManagementError::ActionDiffers { profile } if **profile == created), "{error:?}");
    assert_eq!(error.label(), "management_action_differs");
    assert!(error.hint().unwrap().contains("ensure_or_replace"));
    assert_eq!(world.all().await, std::slice::from_ref(&created));

    let replaced = world.profiles.ensure_or_replace(&other).await.unwrap();
    assert!(matches!(replaced, Ensured::Replaced(_)), "{replaced:?}");
    assert_ne!(replaced.profile().id(), created.id());
    assert_eq!(world.all().await, [replaced.profile().clone()]);
    let again = world.profiles.ensure_or_replace(&other).await.unwrap();
    assert_eq!(again, Ensured::Present(replaced.into_profile()));
    assert!(world.exchange().await.is_ok());
}

#[tokio::test]
async fn a_profile_whose_replacement_is_rejected_is_created_again() {
    let world = World::new().await;
    let old = world.profiles.ensure(&wanted()).await.unwrap().into_profile();
    let wrong = WantedProfile::new("Tickets", TYPE, "no-action");
    let error = world.profiles.ensure_or_replace(&wrong).await.unwrap_err();
    let all = world.all().await;
    assert_eq!((all.len(), all[0].name(), all[0].action_id()), (1, old.name(), old.action_id()));
    let (cause, restored) = failed(&error, &old);
    assert!(matches!(cause, ManagementError::BadRequest(_)) && restored == Some(&all[0]), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!("the profile {} was deleted, and created again as {}", old.id(), all[0].id())
    );
    assert_eq!((error.hint(), error.tenant_error().unwrap().status()), (cause.hint(), 400));
    assert!(world.exchange().await.is_ok());
}

/// Returns the cause of a replacement that failed, and the profile that the tenant has then.
#[track_caller]
fn failed<'e>(
    error: &'e ManagementError,
    old: &TokenExchangeProfile,
) -> (&'e ManagementError, Option<&'e TokenExchangeProfile>) {
    assert!(matches!(error, ManagementError::ReplacementFailed { .. }), "{error:?}");
    let ManagementError::ReplacementFailed { cause, deleted, restored } = error else { return (error, None) };
    assert_eq!(**deleted, *old);
    assert_eq!((error.label(), error.may_have_taken_effect()), ("management_replacement_failed", true));
    (cause, restored.as_deref())
}

/// A client with a token that lets it do everything except create profiles.
fn without_create(world: &World, http: impl HttpClient) -> ProfileClient {
    let scopes = "read:token_exchange_profiles update:token_exchange_profiles delete:token_exchange_profiles";
    let token = world.tenant.mint().audience(&world.tenant.management_audience()).scope(scopes).sign();
    let client = ManagementClient::builder_with_token(world.tenant.domain(), token).unwrap();
    let client = client.insecure_http_loopback().clock(world.clock.clone()).http_client(http);
    client.build().unwrap().token_exchange_profiles()
}

#[tokio::test]
async fn a_profile_that_cannot_be_created_again_is_told() {
    let world = World::new().await;
    let old = world.profiles.ensure(&wanted()).await.unwrap().into_profile();
    let http = Intercepting::watching();
    let (log, _guard) = Log::subscribe();
    let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
    let error = without_create(&world, http.clone()).ensure_or_replace(&other).await.unwrap_err();
    assert_eq!(http.calls(), [LIST, &format!("DELETE token-exchange-profiles/{}", old.id()), CREATE, CREATE, LIST]);
    let (cause, restored) = failed(&error, &old);
    assert_eq!((cause.label(), restored, world.all().await.len()), ("management_scope_missing", None, 0));
    assert_eq!(error.to_string(), format!("the profile {} was deleted, and is not there any more", old.id()));
    assert_eq!((error.hint(), error.tenant_error().unwrap().status()), (cause.hint(), 403));
    assert!(log.text().contains("is_restored=false"), "{}", log.text());
}

#[tokio::test]
async fn an_outage_after_the_deletion_says_when_to_come_back() {
    let world = World::new().await;
    let old = world.profiles.ensure(&wanted()).await.unwrap().into_profile();
    let http =
        Intercepting::new(
            |request| {
                if is_call(request, "POST") { answer(429, &[("retry-after", "300")], "") } else { None }
            },
        );
    let client = world.builder().http_client(http).build().unwrap().token_exchange_profiles();
    let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
    let error = client.ensure_or_replace(&other).await.unwrap_err();
    let (cause, restored) = failed(&error, &old);
    assert_eq!((cause.label(), restored), ("management_rate_limited", None));
    assert_eq!(error.retry_after().unwrap().as_secs(), 300);
}

/// After the first deletion, which does not arrive, the tenant does not answer any more.
#[tokio::test]
async fn a_profile_that_perhaps_was_not_deleted_is_not_called_deleted() {
    let world = World::new().await;
    let old = world.profiles.ensure(&wanted()).await.unwrap().into_profile();
    let is_down = AtomicBool::new(false);
    let http = Intercepting::new(move |request| {
        let is_down = is_down.fetch_or(is_call(request, "DELETE"), Ordering::SeqCst) || is_call(request, "DELETE");
        is_down.then_some(Err(HttpError::Timeout))
    });
    let client = world.builder().http_client(http).build().unwrap().token_exchange_profiles();
    let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
    let error = within_a_minute(client.ensure_or_replace(&other)).await.unwrap_err();
    assert!(matches!(error, ManagementError::Unavailable(_)) && error.may_have_taken_effect(), "{error:?}");
    assert_eq!(world.all().await, [old]);
}

/// Loses the answer to the first creation, and the look after it.
#[derive(Debug)]
struct LosingCreation {
    network: ReqwestClient,
    created: AtomicUsize,
    looks: AtomicUsize,
}

impl HttpClient for LosingCreation {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            if is_call(&request, "GET") && self.looks.fetch_add(1, Ordering::SeqCst) == 1 {
                return Ok(HttpResponse { status: 404, headers: Vec::new(), body: Vec::new() });
            }
            let is_creation = is_call(&request, "POST");
            let answer = self.network.send(request).await;
            let is_first = is_creation && self.created.fetch_add(1, Ordering::SeqCst) == 0;
            if is_first { Err(HttpError::Timeout) } else { answer }
        })
    }
}

#[tokio::test]
async fn a_replacement_that_is_there_after_all_is_no_error() {
    let world = World::new().await;
    world.profiles.ensure(&wanted()).await.unwrap();
    let http = LosingCreation { network: world.http.network(), created: 0.into(), looks: 0.into() };
    let client = world.builder().http_client(http).build().unwrap().token_exchange_profiles();
    let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
    let ensured = client.ensure_or_replace(&other).await.unwrap();
    assert_eq!(ensured.profile().action_id(), OTHER_ACTION);
    assert_eq!(world.all().await, [ensured.into_profile()]);
}

/// After a deletion, another deployment creates a profile of its own.
#[derive(Debug)]
struct Competing {
    network: ReqwestClient,
    other: ProfileClient,
}

impl HttpClient for Competing {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let is_deletion = is_call(&request, "DELETE");
            let answer = self.network.send(request).await;
            if is_deletion {
                self.other.create(&WantedProfile::new("Of another", TYPE, ACTION)).await.unwrap();
            }
            answer
        })
    }
}

#[tokio::test]
async fn a_profile_of_another_deployment_is_not_called_the_deleted_one() {
    let world = World::new().await;
    let seen = world.profiles.ensure(&wanted()).await.unwrap().into_profile();
    let http = Competing { network: world.http.network(), other: world.profiles.clone() };
    let client = world.builder().http_client(http).build().unwrap().token_exchange_profiles();
    let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
    let error = within_a_minute(client.ensure_as_seen(Some(&seen), &other)).await.unwrap_err();
    let all = world.all().await;
    let (cause, present) = failed(&error, &seen);
    assert!(matches!(cause, ManagementError::ChangedMeanwhile { .. }) && present == Some(&all[0]), "{error:?}");
    let told =
        format!("the profile {} was deleted, and {}, of another deployment, is in its place", seen.id(), all[0].id());
    assert_eq!((error.to_string(), all.len(), all[0].name()), (told, 1, "Of another"));
}

#[tokio::test]
async fn a_replacement_whose_answer_gets_lost_is_found() {
    let world = World::new().await;
    world.profiles.ensure(&wanted()).await.unwrap();
    let lost = Arc::new(AtomicUsize::new(0));
    let http = Intercepting::new(move |request| {
        let is_first = is_call(request, "POST") && lost.fetch_add(1, Ordering::SeqCst) == 0;
        is_first.then_some(Err(HttpError::Timeout))
    });
    let client = world.builder().http_client(http.clone()).build().unwrap().token_exchange_profiles();
    let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
    let replaced = client.ensure_or_replace(&other).await.unwrap();
    assert!(matches!(replaced, Ensured::Replaced(_)), "{replaced:?}");
    let calls = http.calls();
    assert!(calls[1].starts_with("DELETE "), "{calls:?}");
    assert_eq!([&calls[..1], &calls[2..]].concat(), [LIST, CREATE, LIST, CREATE]);
}

/// Sends requests that delete something, and loses their answers.
#[derive(Debug)]
struct LosingDeletions(ReqwestClient);

impl HttpClient for LosingDeletions {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let is_deletion = is_call(&request, "DELETE");
            let answer = self.0.send(request).await;
            if is_deletion { Err(HttpError::Timeout) } else { answer }
        })
    }
}

#[tokio::test]
async fn a_profile_is_created_again_also_if_the_answer_to_its_deletion_got_lost() {
    let world = World::new().await;
    let old = world.profiles.ensure(&wanted()).await.unwrap().into_profile();
    let losing = world.builder().http_client(LosingDeletions(world.http.network())).build().unwrap();
    let wrong = WantedProfile::new("Tickets", TYPE, "no-action");
    let outcome = within_a_minute(losing.token_exchange_profiles().ensure_or_replace(&wrong)).await;
    let all = world.all().await;
    assert_eq!((all.len(), all[0].name(), all[0].action_id()), (1, old.name(), old.action_id()));
    let error = outcome.unwrap_err();
    let (cause, restored) = failed(&error, &old);
    assert!(matches!(cause, ManagementError::BadRequest(_)) && restored == Some(&all[0]), "{error:?}");

    // With a replacement that the tenant accepts, the lost answers change nothing.
    let other = WantedProfile::new("Tickets", TYPE, OTHER_ACTION);
    let replaced = within_a_minute(losing.token_exchange_profiles().ensure_or_replace(&other)).await.unwrap();
    assert!(matches!(replaced, Ensured::Replaced(_)), "{replaced:?}");
    assert_eq!(world.all().await, [replaced.into_profile()]);
}

/// Lets requests that create something pass when all deployments have sent theirs.
#[derive(Debug)]
struct Meeting {
    network: ReqwestClient,
    everybody: Arc<Barrier>,
}

impl HttpClient for Meeting {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            if is_call(&request, "POST") {
                self.everybody.wait().await;
            }
            self.network.send(request).await
        })
    }
}

#[tokio::test]
async fn ten_deployments_that_create_at_the_same_moment_end_with_one_profile() {
    let world = World::new().await;
    let everybody = Arc::new(Barrier::new(10));
    let deployments: Vec<_> = (0..10)
        .map(|_| {
            let http = Meeting { network: world.http.network(), everybody: Arc::clone(&everybody) };
            let client = world.builder().http_client(http).build().unwrap();
            tokio::spawn(async move { client.token_exchange_profiles().ensure(&wanted()).await })
        })
        .collect();
    let mut ensured = Vec::new();
    for deployment in deployments {
        ensured.push(within_a_minute(deployment).await.unwrap().unwrap());
    }
    let created = ensured.iter().filter(|ensured| matches!(ensured, Ensured::Created(_))).count();
    let present = ensured.iter().filter(|ensured| matches!(ensured, Ensured::Present(_))).count();
    assert_eq!((created, present), (1, 9));
    assert!(ensured.iter().all(|other| other.profile() == ensured[0].profile()));
    assert_eq!(world.all().await, [ensured.remove(0).into_profile()]);
}

#[tokio::test]
async fn ten_deployments_that_replace_a_profile_end_with_one() {
    let world = World::new().await;
    world.profiles.ensure(&wanted()).await.unwrap();
    let deployments: Vec<_> = (0..10)
        .map(|_| {
            let client = world.builder().build().unwrap();
            let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
            tokio::spawn(async move { client.token_exchange_profiles().ensure_or_replace(&other).await })
        })
        .collect();
    for deployment in deployments {
        let ensured = within_a_minute(deployment).await.unwrap().unwrap();
        assert_eq!(ensured.profile().action_id(), OTHER_ACTION);
    }
    let all = world.all().await;
    assert_eq!((all.len(), all[0].action_id()), (1, OTHER_ACTION));
}

#[tokio::test]
async fn a_lost_answer_is_followed_by_a_look_and_not_by_the_same_request() {
    let world = World::new().await;
    world.tenant.misbehave(Endpoint::Management, Misbehaviour::LoseAnswers);
    let ensured = world.profiles.ensure(&wanted()).await.unwrap();
    assert!(matches!(ensured, Ensured::Present(_)), "{ensured:?}");
    assert_eq!(world.http.calls(), [LIST, CREATE, LIST]);
    world.tenant.behave();
    assert_eq!(world.all().await, [ensured.into_profile()]);
}

#[tokio::test]
async fn a_request_that_never_arrived_is_sent_again_after_a_look() {
    for failure in [|| HttpError::Timeout, || HttpError::Disconnected("gone".into()), || HttpError::TooLarge] {
        let lost = Arc::new(AtomicUsize::new(0));
        let http = Intercepting::new(move |request| {
            let is_first = is_call(request, "POST") && lost.fetch_add(1, Ordering::SeqCst) == 0;
            is_first.then(|| Err(failure()))
        });
        let world = World::sending_with(http).await;
        let ensured = world.profiles.ensure(&wanted()).await.unwrap();
        assert!(matches!(ensured, Ensured::Created(_)), "{ensured:?}");
        assert_eq!(world.http.calls(), [LIST, CREATE, LIST, CREATE]);
    }
}

#[tokio::test]
async fn a_creation_whose_answer_is_no_answer_is_looked_for() {
    for (status, body) in [(201, "<html>"), (201, "{}"), (302, ""), (500, ""), (503, ""), (408, "")] {
        let world = World::new().await;
        world.profiles.ensure(&wanted()).await.unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let http = Intercepting::new(move |request| match asked.fetch_add(1, Ordering::SeqCst) {
            _ if is_call(request, "POST") => answer(status, &[], body),
            // The first look finds nothing, as if the profile did not exist yet.
            0..=2 if is_call(request, "GET") => answer(200, &[], r#"{"token_exchange_profiles":[]}"#),
            _ => None,
        });
        let client = world.builder().http_client(http.clone()).build().unwrap();
        let ensured = client.token_exchange_profiles().ensure(&wanted()).await.unwrap();
        assert!(matches!(ensured, Ensured::Present(_)), "{ensured:?}");
        assert_eq!(http.calls(), [LIST, CREATE, LIST], "{status} {body}");
    }
}

#[tokio::test]
async fn a_conflict_that_no_look_explains_ends_after_four_rounds() {
    let conflict = r#"{"statusCode":409,"error":"Conflict","message":"busy","errorCode":"conflict"}"#;
    let http =
        Intercepting::new(move |request| if is_call(request, "POST") { answer(409, &[], conflict) } else { None });
    let world = World::sending_with(http).await;
    let error = world.profiles.ensure(&wanted()).await.unwrap_err();
    assert!(matches!(error, ManagementError::Conflict(_)), "{error:?}");
    assert_eq!(world.http.calls(), [LIST, CREATE].repeat(4));
    world.clock.assert_waits(&[1, 2]);
}

#[tokio::test]
async fn a_changed_name_whose_answer_gets_lost_is_found() {
    let world = World::new().await;
    world.profiles.ensure(&wanted()).await.unwrap();
    world.tenant.misbehave(Endpoint::Management, Misbehaviour::LoseAnswers);
    let renamed = WantedProfile::new("Old sessions", TYPE, ACTION);
    let ensured = world.profiles.ensure(&renamed).await.unwrap();
    assert!(matches!(&ensured, Ensured::Present(profile) if profile.name() == "Old sessions"), "{ensured:?}");
}

/// Deletes the profile, as a colleague does, just before it is changed.
#[derive(Debug)]
struct Colleague {
    network: ReqwestClient,
    profiles: ProfileClient,
    id: String,
}

impl HttpClient for Colleague {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            if is_call(&request, "PATCH") {
                self.profiles.delete(&self.id).await.unwrap();
            }
            self.network.send(request).await
        })
    }
}

#[tokio::test]
async fn a_profile_that_is_deleted_between_look_and_change_is_created_again() {
    let world = World::new().await;
    let id = world.profiles.ensure(&wanted()).await.unwrap().into_profile().id().to_owned();
    let http = Colleague { network: world.http.network(), profiles: world.profiles.clone(), id: id.clone() };
    let client = world.builder().http_client(http).build().unwrap().token_exchange_profiles();
    let ensured = client.ensure(&WantedProfile::new("Old sessions", TYPE, ACTION)).await.unwrap();
    assert!(matches!(&ensured, Ensured::Created(profile) if profile.id() != id), "{ensured:?}");
    assert_eq!(world.all().await, [ensured.into_profile()]);
}

#[tokio::test]
async fn two_deployments_that_want_different_names_do_not_run_for_ever() {
    let world = World::new().await;
    let id = world.profiles.ensure(&wanted()).await.unwrap().into_profile().id().to_owned();
    let http = Intercepting::new(move |request| {
        // The other deployment changes the name back before this one reads it.
        if is_call(request, "PATCH") { answer(204, &[], "") } else { None }
    });
    let client = world.builder().http_client(http.clone()).build().unwrap().token_exchange_profiles();
    let (label, text) = told(client.ensure(&WantedProfile::new("Old sessions", TYPE, ACTION)).await);
    assert_eq!((label, text), ("management_contested", format!("another client keeps changing the profile {id}")));
    assert_eq!(http.calls().len(), 4 * 3);
}

#[tokio::test]
async fn an_outage_of_the_look_is_an_error_at_once() {
    let world = World::new().await;
    world.profiles.find(TYPE).await.unwrap();
    world.tenant.misbehave(Endpoint::Management, Misbehaviour::Garbage);
    let (label, text) = told(world.profiles.ensure(&wanted()).await);
    assert_eq!((label, &*text), ("management_answer", "the answer cannot be used"));
    assert_eq!(world.http.calls().len(), 2);
    world.tenant.misbehave(Endpoint::Management, Misbehaviour::Status(404));
    assert_eq!(told(world.profiles.ensure(&wanted()).await).0, "management_not_found");
    assert_eq!(world.http.calls().len(), 3);
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name() {
    let world = World::new().await;
    let profile = world.profiles.ensure(&wanted()).await.unwrap().into_profile();
    world.profiles.update(profile.id(), &ProfileChange::new().subject_token_type("urn:acme:other")).await.unwrap();
    let changed = world.profiles.get(profile.id()).await.unwrap();
    assert_eq!((changed.name(), changed.subject_token_type()), ("Legacy sessions", "urn:acme:other"));
}
