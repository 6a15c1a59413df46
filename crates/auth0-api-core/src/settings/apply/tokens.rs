//! What an API does with tokens and exchanges, apart from what can be reloaded.

use crate::builder::ApiClientBuilder;
use crate::exchange::ExchangeCache;
use crate::settings::reader::Reader;
use crate::token_cache::TokenCache;

pub(super) fn apply(reader: &mut Reader<'_>, mut builder: ApiClientBuilder) -> ApiClientBuilder {
    if let Some(leeway) = reader.duration("leeway") {
        builder = builder.leeway(leeway);
    }
    if let Some(tokens) = reader.number("decryptions_at_once") {
        builder = builder.decryptions_at_once(tokens);
    }
    if let Some(cache) = reader.size("token_cache", TokenCache::entries, TokenCache::off()) {
        builder = builder.token_cache(cache);
    }
    if let Some(interval) = reader.duration("revocation_interval") {
        builder.long_connections = builder.long_connections.revocation_interval(interval);
    }
    if let Some(limit) = reader.duration("revocation_outage_limit") {
        builder.long_connections = builder.long_connections.outage_limit(limit);
    }
    if let Some(cache) = reader.size("exchange_cache", ExchangeCache::entries, ExchangeCache::off()) {
        builder = builder.exchange_cache(cache);
    }
    if let Some(forward) = reader.switch("forward_end_user_address") {
        builder.forward_end_user_address = forward;
    }
    if let Some(telemetry) = reader.switch("telemetry") {
        builder.telemetry = telemetry;
    }
    builder
}
