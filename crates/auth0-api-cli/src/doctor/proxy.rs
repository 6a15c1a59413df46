//! The proxies of the environment: which of them a request to the tenant uses.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use super::finding::{Diagnosis, Finding};
use super::subject::Subject;
use crate::printable::printable;

/// How a request reaches the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Direct,
    /// By a proxy on this host and port, which this variable names.
    Proxy {
        variable: &'static str,
        host: String,
        port: u16,
    },
}

/// Says which proxy applies. Core uses no proxy for this machine, and `https` for every other tenant.
pub(super) fn look(subject: &Subject<'_>, findings: &Diagnosis) -> Route {
    let (host, port) = subject.authority();
    let variables = &subject.environment.proxies;
    let Some((variable, value)) = variables.set() else { return Route::Direct };
    if subject.is_local() {
        let text = format!("{variable} does not apply to {host}, which is this machine");
        findings.add(Finding::passed("proxy", text));
        return Route::Direct;
    }
    let (finding, route) = choose(variable, value, variables.no.as_ref(), host, port);
    findings.add(finding);
    route
}

fn choose(
    variable: &'static str,
    value: &str,
    no: Option<&(&'static str, String)>,
    host: &str,
    port: u16,
) -> (Finding, Route) {
    let intercepted = |matcher: &Matcher| matcher.intercept(&format!("https://{host}:{port}/").parse::<Uri>().ok()?);
    let Some(proxy) = intercepted(&Matcher::builder().https(value.to_owned()).build()) else {
        let text = format!("{variable} is no URL of a proxy, so requests to {host} use none");
        let finding = Finding::problem("proxy_malformed", text);
        let mend = format!("write {variable} like http://proxy.example.com:3128, or unset it");
        return (finding.machine(mend), Route::Direct);
    };
    let excluded =
        no.filter(|(_, no)| intercepted(&Matcher::builder().https(value.to_owned()).no(no.clone()).build()).is_none());
    if let Some((no, _)) = excluded {
        let text = format!("{no} excludes {host} from {variable}: requests to the tenant use no proxy");
        return (Finding::passed("proxy", text), Route::Direct);
    }
    let default = if proxy.uri().scheme_str() == Some("https") { 443 } else { 80 };
    let (host_of_proxy, port) = (proxy.uri().host().unwrap_or_default(), proxy.uri().port_u16().unwrap_or(default));
    let host_of_proxy = printable(host_of_proxy);
    let text = format!("requests to {host} use the proxy {host_of_proxy}:{port} of {variable}");
    (Finding::passed("proxy", text), Route::Proxy { variable, host: host_of_proxy, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_that_applies_is_named_without_its_password() {
        let no = |value: &str| Some(("NO_PROXY", value.to_owned()));
        let by = |host: &str, port| Route::Proxy { variable: "HTTPS_PROXY", host: host.into(), port };
        for (value, no, expected, name) in [
            ("http://user:hush@proxy.example:3128", None, by("proxy.example", 3128), "proxy"),
            ("proxy.example:3128", no("other.example"), by("proxy.example", 3128), "proxy"),
            ("http://proxy.example", no("auth0.com.evil"), by("proxy.example", 80), "proxy"),
            ("http://user:hush@proxy.example:3128", no(".auth0.com"), Route::Direct, "proxy"),
            ("http://proxy.example:3128", no("*"), Route::Direct, "proxy"),
            ("http://user:hush@[proxy", None, Route::Direct, "proxy_malformed"),
        ] {
            let (finding, route) = choose("HTTPS_PROXY", value, no.as_ref(), "tenant.eu.auth0.com", 443);
            assert_eq!((route, finding.name), (expected, name), "{value}");
            assert!(!format!("{finding:?}").contains("hush"), "{finding:?}");
        }
    }
}
