//! The address of the end user, for `auth0-forwarded-for`.

use std::net::IpAddr;

use crate::called_url::TrustedProxies;
use crate::client::ApiClient;
use crate::request::TokenRequest;

/// Whether the client determines the addresses of end users, and the proxies that may state them.
#[derive(Debug)]
pub(crate) struct EndUserAddresses(Option<TrustedProxies>);

impl EndUserAddresses {
    /// Determines no addresses.
    pub(crate) fn off() -> Self {
        Self(None)
    }

    /// Takes the address from the peer, or from these proxies.
    pub(crate) fn stated_by(proxies: TrustedProxies) -> Self {
        Self(Some(proxies))
    }

    fn of(&self, request: &TokenRequest<'_>) -> Option<IpAddr> {
        match self.0.as_ref()?.client_of(request.peer(), request.headers) {
            Ok(address) => Some(address),
            Err(reason) => {
                tracing::debug!(
                    name: "end_user_address_unknown", target: "auth0_api", event = "end_user_address_unknown",
                    %reason
                );
                None
            }
        }
    }
}

impl ApiClient {
    /// Returns the address of the end user who sent a request, to pass it to an exchange.
    ///
    /// This is the address of the peer. If the peer is one of the
    /// [`trusted_proxies`](crate::ApiClientBuilder::trusted_proxies), it is the address that the outermost trusted proxy
    /// states in `Forwarded` or `X-Forwarded-For`. Entries that the client may have written are not read.
    ///
    /// Returns `None` without the setting
    /// [`forward_end_user_address`](crate::ApiClientBuilder::forward_end_user_address), and if the address is unknown: the
    /// server provided no peer address, or no trusted proxy states a valid address. The event
    /// `end_user_address_unknown` then names the reason.
    ///
    /// The adapters call this method, and have an extractor `EndUserAddress`.
    ///
    /// ```no_run
    /// use auth0_api_core::{ApiClient, ReceivedTarget, TokenRequest, TrustedProxies};
    ///
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
    ///     .trusted_proxies(TrustedProxies::networks(["10.0.0.0/8"])?)
    ///     .forward_end_user_address()
    ///     .build()?;
    ///
    /// let peer = Some("10.0.0.1".parse()?);
    /// let target = ReceivedTarget { scheme: "https", authority: None, target: "/orders", peer };
    /// // The client wrote the first address, and the trusted proxy appended the second.
    /// let headers = [("x-forwarded-for", "198.51.100.7, 192.0.2.1")];
    /// let request = TokenRequest::received("GET", target, &headers);
    /// assert_eq!(api.end_user_address(&request), Some("192.0.2.1".parse()?));
    /// # Ok(())
    /// # }
    /// ```
    pub fn end_user_address(&self, request: &TokenRequest<'_>) -> Option<IpAddr> {
        self.0.lasting.end_users.of(request)
    }
}
