use auth0_api_core::Clock as _;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::*;
use crate::{HttpAnswer, ManualClock, ScriptedHttp};

const URL: &str = "https://client.example.com/oauth.json";

fn document(url: &str) -> Value {
    json!({ "client_id": url, "client_name": "Client", "redirect_uris": ["http://127.0.0.1/callback"] })
}

/// Waits until the other tasks have made a condition true.
async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), wait).await.is_ok(), "the condition never becomes true");
}

fn world() -> (ScriptedHttp, ClientDocuments, ManualClock) {
    let http = ScriptedHttp::new();
    (http.clone(), ClientDocuments::new(Arc::new(http)), ManualClock::new())
}

#[tokio::test]
async fn requests_at_the_same_time_share_one_fetch_also_if_it_fails() {
    let (http, documents, clock) = world();
    let route = http.route(URL);
    for (answer, expected) in [
        (HttpAnswer::unreachable(), Err(DocumentError::Unavailable("its host cannot be reached".into()))),
        (HttpAnswer::json(200, &document(URL)), Ok("Client".to_owned())),
    ] {
        let before = route.count();
        route.answer([answer]);
        route.close();
        let waiting = join_all((0..50).map(|_| documents.client(URL, clock.now())));
        let (outcomes, ()) = tokio::join!(waiting, async {
            route.arrival().await;
            route.open();
        });
        for outcome in outcomes {
            let name = outcome.map(|client| client.document_name().unwrap_or_default().to_owned());
            assert_eq!(name, expected);
        }
        assert_eq!(route.count(), before + 1);
        // The task of the fetch ends after those that wait for it.
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_document_is_fetched_again_after_a_minute() {
    let (http, documents, clock) = world();
    let route = http.route(URL);
    let renamed = json!({ "client_id": URL, "client_name": "Renamed", "redirect_uris": ["http://127.0.0.1/callback"] });
    route.answer([HttpAnswer::json(200, &document(URL)), HttpAnswer::json(200, &renamed), HttpAnswer::unreachable()]);
    let name = async || {
        let client = documents.client(URL, clock.now()).await;
        tokio::task::yield_now().await;
        client.map(|client| client.document_name().unwrap_or_default().to_owned())
    };
    for (pass, expected, fetches) in [(0, "Client", 1), (59, "Client", 1), (1, "Renamed", 2), (59, "Renamed", 2)] {
        clock.advance(Duration::from_secs(pass));
        assert_eq!((name().await, route.count()), (Ok(expected.to_owned()), fetches));
    }
    // During an outage, an old document is no longer used, and a failure is not remembered.
    clock.advance(Duration::from_secs(1));
    for fetches in [3, 4] {
        assert!(matches!(name().await, Err(DocumentError::Unavailable(_))));
        assert_eq!(route.count(), fetches);
    }
    assert_eq!(
        documents.remembered(URL).and_then(|client| client.document_name().map(str::to_owned)),
        Some("Renamed".into())
    );
}

#[tokio::test]
async fn the_number_of_documents_and_of_fetches_is_bounded() {
    let (http, documents, clock) = world();
    http.other_urls().answer_with(|request| HttpAnswer::json(200, &document(&request.url)));
    let url = |number: usize| format!("https://client.example.com/{number}");
    for number in 0..MOST_DOCUMENTS + 5 {
        assert!(documents.client(&url(number), clock.now()).await.is_ok());
        tokio::task::yield_now().await;
        clock.advance(Duration::from_millis(1));
    }
    assert_eq!(documents.known().len(), MOST_DOCUMENTS);
    assert!(documents.remembered(&url(4)).is_none() && documents.remembered(&url(5)).is_some());

    let (http, documents, clock) = world();
    http.other_urls().close();
    let waiting: Vec<_> = (0..MOST_FETCHES)
        .map(|number| {
            let (documents, now) = (documents.clone(), clock.now());
            tokio::spawn(async move { documents.client(&url(number), now).await })
        })
        .collect();
    until(|| http.count() == MOST_FETCHES).await;
    let rejected = documents.client(&url(MOST_FETCHES), clock.now()).await;
    assert_eq!(rejected.err(), Some(DocumentError::Unavailable("too many documents are being fetched".into())));
    // A fetch goes on although nobody waits for it, and then makes room.
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    http.other_urls().open();
    until(|| documents.known().is_empty()).await;
}

#[tokio::test]
async fn an_answer_with_one_fault_is_rejected() {
    let (http, documents, clock) = world();
    let route = http.route(URL);
    let long = |body: String| HttpAnswer::status(200).header("content-type", "application/json").body(body);
    let padded = format!("{}{}", document(URL), " ".repeat(5 * 1024));
    let invalid = |reason: &str| DocumentError::Invalid(format!("The client id metadata document {reason}"));
    let unavailable = |reason: &str| DocumentError::Unavailable(reason.into());
    let html = HttpAnswer::status(200).header("content-type", "text/html").body(document(URL).to_string());
    let redirect = HttpAnswer::json(302, &document(URL)).header("location", "https://other.example.com/");
    for (answer, expected) in [
        (HttpAnswer::too_large(), invalid("has more than 5120 bytes")),
        (long(padded), invalid("has more than 5120 bytes")),
        (redirect, invalid("answers 302, and the tenant follows no redirect")),
        (HttpAnswer::json(404, &document(URL)), invalid("answers 404, not 200")),
        (HttpAnswer::json(203, &document(URL)), invalid("answers 203, not 200")),
        (html, invalid("does not have the content type application/json")),
        (
            HttpAnswer::status(200).body(document(URL).to_string()),
            invalid("does not have the content type application/json"),
        ),
        (long("[]".into()), invalid("is not a JSON object")),
        (long("{".into()), invalid("is not a JSON object")),
        (HttpAnswer::json(200, &json!({})), invalid("is invalid: client_id is not the URL of the document")),
        (HttpAnswer::json(503, &document(URL)), unavailable("its host answers 503")),
        (HttpAnswer::json(429, &document(URL)), unavailable("its host answers 429")),
        (HttpAnswer::timed_out(), unavailable("its host did not answer in time")),
        (HttpAnswer::unreachable(), unavailable("its host cannot be reached")),
        (HttpAnswer::broken(), unavailable("the answer of its host cannot be read")),
    ] {
        route.answer([answer]);
        assert_eq!(documents.client(URL, clock.now()).await.err(), Some(expected));
        tokio::task::yield_now().await;
    }
    let typed = HttpAnswer::status(200).header("Content-Type", "application/client+json; charset=utf-8");
    route.answer([typed.body(document(URL).to_string())]);
    assert!(documents.client(URL, clock.now()).await.is_ok());
    let before = http.count();
    let bad = documents.client("https://client.example.com/a?b", clock.now()).await;
    assert_eq!((bad.err(), http.count()), (Some(DocumentError::Invalid("The client_id has a query".into())), before));
}
