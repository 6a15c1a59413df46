//! Answers that no Management API gives: too large, of wrong types, redirects, lists without an end.

use std::time::Duration;

use auth0_api_management::{AnswerError, ManagementError, PageRequest, ProfileChange, ProfileType};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::odd_server::OddServer;
use crate::world::{TYPE, wanted};

fn cause<T: std::fmt::Debug>(outcome: Result<T, ManagementError>) -> (AnswerError, bool) {
    let error = outcome.unwrap_err();
    assert_eq!(error.label(), "management_answer");
    match error {
        ManagementError::Answer { cause, may_have_taken_effect } => (cause, may_have_taken_effect),
        other => unreachable!("{other:?}"),
    }
}

fn profile() -> Value {
    json!({
        "id": "tep_1", "name": "Legacy sessions", "subject_token_type": TYPE, "action_id": "check-session",
        "type": "custom_authentication", "created_at": "2023-11-14T22:13:20.123Z",
        "updated_at": "2023-11-15T00:13:20.123+02:00",
    })
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let server = OddServer::start().await;
    for status in [200, 201, 400, 409] {
        let _answer = server.answer(ResponseTemplate::new(status).set_body_bytes(vec![b' '; 10_000_000])).await;
        let limit = Duration::from_secs(30);
        let read = tokio::time::timeout(limit, server.profiles.find(TYPE)).await.unwrap();
        assert_eq!(cause(read), (AnswerError::TooLarge, false), "{status}");
        let created = tokio::time::timeout(limit, server.profiles.create(&wanted())).await.unwrap();
        assert_eq!(cause(created), (AnswerError::TooLarge, true), "{status}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = OddServer::start().await;
    for status in [301, 302, 303, 307, 308] {
        let target = format!("{}/elsewhere", server.server.uri());
        let _answer = server.answer(ResponseTemplate::new(status).insert_header("location", &*target)).await;
        assert_eq!(cause(server.profiles.find(TYPE).await), (AnswerError::Status { status }, false));
        assert_eq!(cause(server.profiles.create(&wanted()).await), (AnswerError::Status { status }, true));
        assert_eq!(cause(server.profiles.delete("tep_1").await), (AnswerError::Status { status }, true));
    }
    assert_eq!((server.requests("/elsewhere").await, server.requests("/api/v2/").await), (0, 5 * 3));
    assert_eq!((server.requests("/elsewhere").await, server.requests("/api/v2/").await), (0, 5 * 3));
}

#[tokio::test]
async fn members_of_wrong_types_are_named() {
    let server = OddServer::start().await;
    for member in ["id", "name", "subject_token_type", "action_id", "type", "created_at", "updated_at"] {
        for wrong in [Value::Null, json!(""), json!(1), json!([]), json!({}), json!(true)] {
            let mut odd = profile();
            odd[member] = wrong.clone();
            let _answer = server.answer_json(200, &odd.to_string()).await;
            assert_eq!(cause(server.profiles.get("tep_1").await).0, AnswerError::Member { member }, "{wrong}");
            assert!(server.profiles.create(&wanted()).await.unwrap_err().may_have_taken_effect());
        }
    }
    for member in ["created_at", "updated_at"] {
        for wrong in ["soon", "2023-11-14", "1969-12-31T23:59:59Z", "2023-02-29T00:00:00Z"] {
            let mut odd = profile();
            odd[member] = wrong.into();
            let _answer = server.answer_json(200, &odd.to_string()).await;
            assert_eq!(cause(server.profiles.get("tep_1").await).0, AnswerError::Member { member }, "{wrong}");
        }
    }
}

#[tokio::test]
async fn lists_of_wrong_types_are_named() {
    let server = OddServer::start().await;
    let list = AnswerError::Member { member: "token_exchange_profiles" };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (body, expected) in [
        ("", AnswerError::Body),
        ("null", AnswerError::Body),
        ("[]", AnswerError::Body),
        ("<html>", AnswerError::Body),
        ("{", AnswerError::Body),
        (&deep, AnswerError::Body),
        ("{}", list),
        (r#"{"token_exchange_profiles":null}"#, list),
        (r#"{"token_exchange_profiles":{}}"#, list),
        (r#"{"token_exchange_profiles":[1]}"#, list),
        (r#"{"token_exchange_profiles":[{}]}"#, AnswerError::Member { member: "id" }),
        (r#"{"token_exchange_profiles":[],"next":7}"#, AnswerError::Member { member: "next" }),
    ] {
        let _answer = server.answer_json(200, body).await;
        let shown = body.get(..60).unwrap_or(body);
        assert_eq!(cause(server.profiles.list(&PageRequest::first()).await), (expected, false), "{shown}");
        assert_eq!(cause(server.profiles.find(TYPE).await), (expected, false), "{shown}");
    }
}

#[tokio::test]
async fn members_and_types_that_this_crate_does_not_know_are_kept() {
    let server = OddServer::start().await;
    let mut odd = profile();
    odd["type"] = "a_new_type".into();
    odd["is_system"] = false.into();
    odd["limits"] = json!({ "per_hour": [1, 2.5, null] });
    let _answer = server.answer_json(200, &odd.to_string()).await;
    let profile = server.profiles.get("tep_1").await.unwrap();
    assert_eq!(profile.profile_type(), &ProfileType::from("a_new_type"));
    assert_eq!(Value::from(profile.other().clone()), json!({ "is_system": false, "limits": odd["limits"] }));
    assert_eq!(profile.created_at(), profile.updated_at());
}

#[tokio::test]
async fn the_last_page_has_no_next_one_in_each_of_its_forms() {
    let server = OddServer::start().await;
    for next in ["", r#","next":null"#, r#","next":"""#] {
        let _answer = server.answer_json(200, &format!(r#"{{"token_exchange_profiles":[{}]{next}}}"#, profile())).await;
        let page = server.profiles.list(&PageRequest::first()).await.unwrap();
        assert_eq!((page.items.len(), page.next), (1, None));
    }
}

#[tokio::test]
async fn a_list_without_an_end_ends() {
    // The page names itself, so the second one is the last that is requested.
    let server = OddServer::start().await;
    let _answer =
        server.answer_json(200, &format!(r#"{{"token_exchange_profiles":[{}],"next":"more"}}"#, profile())).await;
    let mut stream = server.profiles.stream();
    assert!(stream.try_next().await.unwrap().is_some());
    assert_eq!(cause(stream.try_next().await), (AnswerError::Pages, false));
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!(server.requests("/api/v2/").await, 2);
}

#[tokio::test]
async fn a_list_whose_pages_name_each_other_ends_when_a_checkpoint_comes_again() {
    for (pages, requests) in [(&["A", "B"][..], 3), (&["A", "B", "C", "D"][..], 5)] {
        let number = std::sync::atomic::AtomicUsize::new(0);
        let server = OddServer::start().await;
        let circle = move |_: &wiremock::Request| {
            let next = pages[number.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % pages.len()];
            ResponseTemplate::new(200).set_body_json(json!({ "token_exchange_profiles": [profile()], "next": next }))
        };
        let circle = wiremock::Mock::given(wiremock::matchers::path_regex("^/api/v2/")).respond_with(circle);
        circle.mount(&server.server).await;
        let mut stream = server.profiles.stream();
        for _ in 1..requests {
            assert!(stream.try_next().await.unwrap().is_some());
        }
        assert_eq!(cause(stream.try_next().await), (AnswerError::Pages, false));
        assert_eq!(server.requests("/api/v2/").await, requests);
    }
}

#[tokio::test]
async fn a_list_that_names_ever_new_pages_ends_after_a_thousand() {
    let number = std::sync::atomic::AtomicUsize::new(0);
    let server = OddServer::start().await;
    let endless = move |_: &wiremock::Request| {
        let next = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        ResponseTemplate::new(200).set_body_json(json!({ "token_exchange_profiles": [], "next": next.to_string() }))
    };
    let endless = wiremock::Mock::given(wiremock::matchers::path_regex("^/api/v2/")).respond_with(endless);
    endless.mount(&server.server).await;
    assert_eq!(cause(server.profiles.find(TYPE).await), (AnswerError::Pages, false));
    assert_eq!(server.requests("/api/v2/").await, 1_000);
}

#[tokio::test]
async fn any_success_of_a_change_is_a_success() {
    let server = OddServer::start().await;
    for status in [200, 202, 204] {
        let _answer = server.answer(ResponseTemplate::new(status)).await;
        server.profiles.delete("tep_1").await.unwrap();
        server.profiles.update("tep_1", &ProfileChange::new().name("Old sessions")).await.unwrap();
        server.clock.assert_waits(&[]);
    }
}

#[tokio::test]
async fn an_error_in_another_form_has_neither_code_nor_message() {
    let server = OddServer::start().await;
    for body in ["<html>", "[]", r#"{"message":{}}"#] {
        let _answer = server.answer_json(400, body).await;
        let error = server.profiles.find(TYPE).await.unwrap_err();
        let answered = error.tenant_error().unwrap();
        assert_eq!((answered.status(), answered.code(), answered.message()), (400, None, None), "{body}");
    }
}
