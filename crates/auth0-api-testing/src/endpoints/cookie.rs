//! The cookies of the tenant.
//!
//! Browsers send the cookies of a host to every port of the host. The name therefore contains the port, so that two
//! tenants on one machine do not overwrite each other's cookies.

use http::{HeaderMap, HeaderValue, header};

use crate::state::Tenant;

/// A kind of cookie. Scripts cannot read it.
#[derive(Debug)]
pub(crate) struct Cookie {
    /// The beginning of the name.
    pub(crate) name: &'static str,
    /// When browsers send it with a request that another site causes.
    pub(crate) same_site: &'static str,
}

impl Cookie {
    /// Returns the value of `Set-Cookie`.
    pub(crate) fn set(&self, tenant: &Tenant, value: &str, max_age_s: u64) -> Option<HeaderValue> {
        let secure = if tenant.domain.starts_with("https:") { "; Secure" } else { "" };
        let (name, same_site) = (self.full_name(tenant), self.same_site);
        let cookie = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite={same_site}{secure}");
        HeaderValue::try_from(cookie).ok()
    }

    /// Returns the values of all cookies with this name. A browser may send several, for example one for the host and
    /// one for a parent domain.
    pub(crate) fn values<'h>(&self, tenant: &Tenant, headers: &'h HeaderMap) -> impl Iterator<Item = &'h str> {
        let name = self.full_name(tenant);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
    }

    /// RFC 6265 §4.1.1: the name of a cookie is a token, so other characters of the URL become hyphens.
    fn full_name(&self, tenant: &Tenant) -> String {
        let host = tenant.domain.split_once("://").map_or(tenant.domain.as_str(), |(_, host)| host);
        let host =
            host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect::<String>();
        format!("{}-{host}", self.name)
    }
}
