//! The resolver of a case: answers by script and remembers what it was asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auth0_api_core::{DomainContext, DomainFuture, DomainResolver};
use serde::Deserialize;
use serde_json::{Value, json};

/// The answer, and the contexts so far. Clones share those.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Answer")]
pub(super) struct Resolver {
    answer: Answer,
    asked: Arc<Mutex<Vec<Value>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Fails(String),
    Returns(Vec<String>),
}

impl Resolver {
    /// Begins anew: each way in has a memory of its own.
    pub(super) fn forget(&self) {
        self.asked().clear();
    }

    /// What it was told since it was asked so often.
    pub(super) fn told_after(&self, calls: usize) -> Vec<Value> {
        self.asked().iter().skip(calls).cloned().collect()
    }

    fn asked(&self) -> MutexGuard<'_, Vec<Value>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Answer> for Resolver {
    fn from(answer: Answer) -> Self {
        Self { answer, asked: Arc::default() }
    }
}

impl DomainResolver for Resolver {
    fn domains<'a>(&'a self, context: &'a DomainContext<'a>) -> DomainFuture<'a> {
        self.asked().push(seen(context));
        let answer = match &self.answer {
            Answer::Fails(text) => Err(text.clone().into()),
            Answer::Returns(domains) => Ok(domains.clone()),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// What it was told: of the headers those that cases ask for.
fn seen(context: &DomainContext<'_>) -> Value {
    let headers: Vec<_> = HEADERS.iter().filter_map(|name| Some(json!([name, context.header(name)?]))).collect();
    json!({ "url": context.url(), "headers": headers, "unverified_issuer": context.unverified_issuer() })
}

const HEADERS: [&str; 6] = ["authorization", "dpop", "host", "x-brand", "x-tenant", "x-test"];
