//! The tenant that the API trusts.

use std::net::IpAddr;
use std::sync::Arc;

use auth0_api_core::http::HttpClient;

use super::environment::Environment;
use super::options::DoctorOptions;
use crate::api_settings::Dpop;

/// The tenant that the API trusts, and how to ask it.
pub(super) struct Subject<'a> {
    pub(super) options: &'a DoctorOptions,
    pub(super) environment: &'a Environment,
    pub(super) dpop: Dpop,
    /// The URL of the tenant, with a slash at the end.
    pub(super) issuer: String,
    pub(super) http: Arc<dyn HttpClient>,
}

impl Subject<'_> {
    /// The host of the tenant, in brackets if it is an IPv6 address, and its port.
    pub(super) fn authority(&self) -> (&str, u16) {
        let (scheme, rest) = self.issuer.split_once("://").unwrap_or(("https", &self.issuer));
        let authority = rest.trim_end_matches('/');
        let default = if scheme == "http" { 80 } else { 443 };
        let split = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|octet| octet.is_ascii_digit()));
        split.and_then(|(host, port)| Some((host, port.parse().ok()?))).unwrap_or((authority, default))
    }

    /// The setting for DPoP as the operator wrote it, such as `DPOP=require`.
    pub(super) fn dpop_setting(&self) -> String {
        self.dpop_setting_of(self.dpop)
    }

    /// The setting for another mode, such as `DPOP=accept`.
    pub(super) fn dpop_setting_of(&self, mode: Dpop) -> String {
        format!("{}={}", self.environment.api.variable("dpop"), mode.name())
    }

    /// Whether the API reads client certificates.
    pub(super) fn reads_certificates(&self) -> bool {
        let written = self.environment.api.text("client_certificates");
        self.options.client_certificates || written.is_some_and(|source| source != "none")
    }

    /// Whether the tenant runs on this machine.
    pub(super) fn is_local(&self) -> bool {
        is_loopback(self.authority().0)
    }
}

/// Whether the host of a URL is this machine.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
