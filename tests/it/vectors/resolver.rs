//! The domain resolver of a case: it has a scripted answer and records the contexts of its calls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auth0_api_core::issuer::{DomainContext, DomainFuture, DomainResolver};
use serde::Deserialize;
use serde_json::{Value, json};

/// The answer, and the recorded contexts. Clones share the contexts.
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
    /// Removes the recorded contexts. Each way to present a case starts without recorded contexts.
    pub(super) fn forget(&self) {
        self.asked().clear();
    }

    /// Returns the contexts that were recorded after the first `calls` calls.
    pub(super) fn contexts_after(&self, calls: usize) -> Vec<Value> {
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
            Answer::Returns(domains) => Ok(domains.clone().into()),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Returns the context of a call, with those headers that cases can expect.
fn seen(context: &DomainContext<'_>) -> Value {
    let headers: Vec<_> = HEADERS.iter().filter_map(|name| Some(json!([name, context.header(name)?]))).collect();
    json!({ "url": context.url(), "headers": headers, "unverified_issuer": context.unverified_issuer() })
}

const HEADERS: [&str; 6] = ["authorization", "dpop", "host", "x-brand", "x-tenant", "x-test"];
