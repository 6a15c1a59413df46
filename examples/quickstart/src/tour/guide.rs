//! Who walks ahead: sends the requests, prints what comes, and compares.

use std::error::Error;

use reqwest::{Client, Response};

use super::Step;

pub(super) struct Guide {
    client: Client,
}

impl Guide {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        Ok(Self { client: Client::builder().build()? })
    }

    pub(super) async fn take(&self, steps: Vec<Step>) -> Result<usize, Box<dyn Error>> {
        let mut broken = 0;
        for step in steps {
            broken += usize::from(!self.go(&step).await?.1);
        }
        Ok(broken)
    }

    /// Sends a request, prints what came, and says whether it was as promised; with the nonce, if one came.
    pub(super) async fn go(&self, step: &Step) -> Result<(Option<String>, bool), Box<dyn Error>> {
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
        let body = response.text().await?;
        println!("    {body}");
        let told = step.promised_challenge.is_empty()
            || challenges.iter().any(|challenge| challenge.contains(step.promised_challenge));
        let kept = status.as_u16() == step.promised_status && told && body.contains(step.promised_body);
        let promise = format!("{} {} {}", step.promised_status, step.promised_challenge, step.promised_body);
        Ok((nonce, conclude(kept, promise.trim())))
    }
}

/// Says whether a step came out as promised.
pub(super) fn conclude(kept: bool, promise: &str) -> bool {
    if kept {
        println!("  ✓ as promised\n");
    } else {
        println!("  ✗ promised was {promise}\n");
    }
    kept
}

fn headers(response: &Response, name: &str) -> Vec<String> {
    let values = response.headers().get_all(name).into_iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
}

fn shortened(credential: &str) -> String {
    let shown: String = credential.chars().take(40).collect();
    if shown.len() < credential.len() { format!("{shown}…") } else { shown }
}
