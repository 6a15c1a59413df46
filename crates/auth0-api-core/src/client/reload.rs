//! Replaces settings while the client serves.

use std::sync::Arc;

use super::ApiClient;
use super::generation::Generation;
use crate::build_error::BuildError;
use crate::issuer::KeysUnavailable;
use crate::meter;
use crate::reloadable::Reloadable;
use crate::with_sources::WithSources;

/// Why settings are not replaced. The client continues with the settings that it has.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadError {
    /// The keys of an issuer that the new settings add, or the keys for a new algorithm, are unavailable.
    #[error("the keys that the new settings need are unavailable")]
    Keys(#[source] KeysUnavailable),
    /// The new settings have problems.
    #[error(transparent)]
    Settings(#[from] BuildError),
}

impl ReloadError {
    /// Returns a stable label for logs and metrics: `keys_unavailable` or `settings_invalid`.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Keys(_) => "keys_unavailable",
            Self::Settings(_) => "settings_invalid",
        }
    }
}

impl ApiClient {
    /// Replaces settings while the API serves, for all clones of this client and all middleware that was built with it.
    ///
    /// See [reload](crate::guide::reload).
    ///
    /// `change` gets the settings in force, and returns the new ones:
    ///
    /// ```no_run
    /// # async fn run(api: auth0_api_core::ApiClient, new_secret: String) -> Result<(), auth0_api_core::ReloadError> {
    /// use auth0_api_core::ClientAuth;
    ///
    /// api.reload(|settings| {
    ///     settings
    ///         .audiences(["https://api.example.com", "https://api.example.com/v2"])
    ///         .client_auth(ClientAuth::secret_post("client-id", new_secret))
    /// })
    /// .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// 1. The new settings are checked. If there is a problem, nothing changes.
    /// 2. The client fetches the keys of issuers that are new. If an algorithm is new, it fetches the keys of all issuers,
    ///    because it holds only keys for the algorithms that it accepts. If a fetch fails, nothing changes.
    /// 3. All settings are replaced at once. A request that arrived before is verified with the old settings, to its end;
    ///    a request that arrives later, with the new settings. No request sees a mixture.
    ///
    /// Tokens in the [`TokenCache`](crate::TokenCache) are verified again. The client keeps what it knows of issuers,
    /// used `DPoP` proofs, nonces, logouts and exchanged tokens, and the limits that protect it. An exchange uses the
    /// settings that are in force when it begins, or joins an equal one that began before. A connection that
    /// stays open ends with its token, as before.
    ///
    /// Reloads run one after the other. If the future is dropped before step 3, nothing changes. Each replica of an API
    /// has its own settings.
    ///
    /// # Errors
    ///
    /// [`ReloadError`]. The event `settings_rejected` tells the operator, and `settings_reloaded` tells about success.
    pub async fn reload(&self, change: impl FnOnce(Reloadable) -> Reloadable + Send) -> Result<(), ReloadError> {
        let outcome = self.replace_settings(change).await;
        meter::settings_reloaded(outcome.as_ref().map_or_else(ReloadError::label, |()| "reloaded"));
        match &outcome {
            Ok(()) => tracing::info!(name: "settings_reloaded", target: "auth0_api", event = "settings_reloaded"),
            Err(error) => {
                let label = error.label();
                tracing::warn!(
                    name: "settings_rejected", target: "auth0_api", event = "settings_rejected",
                    error.type = label, reason = %WithSources(error)
                );
            }
        }
        outcome
    }

    async fn replace_settings(&self, change: impl FnOnce(Reloadable) -> Reloadable + Send) -> Result<(), ReloadError> {
        let lasting = &self.0.lasting;
        let mut settings = self.0.settings.lock().await;
        let (mut changed, mut problems) = (change(settings.clone()), Vec::new());
        // The stored settings never have the report of an earlier reload.
        let applied = changed.applied.take();
        let are_usable = applied.as_ref().is_none_or(|applied| applied.problems.is_empty());
        let checked = changed.clone().check(&lasting.facts(), &mut problems).filter(|_| are_usable);
        let checked = checked.ok_or_else(|| BuildError::of(problems, applied))?;
        let previous = self.generation();
        let issuers = previous.verifier.issuers.renewed(&checked.trusted, &checked.algorithms);
        issuers.fetch_added(&previous.verifier.issuers).await.map_err(ReloadError::Keys)?;
        let next = Generation::new(checked, lasting, issuers, previous.exchanger.as_ref());
        next.verifier.issuers.report_held();
        self.0.current.store(Arc::new(next));
        // A connection that stays open keeps its generation for hours, and need not keep the tokens of others.
        previous.verifier.remembered.forget_all();
        *settings = changed;
        Ok(())
    }
}
