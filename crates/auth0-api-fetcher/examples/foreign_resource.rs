//! Calls the API of a provider that is not Auth0, with a token that is bound to a key. `tests/foreign/oidc-provider` starts it.
//!
//! The program redeems an authorization code with its own key, as any client of the provider does. Then each line of its input
//! is one request, such as `owner GET /me`. The first word says how the token is presented:
//!
//! | word | the token of the provider |
//! |---|---|
//! | `owner` | with proofs of the key that it is bound to |
//! | `bearer` | as a `Bearer` token, without a proof |
//! | `thief` | as a `DPoP` token, with proofs of another key |
//! | `mistaken` | as the provider returned it, by a fetcher that has another key |
//!
//! For each request, the program prints one line of JSON.

#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "this binary is configured by its environment, and prints")]

use std::env;
use std::error::Error;
use std::io::{self, BufRead as _};

use auth0_api_core::exchange::{Grant, GrantRequest, InputError, ProofKey};
use auth0_api_core::{ApiClient, ClientAuth};
use auth0_api_fetcher::{FetchCaller, FetchError, FetchToken, Fetcher, FetcherBuilder};
use serde_json::{Value, json};

/// The code of a login (RFC 6749 §4.1.3, RFC 7636 §4.5), for a token that is bound to a key.
struct AuthorizationCode<'k> {
    code: String,
    redirect_uri: String,
    verifier: String,
    key: &'k ProofKey,
}

impl Grant for AuthorizationCode<'_> {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        let request = GrantRequest::new("authorization_code").field("code", self.code.as_str());
        let request = request.field("redirect_uri", self.redirect_uri.as_str());
        Ok(request.field("code_verifier", self.verifier.as_str()).proof_key(self.key).access_token_only())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = env::var("ISSUER")?;
    let key = ProofKey::generate()?;
    let auth = ClientAuth::secret_post(env::var("CLIENT_ID")?, env::var("CLIENT_SECRET")?);
    let api = ApiClient::builder(issuer.as_str(), "unused").insecure_http_loopback().client_auth(auth).build()?;
    let (code, redirect_uri, verifier) = (env::var("CODE")?, env::var("REDIRECT_URI")?, env::var("CODE_VERIFIER")?);
    let tokens = api.exchange(&AuthorizationCode { code, redirect_uri, verifier, key: &key }).await?;

    let text = tokens.access_token().expose().to_owned();
    let returned = FetchToken::from(tokens);
    let owner = with(&issuer, returned.clone()).proof_key(key).build()?;
    let bearer = with(&issuer, FetchToken::bearer(text.as_str())?).build()?;
    let thief = with(&issuer, FetchToken::dpop(text)?).proof_key(ProofKey::generate()?).build()?;
    let mistaken = with(&issuer, returned).proof_key(ProofKey::generate()?).build()?;

    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split(' ');
        let (Some(name), Some(method), Some(path)) = (words.next(), words.next(), words.next()) else { break };
        let fetcher = match name {
            "owner" => &owner,
            "bearer" => &bearer,
            "thief" => &thief,
            _ => &mistaken,
        };
        let request = fetcher.for_application().request(method.parse()?, path);
        let answer = match request.send().await {
            Ok(response) => json!({ "status": response.status().as_u16(), "body": response.json::<Value>().await? }),
            Err(error) => json!({ "label": error.label(), "error": error.to_string() }),
        };
        println!("{answer}");
    }
    Ok(())
}

fn with(issuer: &str, token: FetchToken) -> FetcherBuilder {
    let source = move |_: FetchCaller| {
        let token = token.clone();
        async { Ok::<_, FetchError>(token) }
    };
    Fetcher::with_source(issuer, source).insecure_http()
}
