//! The guided tour: each step sends a request and says what was promised.

use std::error::Error;
use std::time::Duration;

use auth0_api_testing::{LocalTenant, ProofKey};
use reqwest::{Client, Response};

/// A request and its promise.
struct Step {
    title: &'static str,
    url: String,
    authorization: Option<String>,
    proof: Option<String>,
    promised_status: u16,
    /// A part of some `WWW-Authenticate` line; empty if nothing is promised about them.
    promised_challenge: &'static str,
}

/// Walks through all chapters and gives the number of steps that did not come out as promised.
pub(crate) async fn walk(tenant: &LocalTenant, url: &str, nonce_url: &str) -> Result<usize, Box<dyn Error>> {
    let guide = Guide { client: Client::builder().build()? };
    println!("── Bearer: whoever holds the token may use it ──\n");
    let mut broken = guide.take(bearer(tenant, url)).await?;
    println!("── DPoP: the token is bound to a key, and each request proves it ──\n");
    broken += guide.take(dpop(tenant, url)).await?;
    println!("── DPoP with nonces: a proof cannot be made in advance ──\n");
    broken += guide.nonce_dance(tenant, nonce_url).await?;
    Ok(broken)
}

fn bearer(tenant: &LocalTenant, url: &str) -> Vec<Step> {
    let private = |title, token: Option<String>, status, challenge| Step {
        title,
        url: format!("{url}/api/private"),
        authorization: token.map(|token| format!("Bearer {token}")),
        proof: None,
        promised_status: status,
        promised_challenge: challenge,
    };
    let scoped = |step: Step| Step { url: format!("{url}/api/private-scoped"), ..step };
    let an_hour_ago = tenant.clock().now() - Duration::from_secs(3600);
    let expired = tenant.mint().issued_at(an_hour_ago).expires_at(an_hour_ago + Duration::from_secs(60)).sign();
    let reader = tenant.mint().scope("read:messages").sign();
    vec![
        Step { url: format!("{url}/api/public"), ..private("a public route, no token", None, 200, "") },
        private("no token", None, 401, "Bearer realm=\"api\""),
        private("a good token", Some(tenant.mint().sign()), 200, ""),
        private("an expired token", Some(expired), 401, "the access token has expired"),
        private(
            "a token for another API",
            Some(tenant.mint().audience("https://other.example.com").sign()),
            401,
            "the access token is not for this API",
        ),
        private(
            "a token somebody tampered with",
            Some(tampered(tenant)),
            401,
            "the signature of the access token is invalid",
        ),
        scoped(private("a good token without the scope", Some(tenant.mint().sign()), 403, "scope=\"read:messages\"")),
        scoped(private("a good token with the scope", Some(reader), 200, "")),
    ]
}

/// The claims of one token under the signature of another.
fn tampered(tenant: &LocalTenant) -> String {
    let honest = tenant.mint().subject("auth0|somebody").sign();
    let wanted = tenant.mint().subject("auth0|admin").sign();
    let claims = wanted.split('.').nth(1).unwrap_or_default();
    let mut segments: Vec<_> = honest.split('.').collect();
    if let Some(segment) = segments.get_mut(1) {
        *segment = claims;
    }
    segments.join(".")
}

fn dpop(tenant: &LocalTenant, url: &str) -> Vec<Step> {
    let key = ProofKey::generate();
    let token = tenant.mint().bound_to(&key).sign();
    let private = format!("{url}/api/private");
    let proof = |target: &str| Some(key.proof("GET", target).access_token(&token).sign());
    let step = |title, scheme: &str, proof, status, challenge| Step {
        title,
        url: private.clone(),
        authorization: Some(format!("{scheme} {token}")),
        proof,
        promised_status: status,
        promised_challenge: challenge,
    };
    let good = proof(&private);
    let elsewhere = proof(&format!("{url}/api/elsewhere"));
    vec![
        step("a bound token with a good proof", "DPoP", good.clone(), 200, ""),
        step("the same proof again", "DPoP", good, 401, "the proof has been used before"),
        step("a bound token without a proof", "DPoP", None, 400, "the DPoP scheme needs a proof"),
        step("a bound token as Bearer: stolen, for all we know", "Bearer", None, 401, "needs the DPoP scheme"),
        step("a proof for another URL", "DPoP", elsewhere, 401, "the proof was made for another URL"),
    ]
}

struct Guide {
    client: Client,
}

impl Guide {
    async fn take(&self, steps: Vec<Step>) -> Result<usize, Box<dyn Error>> {
        let mut broken = 0;
        for step in steps {
            broken += usize::from(!self.go(&step).await?.1);
        }
        Ok(broken)
    }

    /// The first proof learns the nonce from the refusal, the second one uses it.
    async fn nonce_dance(&self, tenant: &LocalTenant, url: &str) -> Result<usize, Box<dyn Error>> {
        let key = ProofKey::generate();
        let token = tenant.mint().bound_to(&key).sign();
        let url = format!("{url}/api/private");
        let proof = key.proof("GET", &url).access_token(&token).sign();
        let first = Step {
            title: "a proof without a nonce",
            url: url.clone(),
            authorization: Some(format!("DPoP {token}")),
            proof: Some(proof),
            promised_status: 401,
            promised_challenge: "error=\"use_dpop_nonce\"",
        };
        let (nonce, kept) = self.go(&first).await?;
        let proof = key.proof("GET", &url).access_token(&token).nonce(&nonce.unwrap_or_default()).sign();
        let second = Step {
            title: "a proof with the nonce of the refusal",
            proof: Some(proof),
            promised_status: 200,
            promised_challenge: "",
            ..first
        };
        let (_, kept_too) = self.go(&second).await?;
        Ok(usize::from(!kept) + usize::from(!kept_too))
    }

    /// Sends a request, prints what came, and says whether it was as promised; with the nonce, if one came.
    async fn go(&self, step: &Step) -> Result<(Option<String>, bool), Box<dyn Error>> {
        println!("▸ {}", step.title);
        println!("  GET {}", step.url);
        let mut request = self.client.get(&step.url);
        if let Some(authorization) = &step.authorization {
            println!("  Authorization: {}", shortened(authorization));
            request = request.header("authorization", authorization);
        }
        if let Some(proof) = &step.proof {
            println!("  DPoP: {}", shortened(proof));
            request = request.header("dpop", proof);
        }
        let response = request.send().await?;
        let status = response.status();
        let challenges = headers(&response, "www-authenticate");
        let nonce = headers(&response, "dpop-nonce").pop();
        println!("  → {status}");
        for challenge in &challenges {
            println!("    WWW-Authenticate: {challenge}");
        }
        if let Some(nonce) = &nonce {
            println!("    DPoP-Nonce: {nonce}");
        }
        println!("    {}", response.text().await?);
        let told = step.promised_challenge.is_empty()
            || challenges.iter().any(|challenge| challenge.contains(step.promised_challenge));
        let kept = status.as_u16() == step.promised_status && told;
        if kept {
            println!("  ✓ as promised\n");
        } else {
            println!("  ✗ promised was {} {}\n", step.promised_status, step.promised_challenge);
        }
        Ok((nonce, kept))
    }
}

fn headers(response: &Response, name: &str) -> Vec<String> {
    let values = response.headers().get_all(name).into_iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
}

fn shortened(credential: &str) -> String {
    let shown: String = credential.chars().take(40).collect();
    if shown.len() < credential.len() { format!("{shown}…") } else { shown }
}
