//! Determines the URL that the client called, by the rules in the [module's documentation](super).

use super::authority::{Authority, Scheme};
use super::forwarded::Forwarded;
use super::request_target::RequestTarget;
use super::url::{TargetUrl, reject_dot_segments};
use super::{OwnHosts, TargetError, TrustedProxies};
use crate::request::{Location, ReceivedTarget, TokenRequest};

/// The configuration that decides how the called URL is determined.
#[derive(Clone, Debug)]
pub(crate) struct TargetPolicy {
    public_url: Option<TargetUrl>,
    own_hosts: Option<OwnHosts>,
    proxies: TrustedProxies,
}

impl TargetPolicy {
    /// Creates a policy. If there is a `public_url`, the policy takes the origin and the stripped prefix from that URL,
    /// else from the request and from the headers of trusted proxies. In that case, the host must be one of `own_hosts`,
    /// if there are any.
    pub(crate) fn new(public_url: Option<TargetUrl>, own_hosts: Option<OwnHosts>, proxies: TrustedProxies) -> Self {
        Self { public_url, own_hosts, proxies }
    }

    /// Where the called URL comes from, for a summary.
    pub(crate) fn fact(&self) -> String {
        match (&self.public_url, &self.own_hosts) {
            (Some(url), _) => url.to_string().trim_end_matches('/').to_owned(),
            (None, Some(hosts)) => format!("of the request, with the host {hosts}"),
            (None, None) => "of the request, with any host".to_owned(),
        }
    }

    pub(crate) fn proxies(&self) -> &TrustedProxies {
        &self.proxies
    }

    /// Returns true if the host of this request's URL is taken from the request without a check. Then the client chooses
    /// the host.
    pub(crate) fn accepts_any_host(&self, request: &TokenRequest<'_>) -> bool {
        let is_received = matches!(request.location, Location::Received(_));
        is_received && self.public_url.is_none() && self.own_hosts.is_none()
    }

    /// Returns the URL that the `htu` of the request's proof has to name.
    pub(crate) fn for_proof(&self, request: &TokenRequest<'_>) -> Result<TargetUrl, TargetError> {
        reject_dot_segments(match request.location {
            Location::Received(received) => received.target,
            Location::Url(url) => url,
        })?;
        let called = self.called(request)?;
        let is_own = self.public_url.is_some() || self.own_hosts.as_ref().is_none_or(|own| own.contain(&called));
        if is_own { Ok(called) } else { Err(TargetError::HostForeign) }
    }

    /// Returns the URL that the client called.
    pub(crate) fn called(&self, request: &TokenRequest<'_>) -> Result<TargetUrl, TargetError> {
        match (&self.public_url, request.location) {
            (Some(public), Location::Url(url)) => Ok(public.join(TargetUrl::parse_received(url)?.into_path())),
            (Some(public), Location::Received(received)) => {
                Ok(public.join(RequestTarget::parse(received.target)?.into_path()))
            }
            (None, Location::Url(url)) => TargetUrl::parse_received(url),
            (None, Location::Received(received)) => self.received(received, request),
        }
    }

    /// Determines the URL from the request as received. The scheme and the host that a trusted proxy states replace
    /// those of the request.
    fn received(&self, received: ReceivedTarget<'_>, request: &TokenRequest<'_>) -> Result<TargetUrl, TargetError> {
        let scheme = Scheme::parse(received.scheme)?;
        let authority = received_authority(scheme, received.authority, request)?;
        let path = RequestTarget::parse(received.target)?.path_at(scheme, &authority)?;
        let Forwarded { origin, prefix } = match self.proxies.for_peer(received.peer) {
            Some(proxies) => Forwarded::read(proxies, request.headers)?,
            None => Forwarded::default(),
        };
        Ok(TargetUrl::new(
            origin.scheme.unwrap_or(scheme),
            origin.authority.unwrap_or(authority),
            match prefix {
                Some(prefix) => path.with_prefix(&prefix),
                None => path,
            },
        ))
    }
}

/// Returns the host in `:authority` or in `Host`. If the request has both, they must be equal.
fn received_authority(
    scheme: Scheme,
    authority: Option<&str>,
    request: &TokenRequest<'_>,
) -> Result<Authority, TargetError> {
    // RFC 9112 §3.2: a request with more than one Host line is rejected.
    let host = request.single("host").map_err(|_| TargetError::HostRepeated)?;
    let host =
        host.map(|host| str::from_utf8(host).map_err(|_| TargetError::Host).and_then(Authority::parse)).transpose()?;
    match (authority.map(Authority::parse).transpose()?, host) {
        // RFC 9113 §8.3.1: a request is malformed if `:authority` and `Host` have different values.
        (Some(authority), Some(host)) if !authority.agrees(&host, scheme) => Err(TargetError::HostConflict),
        (authority, host) => authority.or(host).ok_or(TargetError::HostMissing),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::net::IpAddr;

    use super::{OwnHosts, ReceivedTarget, TargetError, TargetPolicy, TargetUrl, TokenRequest, TrustedProxies};

    type Lines<'h> = &'h [(&'h str, &'h str)];

    const RECEIVED: ReceivedTarget<'static> =
        ReceivedTarget { scheme: "http", authority: None, target: "/orders?page=2", peer: Some(PEER) };
    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    fn by_default() -> TargetPolicy {
        TargetPolicy::new(None, None, TrustedProxies::none())
    }

    fn behind(proxies: TrustedProxies) -> TargetPolicy {
        TargetPolicy::new(None, None, proxies)
    }

    fn public(url: &str) -> TargetPolicy {
        TargetPolicy::new(Some(TargetUrl::parse(url).unwrap()), None, TrustedProxies::none())
    }

    fn own(hosts: &[&str]) -> OwnHosts {
        let mut own = OwnHosts::default();
        for host in hosts {
            own.add(host).unwrap();
        }
        own
    }

    fn called(policy: &TargetPolicy, received: ReceivedTarget<'_>, headers: Lines<'_>) -> Result<String, TargetError> {
        policy.for_proof(&TokenRequest::received("GET", received, &headers.to_vec())).map(|url| url.to_string())
    }

    #[test]
    fn request_as_received_is_the_default() {
        for (received, headers, url) in [
            (RECEIVED, &[("Host", "API.a")] as Lines<'_>, "http://api.a/orders"),
            (ReceivedTarget { scheme: "https", ..RECEIVED }, &[("host", "api.a:443")], "https://api.a/orders"),
            (ReceivedTarget { authority: Some("api.a:8080"), ..RECEIVED }, &[], "http://api.a:8080/orders"),
            (ReceivedTarget { authority: Some("api.a"), ..RECEIVED }, &[("Host", "API.a:80")], "http://api.a/orders"),
            (ReceivedTarget { target: "http://api.a/x?y", ..RECEIVED }, &[("Host", "api.a")], "http://api.a/x"),
            (ReceivedTarget { target: "/x?q=\u{fc}&r=/../", ..RECEIVED }, &[("Host", "api.a")], "http://api.a/x"),
            (ReceivedTarget { target: "/x/..%2Fy", ..RECEIVED }, &[("Host", "api.a")], "http://api.a/x/..%2Fy"),
        ] {
            assert_eq!(called(&by_default(), received, headers).as_deref(), Ok(url));
        }
    }

    #[test]
    fn malformed_or_conflicting_request_is_rejected() {
        for (received, headers, error) in [
            (RECEIVED, &[] as Lines<'_>, TargetError::HostMissing),
            (RECEIVED, &[("Host", "")], TargetError::Host),
            (RECEIVED, &[("Host", "api.a/orders?")], TargetError::Host),
            (RECEIVED, &[("Host", "api.a"), ("Host", "api.a")], TargetError::HostRepeated),
            (
                ReceivedTarget { authority: Some("api.a"), ..RECEIVED },
                &[("Host", "api.a"), ("Host", "api.a")],
                TargetError::HostRepeated,
            ),
            (
                ReceivedTarget { authority: Some("api.a"), ..RECEIVED },
                &[("Host", "evil.example")],
                TargetError::HostConflict,
            ),
            (
                ReceivedTarget { authority: Some("api.a"), ..RECEIVED },
                &[("Host", "api.a:8080")],
                TargetError::HostConflict,
            ),
            (ReceivedTarget { authority: Some("u@api.a"), ..RECEIVED }, &[], TargetError::UserInfo),
            (
                ReceivedTarget { target: "http://evil.example/", ..RECEIVED },
                &[("Host", "api.a")],
                TargetError::RequestTargetConflict,
            ),
            (ReceivedTarget { target: "*", ..RECEIVED }, &[("Host", "api.a")], TargetError::RequestTarget),
            (ReceivedTarget { scheme: "ftp", ..RECEIVED }, &[("Host", "api.a")], TargetError::Scheme),
            (ReceivedTarget { scheme: "WSS", ..RECEIVED }, &[("Host", "api.a")], TargetError::WebSocketScheme),
        ] {
            assert_eq!(called(&by_default(), received, headers), Err(error));
        }
    }

    #[test]
    fn a_dot_segment_is_rejected_where_a_proof_is_judged() {
        for target in ["/wild/../me", "/wild/%2e%2E/me", "/./me", "/me/.", "http://api.a/wild/../me", "/..?x"] {
            let received = ReceivedTarget { target, ..RECEIVED };
            for policy in [by_default(), public("https://api.a"), behind(TrustedProxies::hops(1))] {
                let headers = &[("Host", "api.a")];
                assert_eq!(called(&policy, received, headers), Err(TargetError::DotSegment), "{target}");
                // The URL is also determined for requests without a proof, for the application's resolver.
                assert!(policy.called(&TokenRequest::received("GET", received, headers)).is_ok(), "{target}");
            }
        }
        let request = TokenRequest::new("GET", "https://api.a/wild/../me", &[("Host", "api.a")]);
        assert_eq!(by_default().for_proof(&request), Err(TargetError::DotSegment));
    }

    #[test]
    fn the_host_must_be_an_own_host() {
        let direct = TargetPolicy::new(None, Some(own(&["api.a", "api.b:8080"])), TrustedProxies::none());
        let proxied = TargetPolicy::new(None, Some(own(&["api.a"])), TrustedProxies::hops(1));
        let http2 = |authority| ReceivedTarget { authority: Some(authority), ..RECEIVED };
        let foreign = Err(TargetError::HostForeign);
        for (policy, received, headers, expected) in [
            (&direct, RECEIVED, &[("Host", "API.a:80")] as Lines<'_>, Ok("http://api.a/orders")),
            (&direct, RECEIVED, &[("Host", "api.b:8080")], Ok("http://api.b:8080/orders")),
            (&direct, http2("api.a"), &[], Ok("http://api.a/orders")),
            (&direct, RECEIVED, &[("Host", "other-api.example")], foreign),
            (&direct, RECEIVED, &[("Host", "api.a:8080")], foreign),
            (&direct, RECEIVED, &[("Host", "api.b")], foreign),
            (&direct, http2("other-api.example"), &[], foreign),
            (&direct, RECEIVED, &[("Host", "other-api.example"), ("X-Forwarded-Host", "api.a")], foreign),
            (&proxied, RECEIVED, &[("Host", "backend"), ("X-Forwarded-Host", "api.a")], Ok("http://api.a/orders")),
            (&proxied, RECEIVED, &[("Host", "api.a"), ("X-Forwarded-Host", "other-api.example")], foreign),
            (&proxied, RECEIVED, &[("Host", "other-api.example")], foreign),
            (&proxied, RECEIVED, &[("Host", "api.a"), ("Forwarded", "host=other-api.example")], foreign),
        ] {
            assert_eq!(called(policy, received, headers).as_deref(), expected.as_ref().map(|url| *url), "{headers:?}");
        }
        let given = TokenRequest::new("GET", "https://other-api.example/orders", &[("Host", "api.a")]);
        assert_eq!(direct.for_proof(&given), Err(TargetError::HostForeign));
        assert!(!direct.accepts_any_host(&given) && !by_default().accepts_any_host(&given));
        let received = TokenRequest::received("GET", RECEIVED, &[("Host", "api.a")]);
        assert!(
            by_default().accepts_any_host(&received) && behind(TrustedProxies::hops(1)).accepts_any_host(&received)
        );
        assert!(!direct.accepts_any_host(&received) && !public("https://api.a").accepts_any_host(&received));
    }

    #[test]
    fn forwarding_headers_are_used_from_trusted_proxies_only() {
        let headers = &[
            ("Host", "backend:8080"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "api.a"),
            ("X-Forwarded-Prefix", "/v1"),
        ];
        let elsewhere = ReceivedTarget { peer: Some(IpAddr::from([192, 0, 2, 1])), ..RECEIVED };
        let unknown = ReceivedTarget { peer: None, ..RECEIVED };
        let network = behind(TrustedProxies::networks(["10.0.0.0/8"]).unwrap());

        for (policy, received, url) in [
            (&by_default(), RECEIVED, "http://backend:8080/orders"),
            (&network, elsewhere, "http://backend:8080/orders"),
            (&network, unknown, "http://backend:8080/orders"),
            (&network, RECEIVED, "https://api.a/v1/orders"),
            (&behind(TrustedProxies::hops(1)), unknown, "https://api.a/v1/orders"),
        ] {
            assert_eq!(called(policy, received, headers).as_deref(), Ok(url));
        }
    }

    #[test]
    fn malformed_forwarding_headers_are_ignored_without_trusted_proxies() {
        let headers = &[("Host", "api.a"), ("Forwarded", "\""), ("X-Forwarded-Proto", "%")];
        assert_eq!(called(&by_default(), RECEIVED, headers).as_deref(), Ok("http://api.a/orders"));
        assert_eq!(
            called(&behind(TrustedProxies::hops(1)), RECEIVED, headers),
            Err(TargetError::Forwarded { header: "forwarded" })
        );
    }

    #[test]
    fn part_that_the_proxy_does_not_state_is_taken_from_the_request() {
        let one = behind(TrustedProxies::hops(1));
        for (headers, url) in [
            (&[("Host", "api.a"), ("X-Forwarded-Proto", "https")] as Lines<'_>, "https://api.a/orders"),
            (&[("Host", "api.a:8443"), ("X-Forwarded-Proto", "https")], "https://api.a:8443/orders"),
            (&[("Host", "backend:8080"), ("X-Forwarded-Host", "api.a")], "http://api.a/orders"),
            (&[("Host", "api.a"), ("X-Forwarded-Port", "8443")], "http://api.a/orders"),
            (&[("Host", "api.a")], "http://api.a/orders"),
        ] {
            assert_eq!(called(&one, RECEIVED, headers).as_deref(), Ok(url));
        }
    }

    #[test]
    fn public_url_replaces_the_origin_and_its_path_is_put_before_the_path() {
        let headers = &[("Host", "a"), ("Host", "b c"), ("X-Forwarded-Host", "evil.example")];
        for (public_url, target, url) in [
            ("https://api.a", "/orders?page=2", "https://api.a/orders"),
            ("https://api.a:8443/v1", "/orders", "https://api.a:8443/v1/orders"),
            ("https://api.a/v1/", "/orders", "https://api.a/v1/orders"),
            ("https://api.a/v1", "/", "https://api.a/v1/"),
            ("https://api.a/v1", "/v1/orders", "https://api.a/v1/v1/orders"),
            ("https://api.a", "//evil.example/orders", "https://api.a//evil.example/orders"),
            ("https://api.a", "http://backend/orders", "https://api.a/orders"),
        ] {
            let received = ReceivedTarget { target, ..RECEIVED };
            assert_eq!(called(&public(public_url), received, headers).as_deref(), Ok(url));
        }
        let nowhere = ReceivedTarget { target: "*", ..RECEIVED };
        assert_eq!(called(&public("https://api.a"), nowhere, headers), Err(TargetError::RequestTarget));
    }

    #[test]
    fn public_url_takes_precedence_over_trusted_proxies() {
        let url = Some(TargetUrl::parse("https://api.a").unwrap());
        let policy = TargetPolicy::new(url, Some(own(&["other.example"])), TrustedProxies::hops(1));
        let headers = &[("Host", "backend"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil")];
        assert_eq!(called(&policy, RECEIVED, headers).as_deref(), Ok("https://api.a/orders"));
    }

    #[test]
    fn url_given_by_the_application_is_used_without_reading_headers() {
        let headers: Lines<'_> = &[("Host", "backend"), ("X-Forwarded-Host", "evil.example")];
        let headers = headers.to_vec();
        let request = TokenRequest::new("GET", "https://api.a/orders?page=2", &headers);
        for (policy, url) in [
            (by_default(), "https://api.a/orders"),
            (behind(TrustedProxies::hops(1)), "https://api.a/orders"),
            (public("https://public.a/v1"), "https://public.a/v1/orders"),
        ] {
            assert_eq!(policy.for_proof(&request).unwrap().to_string(), url);
        }
        let request = TokenRequest::new("GET", "/orders", &headers);
        assert_eq!(by_default().for_proof(&request), Err(TargetError::Scheme));
    }
}
