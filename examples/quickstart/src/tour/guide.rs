//! Sends the requests of the tour, compares the answers with the promises, and counts.

use std::error::Error;
use std::time::Duration;

use reqwest::{Client, Response};

use super::Step;
use super::outcome::Outcome;
use crate::page::{ACCEPTED, BROKEN, HEADING};

pub(super) struct Guide {
    client: Client,
    /// Whether every exchange is shown, and not only those that break a promise.
    verbose: bool,
    chapter: usize,
    steps: usize,
    broken: usize,
}

impl Guide {
    pub(super) fn new(verbose: bool) -> Result<Self, reqwest::Error> {
        let client = Client::builder().no_proxy().tls_certs_only([]).build()?;
        Ok(Self { client, verbose, chapter: 0, steps: 0, broken: 0 })
    }

    pub(super) fn chapter(&mut self, title: &str) {
        self.chapter += 1;
        anstream::println!("\n{HEADING}{}/{CHAPTERS}  {title}{HEADING:#}", self.chapter);
    }

    pub(super) async fn run_all(&mut self, steps: Vec<Step>) -> Result<(), Box<dyn Error>> {
        for step in steps {
            self.run(&step).await?;
        }
        Ok(())
    }

    /// Sends the request of a step. Returns the nonce of the answer, if it has one.
    pub(super) async fn run(&mut self, step: &Step) -> Result<Option<String>, Box<dyn Error>> {
        let mut exchange = vec![format!("GET {}", step.url)];
        let mut request = self.client.get(&step.url);
        for (name, value) in [("Authorization", &step.authorization), ("DPoP", &step.proof)] {
            if let Some(value) = value {
                exchange.push(format!("{name}: {}", shortened(value)));
                request = request.header(name, value);
            }
        }
        let response = request.send().await?;
        let status = response.status();
        let nonce = response.headers().get("dpop-nonce").and_then(|nonce| nonce.to_str().ok()).map(str::to_owned);
        let mut answer: Vec<_> = [String::new(), status.to_string()].into_iter().chain(headers(&response)).collect();
        answer.push(response.text().await?);
        let kept = status.as_u16() == step.status && answer.iter().any(|line| line.contains(step.part));
        exchange.extend(answer);
        let (title, status) = (step.title, status.as_u16());
        self.report(&Outcome { title, status, promised: (step.status, step.reason), kept, exchange });
        Ok(nonce)
    }

    /// Prints and counts what came of a step.
    pub(super) fn report(&mut self, outcome: &Outcome) {
        self.steps += 1;
        self.broken += usize::from(!outcome.kept);
        outcome.print(self.verbose);
    }

    /// Prints the count, and returns whether every promise was kept.
    pub(super) fn conclude(&self, took: Duration) -> bool {
        let Self { steps, broken, .. } = self;
        let (kept, seconds) = (steps - broken, took.as_secs_f32());
        if *broken == 0 {
            anstream::println!("\n{ACCEPTED}{kept} of {steps} as promised{ACCEPTED:#} in {seconds:.1} s");
        } else {
            anstream::println!("\n{BROKEN}{kept} of {steps} as promised, {broken} broken{BROKEN:#} in {seconds:.1} s");
        }
        *broken == 0
    }
}

fn headers(response: &Response) -> impl Iterator<Item = String> {
    let headers = response.headers().iter();
    headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
}

/// The first 40 characters of a credential.
fn shortened(credential: &str) -> String {
    let shown: String = credential.chars().take(40).collect();
    if shown.len() < credential.len() { format!("{shown}…") } else { shown }
}

/// The number of calls of [`Guide::chapter`].
const CHAPTERS: usize = 7;
