//! This project's adapters. They do not fetch keys before the first request, unless the operator asks for it.

use auth0_api_axum::AuthLayer;
use auth0_api_benches::actix;
use auth0_api_core::dpop::MemoryReplayStore;
use auth0_api_core::{ApiClient, ApiClientBuilder, DpopPolicy};

use super::{Starting, app, serve};
use crate::site::{Scheme, Site};

pub(super) fn axum(site: Site) -> Starting {
    serve(app().layer(AuthLayer::new(client(&site))))
}

pub(super) fn actix(site: Site) -> Starting {
    Box::pin(async move { actix::behind_the_middleware(client(&site)) })
}

fn client(site: &Site) -> ApiClient {
    match site.scheme {
        Scheme::Bearer => builder(site).build().unwrap(),
        Scheme::Dpop => builder(site).dpop(DpopPolicy::accept().replay_store(store())).build().unwrap(),
    }
}

pub(crate) fn builder(site: &Site) -> ApiClientBuilder {
    let builder = ApiClient::builder(&*site.domain, &*site.audience).insecure_http_loopback();
    builder.public_url(&*site.public_url)
}

/// All proofs of a measurement come from one client, so its quota must be larger than their number.
fn store() -> MemoryReplayStore {
    MemoryReplayStore::with_capacity(10_000_000).per_key_quota(10_000_000)
}
