//! Any answer of the Management API gives a result or an error. An independent JSON parser finds the same values in the
//! answer. Errors show no message of the tenant, and wait for a bounded time.
//!
//! Input: a line with the call and the status, header lines, an empty line, the body of the answer.
#![no_main]

use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::http::{HttpClient, HttpFuture, HttpRequest, HttpResponse};
use auth0_api_fuzz::json::Json;
use auth0_api_fuzz::rejection::assert_shows_only_code;
use auth0_api_fuzz::{Message, Stopped, run};
use auth0_api_management::{ManagementClient, ManagementError, PageRequest, ResourceServer, TokenExchangeProfile};

libfuzzer_sys::fuzz_target!(
    init: for seed in SEEDS {
        assert!(answers(seed), "{}", String::from_utf8_lossy(seed));
    },
    |data: &[u8]| {
        answers(data);
    }
);

/// The next answer.
#[derive(Clone, Debug, Default)]
struct Endpoint(Arc<Mutex<Option<HttpResponse>>>);

static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(Endpoint::default);
static CLIENT: LazyLock<ManagementClient> = LazyLock::new(|| {
    let builder = ManagementClient::builder_with_token("tenant.example.com", "a.b.c").expect("a token");
    builder.clock(Stopped).http_client(ENDPOINT.clone()).longest_wait(Duration::ZERO).build().expect("a client")
});

/// Returns whether an answer gives a result.
fn answers(data: &[u8]) -> bool {
    let message = Message::read(data);
    let Some((call, status)) = message.first.split_once(' ') else { return false };
    let Ok(status) = status.parse::<u16>() else { return false };
    let headers = message.headers.iter();
    let headers = headers.map(|(name, value)| ((*name).to_owned(), String::from_utf8_lossy(value).into_owned()));
    let response = HttpResponse { status, headers: headers.collect(), body: message.body.to_vec() };
    *ENDPOINT.0.lock().expect("one thread") = Some(response);
    let json = || Json::read(message.body).expect("JSON");
    let profiles = CLIENT.token_exchange_profiles();
    let outcome = match call {
        "profile" => run(profiles.get("tep_1")).map(|profile| check_profile(&profile, &json())),
        "profiles" => run(profiles.list(&PageRequest::first())).map(|page| {
            let json = json();
            let Some(Json::List(listed)) = last(&json, "token_exchange_profiles") else { panic!("no list") };
            assert_eq!(page.items.len(), listed.len());
            page.items.iter().zip(listed).for_each(|(profile, json)| check_profile(profile, json));
            let next = page.next.as_ref().and_then(|next| next.checkpoint());
            assert_eq!(next, last_text(&json, "next").filter(|next| !next.is_empty()));
        }),
        "api" => run(CLIENT.resource_servers().get("https://api.example.com")).map(|api| check_api(&api, &json())),
        _ => return false,
    };
    outcome
        .inspect(|()| assert!((200..300).contains(&status)))
        .map_err(|error| check_error(&error, message.body))
        .is_ok()
}

fn check_profile(profile: &TokenExchangeProfile, json: &Json) {
    for (name, text) in [
        ("id", profile.id()),
        ("name", profile.name()),
        ("subject_token_type", profile.subject_token_type()),
        ("action_id", profile.action_id()),
        ("type", profile.profile_type().as_str()),
    ] {
        assert_eq!(last_text(json, name), Some(text), "{name}");
    }
    for (name, time) in [("created_at", profile.created_at()), ("updated_at", profile.updated_at())] {
        let text = last_text(json, name).expect("a time");
        assert_eq!(seconds(text), time.duration_since(UNIX_EPOCH).expect("after 1970").as_secs(), "{text}");
    }
    assert!(!profile.other().contains_key("id"));
}

fn check_api(api: &ResourceServer, json: &Json) {
    assert_eq!(Some(api.id()), last_text(json, "id"));
    assert_eq!(Some(api.identifier()), last_text(json, "identifier"));
    assert_eq!(api.signing_algorithm(), last_text(json, "signing_alg").filter(|name| !name.is_empty()));
    if let (Some(lifetime), Some(seconds)) = (api.token_lifetime(), json.number("token_lifetime")) {
        assert_eq!(lifetime.as_secs() as f64, seconds);
    }
    assert!(!api.other().contains_key("signing_secret"));
}

/// The value of a member. The last of several members with one name counts.
fn last<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    let Json::Object(members) = json else { return None };
    members.iter().rfind(|(known, _)| known == name).map(|(_, value)| value)
}

fn last_text<'j>(json: &'j Json, name: &str) -> Option<&'j str> {
    if let Some(Json::Text(text)) = last(json, name) { Some(text) } else { None }
}

/// The seconds of a time in the form of RFC 3339, counted day by day.
fn seconds(text: &str) -> u64 {
    let field = |from: usize, to: usize| text[from..to].parse::<i64>().expect("digits");
    let (year, month, day) = (field(0, 4), field(5, 7), field(8, 10));
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of = |month: i64| match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    assert!((1..=12).contains(&month) && (1..=days_of(month)).contains(&day), "{text}");
    // A time of 1969 with a negative offset can be in 1970.
    let years: i64 = if year < 1970 { -365 } else { (1970..year).map(|year| 365 + i64::from(is_leap(year))).sum() };
    let days = years + (1..month).map(days_of).sum::<i64>() + day - 1;
    let zone = text[19..].trim_start_matches(|character: char| character == '.' || character.is_ascii_digit());
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let (hours, minutes) = zone[1..].split_once(':').expect("an offset");
            let offset = hours.parse::<i64>().expect("hours") * 3600 + minutes.parse::<i64>().expect("minutes") * 60;
            if zone.starts_with('-') { -offset } else { offset }
        }
    };
    let time = days * 86_400 + field(11, 13) * 3600 + field(14, 16) * 60 + field(17, 19) - offset;
    u64::try_from(time).expect("after 1970")
}

fn check_error(error: &ManagementError, body: &[u8]) {
    let code = error.tenant_error().and_then(|error| error.code());
    assert_shows_only_code(error, code.unwrap_or_default(), body);
    if let Some(message) = error.tenant_error().and_then(|error| error.message()) {
        assert!(message.len() <= 512 && message.bytes().all(|octet| matches!(octet, b' '..=b'~')), "{message:?}");
    }
    _ = error.retry_after().map(|wait| SystemTime::now().checked_add(wait));
}

impl HttpClient for Endpoint {
    fn send(&self, _: HttpRequest) -> HttpFuture<'_> {
        Box::pin(std::future::ready(Ok(self.0.lock().expect("one thread").clone().expect("an answer"))))
    }
}

const SEEDS: [&[u8]; 3] = [
    include_bytes!("../seeds/management/profile"),
    include_bytes!("../seeds/management/profiles"),
    include_bytes!("../seeds/management/api"),
];
