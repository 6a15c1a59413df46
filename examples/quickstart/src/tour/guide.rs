//! Sends the requests of the tour, prints the answers and compares them with the expected ones.

use std::error::Error;

use reqwest::{Client, Response};

use super::Step;

pub(super) struct Guide {
    client: Client,
}

impl Guide {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        Ok(Self { client: Client::builder().no_proxy().tls_certs_only([]).build()? })
    }

    /// Runs steps in order and returns the number of steps that did not go as expected.
    pub(super) async fn run_all(&self, steps: Vec<Step>) -> Result<usize, Box<dyn Error>> {
        let mut failed = 0;
        for step in steps {
            failed += usize::from(!self.run(&step).await?.1);
        }
        Ok(failed)
    }

    /// Sends a request and prints the answer. Returns the nonce of the answer, if it has one, and whether the answer is
    /// as expected.
    pub(super) async fn run(&self, step: &Step) -> Result<(Option<String>, bool), Box<dyn Error>> {
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
        let challenge_matches = step.expected_challenge.is_empty()
            || challenges.iter().any(|challenge| challenge.contains(step.expected_challenge));
        let as_expected =
            status.as_u16() == step.expected_status && challenge_matches && body.contains(step.expected_body);
        let expected = format!("{} {} {}", step.expected_status, step.expected_challenge, step.expected_body);
        Ok((nonce, report(as_expected, expected.trim())))
    }
}

/// Prints whether a step went as expected, and returns `as_expected`.
pub(super) fn report(as_expected: bool, expected: &str) -> bool {
    if as_expected {
        println!("  ✓ as expected\n");
    } else {
        println!("  ✗ expected: {expected}\n");
    }
    as_expected
}

fn headers(response: &Response, name: &str) -> Vec<String> {
    let values = response.headers().get_all(name).into_iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
}

/// The first 40 characters of a credential.
fn shortened(credential: &str) -> String {
    let shown: String = credential.chars().take(40).collect();
    if shown.len() < credential.len() { format!("{shown}…") } else { shown }
}
