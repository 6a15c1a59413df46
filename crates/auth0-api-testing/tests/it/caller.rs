//! An HTTP client for the tests. The client follows no redirects, uses no proxy, and returns status, headers and body
//! unchanged.

use std::time::Duration;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Method, redirect};
use serde_json::Value;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends a request. Returns an error if the connection closes without a response.
pub(crate) async fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, reqwest::Error> {
    let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).timeout(LIMIT).build()?;
    let mut request = client.request(Method::from_bytes(method.as_bytes()).unwrap(), url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer { status, headers, body: response.text().await? })
}

pub(crate) async fn get(url: &str) -> Answer {
    send("GET", url, &[], "").await.unwrap()
}

pub(crate) async fn post_form(url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = [&[("content-type", "application/x-www-form-urlencoded")], headers].concat();
    send("POST", url, &headers, body).await.unwrap()
}

/// Decodes a part of a compact JWS.
pub(crate) fn part(token: &str, index: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Returns whether an RS256 token verifies with a key of the key set: the key that the token's `kid` names.
pub(crate) fn verifies(token: &str, jwks: &Value) -> bool {
    let kid = &part(token, 0)["kid"];
    let Some(jwk) = jwks["keys"].as_array().unwrap().iter().find(|jwk| jwk["kid"] == *kid) else { return false };
    let member = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    RsaPublicKeyComponents { n: member("n"), e: member("e") }
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
        .is_ok()
}

/// The timeout of a request, so that a test fails instead of hanging. A test that passes never waits this long.
const LIMIT: Duration = Duration::from_secs(20);
