//! The setting `redis_url`.

use auth0_api_core::{ApiClientBuilder, Settings};
use secrecy::ExposeSecret as _;

use crate::store::RedisReplayStore;

/// Records used `DPoP` proofs in the Redis server that the setting `redis_url` names. Without the setting, the builder stays
/// as it is.
///
/// If the URL cannot be used, [`build`](ApiClientBuilder::build) reports it together with all other problems, without the
/// URL. For other settings of the store, such as a prefix, build a [`RedisReplayStore`] and pass it to
/// [`dpop_with`](ApiClientBuilder::dpop_with).
///
/// ```no_run
/// use auth0_api_core::Settings;
/// use auth0_api_redis::share_used_proofs;
///
/// # fn run() -> Result<(), auth0_api_core::BuildError> {
/// let settings = Settings::from_env();
/// let api = share_used_proofs(settings.builder(), &settings).build()?;
/// # drop(api);
/// # Ok(())
/// # }
/// ```
pub fn share_used_proofs(builder: ApiClientBuilder, settings: &Settings) -> ApiClientBuilder {
    let Some(url) = settings.redis_url() else { return without_url(builder, settings) };
    match RedisReplayStore::new(url.expose_secret()) {
        Ok(store) => builder.dpop_with(|policy| policy.replay_store(store)),
        Err(error) => builder.setting_problem("redis_url", error.to_string()),
    }
}

/// A URL that is written but cannot be used must not leave each replica with a store of its own, even if the application has
/// not applied the settings to the builder. If it has, the builder knows the problem in more detail, and keeps that.
fn without_url(builder: ApiClientBuilder, settings: &Settings) -> ApiClientBuilder {
    if settings.has("redis_url") { builder.setting_problem("redis_url", "it cannot be used") } else { builder }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    fn built(url: Option<&str>) -> Result<String, String> {
        let settings = Settings::from_variables(|name| match name {
            "AUTH0_DOMAIN" => Some("http://127.0.0.1:1".to_owned()),
            "AUTH0_AUDIENCE" => Some("https://api.example.com".to_owned()),
            "REDIS_URL" => url.map(ToOwned::to_owned),
            _ => None,
        });
        let client = auth0_api_core::http::ReqwestClient::new().unwrap();
        let built = share_used_proofs(settings.builder(), &settings).http_client(client).build();
        built.map(|api| api.summary().to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_store_is_used_if_the_setting_is_written() {
        assert!(built(None).unwrap().contains("remembered by this process"));
        assert!(built(Some("redis://:hush@redis.internal")).unwrap().contains("in the store of the application"));
    }

    #[test]
    fn an_unusable_url_is_a_problem_even_if_the_builder_does_not_know_the_settings() {
        let settings = Settings::from_variables(|name| (name == "REDIS_URL").then(|| "\"redis://quoted\"".to_owned()));
        let unaware = auth0_api_core::ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com");
        let error = share_used_proofs(unaware, &settings).build().unwrap_err().to_string();
        assert_eq!(error, "the configuration is unusable: redis_url: it cannot be used");

        let aware = share_used_proofs(settings.builder(), &settings).build().unwrap_err().to_string();
        assert_eq!(aware.matches("REDIS_URL").count(), 1, "{aware}");
        assert!(!aware.contains("it cannot be used"), "{aware}");
    }

    #[test]
    fn a_wrong_url_is_named_by_its_variable_only() {
        let error = built(Some("https://:hush@redis.internal")).unwrap_err();
        let expected = "the configuration is unusable: REDIS_URL: the Redis URL is malformed: it has the form \
                        redis://[user[:password]@]host[:port][/database]";
        assert_eq!(error, expected);
    }
}
