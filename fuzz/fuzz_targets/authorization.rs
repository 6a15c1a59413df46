//! The API rejects a client without a key, for any `Authorization` and `DPoP` lines, query and form. The response is
//! legal HTTP and repeats no part of the request. `verify_request` and `extract_token` read the header in the same way.
//!
//! Input: a query, header lines, an empty line, a form. `$TOKEN` is replaced with a valid token of another client,
//! which is bound to the key of that client.
#![no_main]

use std::sync::LazyLock;

use auth0_api_core::credentials::CredentialsError;
use auth0_api_core::extract::{ExtractedToken, extract_token};
use auth0_api_core::{ApiClient, DpopPolicy, Error, Reason, TokenRequest};
use auth0_api_fuzz::{Message, Tenant, bound_token, client, rejection, replaced, run};

static CLIENTS: LazyLock<[ApiClient; 3]> = LazyLock::new(|| {
    [DpopPolicy::accept(), DpopPolicy::require(), DpopPolicy::ignore()]
        .map(|policy| client(Tenant::default()).dpop(policy).build().expect("a client"))
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let data = replaced(data, "$TOKEN", bound_token());
    let Message { first: query, headers, body } = Message::read(&data);
    let request = TokenRequest::new("GET", "https://api.example.com/orders", &headers);
    let answers = CLIENTS.each_ref().map(|api| {
        let error = run(api.verify_request(&request)).expect_err("a client without a key must be rejected");
        rejection::check(api, &error, &[&data]);
        error
    });
    check_agreement(&extract_token(&headers, None, None), &answers[0]);

    if let Ok(found) = extract_token(&headers, Some(query), Some(body)) {
        assert!(is_token68(&found.token) && found.token.len() <= 16 * 1024);
        let error =
            run(CLIENTS[0].verify_access_token(&found.token)).expect_err("a client without a key must be rejected");
        rejection::check(&CLIENTS[0], &error, &[&data]);
    }
});

/// Checks that `extract_token` and `verify_request` read the same credentials from the header.
fn check_agreement(extracted: &Result<ExtractedToken<'_>, CredentialsError>, answer: &Error) {
    match (extracted, answer.reason()) {
        (Err(CredentialsError::SeveralMethods), Reason::Credentials(CredentialsError::Repeated { .. })) => {}
        (Err(extracted), Reason::Credentials(presented)) => assert_eq!(extracted, presented),
        (Ok(found), reason) => {
            assert!(found.scheme.is_some() && !matches!(reason, Reason::Credentials(_)), "{reason:?}");
        }
        (Err(extracted), reason) => panic!("{extracted:?} {reason:?}"),
    }
}

/// Returns whether a text is a token68 (RFC 9110 §11.2).
fn is_token68(text: &str) -> bool {
    let end = text.find('=').unwrap_or(text.len());
    let (body, padding) = text.split_at(end);
    !body.is_empty()
        && body
            .chars()
            .all(|character| matches!(character, 'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~' | '+' | '/'))
        && padding.chars().all(|character| character == '=')
}
