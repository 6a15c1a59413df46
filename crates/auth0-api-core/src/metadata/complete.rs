//! Completes a [`ProtectedResource`] from the client's configuration, and checks it.

use super::{BearerMethod, MetadataEndpoint, MetadataError, ProtectedResource, ResourceMetadata};
use crate::issuer::{Domain, Loopback};

/// The parts of the client's configuration that the document must agree with.
#[derive(Debug)]
pub(crate) struct ClientFacts<'c> {
    pub(crate) audiences: &'c [Box<str>],
    /// The names of the trusted issuers; `None` if a resolver names them for each request.
    pub(crate) issuers: Option<Vec<&'c str>>,
    pub(crate) loopback: Loopback,
}

/// How tokens may be presented to the client.
#[derive(Debug)]
pub(crate) struct OfferedSchemes {
    pub(crate) bearer: bool,
    /// Whether tokens that are bound to a client certificate are accepted.
    pub(crate) certificate_bound_tokens: bool,
    /// The algorithms that `DPoP` proofs may have; empty if `DPoP` is not offered.
    pub(crate) dpop_algorithms: Vec<&'static str>,
}

/// A valid [`ProtectedResource`]. Only [`ProtectedResource::check_for`] creates this type.
#[derive(Debug)]
pub(crate) struct CheckedResource(ProtectedResource);

impl ProtectedResource {
    /// Completes the servers from the client's configuration, and checks the document.
    pub(crate) fn check_for(mut self, facts: &ClientFacts<'_>) -> Result<CheckedResource, MetadataError> {
        self.complete_servers(facts)?;
        self.check(facts.loopback)?;
        // RFC 8707 §2, RFC 9068 §3: the resource that a client names in its token request becomes the audience of the
        // token.
        if !self.audience_differs && !facts.audiences.contains(&self.members.resource) {
            return Err(MetadataError::Audience);
        }
        Ok(CheckedResource(self))
    }

    /// Checks that each named server is trusted, and writes the server's name in the spelling of the issuer. Clients
    /// compare this name with `issuer` in the server's metadata (RFC 8414 §3.3).
    fn complete_servers(&mut self, facts: &ClientFacts<'_>) -> Result<(), MetadataError> {
        let Some(issuers) = &facts.issuers else { return Ok(()) };
        let named = &mut self.members.authorization_servers;
        if named.is_empty() {
            *named = issuers.iter().map(|issuer| Box::from(*issuer)).collect();
        }
        for server in named {
            let domain = Domain::parse(server, facts.loopback).ok();
            let issuer = domain.and_then(|domain| issuers.iter().find(|issuer| **issuer == domain.issuer()));
            *server = Box::from(*issuer.ok_or_else(|| MetadataError::NotTrusted { server: server.clone() })?);
        }
        Ok(())
    }
}

impl CheckedResource {
    /// Completes the document with the schemes that the client accepts.
    pub(crate) fn complete(self, schemes: OfferedSchemes) -> MetadataEndpoint {
        let ProtectedResource { mut members, challenge_scopes, .. } = self.0;
        members.bearer_methods_supported = if schemes.bearer { vec![BearerMethod::Header] } else { Vec::new() };
        members.dpop_signing_alg_values_supported = schemes.dpop_algorithms;
        // RFC 9728 §2: a flag that is left out is false, so only `true` is written.
        members.dpop_bound_access_tokens_required = (!schemes.bearer).then_some(true);
        members.tls_client_certificate_bound_access_tokens = schemes.certificate_bound_tokens.then_some(true);
        MetadataEndpoint::new(ResourceMetadata(members), &challenge_scopes)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{ClientFacts, Loopback, MetadataError, OfferedSchemes, ProtectedResource};

    const RESOURCE: &str = "https://api.example.com/mcp";

    fn facts(audiences: &[Box<str>]) -> ClientFacts<'_> {
        ClientFacts {
            audiences,
            issuers: Some(vec!["https://tenant.eu.auth0.com/", "https://login.example.com/"]),
            loopback: Loopback::HttpsOnly,
        }
    }

    fn schemes() -> OfferedSchemes {
        OfferedSchemes { bearer: true, certificate_bound_tokens: false, dpop_algorithms: vec!["ES256", "EdDSA"] }
    }

    fn body(resource: ProtectedResource, adapt: impl Fn(&mut ClientFacts<'_>)) -> Result<String, MetadataError> {
        let audiences = [RESOURCE.into()];
        let mut facts = facts(&audiences);
        adapt(&mut facts);
        Ok(resource.check_for(&facts)?.complete(schemes()).body().to_owned())
    }

    #[test]
    fn a_document_is_completed_from_the_clients_configuration() {
        for (schemes, rest) in [
            (
                schemes(),
                r#","bearer_methods_supported":["header"],"dpop_signing_alg_values_supported":["ES256","EdDSA"]}"#,
            ),
            (
                OfferedSchemes { bearer: false, ..schemes() },
                r#","dpop_signing_alg_values_supported":["ES256","EdDSA"],"dpop_bound_access_tokens_required":true}"#,
            ),
            (OfferedSchemes { dpop_algorithms: vec![], ..schemes() }, r#","bearer_methods_supported":["header"]}"#),
            (
                OfferedSchemes { certificate_bound_tokens: true, ..schemes() },
                r#","bearer_methods_supported":["header"],"tls_client_certificate_bound_access_tokens":true,"dpop_signing_alg_values_supported":["ES256","EdDSA"]}"#,
            ),
        ] {
            let servers = r#""authorization_servers":["https://tenant.eu.auth0.com/","https://login.example.com/"]"#;
            let expected = format!(r#"{{"resource":"{RESOURCE}",{servers}{rest}"#);
            let resource = ProtectedResource::new(RESOURCE).check_for(&facts(&[RESOURCE.into()])).unwrap();
            assert_eq!(resource.complete(schemes).body(), expected);
        }
    }

    #[test]
    fn values_that_repeat_the_clients_configuration_change_nothing() {
        let repeated = ProtectedResource::new(RESOURCE)
            .authorization_servers(["https://tenant.eu.auth0.com/", "https://login.example.com/"]);
        assert_eq!(body(repeated, |_| ()), body(ProtectedResource::new(RESOURCE), |_| ()));
    }

    #[test]
    fn values_that_contradict_the_client_are_rejected() {
        let resource = || ProtectedResource::new(RESOURCE);
        for (resource, error) in [
            (ProtectedResource::new("https://api.example.com/mcp/"), MetadataError::Audience),
            (
                resource().authorization_servers(["https://evil.example/"]),
                MetadataError::NotTrusted { server: "https://evil.example/".into() },
            ),
        ] {
            assert_eq!(body(resource, |_| ()), Err(error));
        }
    }

    #[test]
    fn servers_are_written_in_their_issuers_spelling() {
        let named = ProtectedResource::new(RESOURCE).authorization_servers(["https://LOGIN.example.com"]);
        assert!(body(named, |_| ()).unwrap().contains(r#""authorization_servers":["https://login.example.com/"]"#));
    }

    #[test]
    fn servers_must_be_listed_with_a_resolver() {
        let by_resolver = |facts: &mut ClientFacts<'_>| facts.issuers = None;
        assert_eq!(body(ProtectedResource::new(RESOURCE), by_resolver), Err(MetadataError::AuthorizationServers));
        let listed = ProtectedResource::new(RESOURCE).authorization_servers(["https://tenant.eu.auth0.com/"]);
        assert!(body(listed, by_resolver).is_ok());
    }

    #[test]
    fn a_resource_that_is_not_an_audience_needs_audience_differs() {
        let other = || ProtectedResource::new("https://api.example.com");
        assert_eq!(body(other(), |_| ()), Err(MetadataError::Audience));
        assert!(body(other().audience_differs(), |_| ()).is_ok());
    }
}
