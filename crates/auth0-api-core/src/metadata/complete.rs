//! What the client's configuration adds to what an API says about itself, and where the two contradict each other.

use super::{BearerMethod, MetadataEndpoint, MetadataError, ProtectedResource, ResourceMetadata};
use crate::issuer::{Domain, Loopback};

/// What the client does, as far as the document speaks of it.
#[derive(Debug)]
pub(crate) struct ClientFacts<'c> {
    pub(crate) audiences: &'c [Box<str>],
    /// The names of the trusted issuers; `None` if that is decided request by request.
    pub(crate) issuers: Option<Vec<&'c str>>,
    pub(crate) loopback: Loopback,
    pub(crate) bearer_offered: bool,
    /// The algorithms of proofs; empty if `DPoP` is not offered.
    pub(crate) dpop_algorithms: Vec<&'static str>,
    /// Whether tokens that are bound to a client certificate are taken.
    pub(crate) certificate_bound_tokens: bool,
}

impl ProtectedResource {
    /// Completes it from the client's configuration.
    pub(crate) fn complete(mut self, facts: &ClientFacts<'_>) -> Result<MetadataEndpoint, MetadataError> {
        self.complete_servers(facts)?;
        self.check(facts.loopback)?;
        // RFC 8707 §2, RFC 9068 §3: what a client names as the resource becomes the audience of its token.
        if !self.audience_differs && !facts.audiences.contains(&self.members.resource) {
            return Err(MetadataError::Audience);
        }
        self.complete_schemes(facts)?;
        Ok(MetadataEndpoint::new(ResourceMetadata(self.members), &self.challenge_scopes))
    }

    /// Every server that is named must be trusted, in the issuer's own spelling: a client compares it with `issuer` of the
    /// server's metadata (RFC 8414 §3.3).
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

    fn complete_schemes(&mut self, facts: &ClientFacts<'_>) -> Result<(), MetadataError> {
        let members = &mut self.members;
        let methods = if facts.bearer_offered { vec![BearerMethod::Header] } else { Vec::new() };
        agree("bearer_methods_supported", &mut members.bearer_methods_supported, methods)?;
        let algorithms = facts.dpop_algorithms.clone();
        agree("dpop_signing_alg_values_supported", &mut members.dpop_signing_alg_values_supported, algorithms)?;
        let required = &mut members.dpop_bound_access_tokens_required;
        agree_on_flag("dpop_bound_access_tokens_required", required, !facts.bearer_offered)?;
        let certificates = &mut members.tls_client_certificate_bound_access_tokens;
        agree_on_flag("tls_client_certificate_bound_access_tokens", certificates, facts.certificate_bound_tokens)
    }
}

/// Takes the fact where nothing was said, and rejects what says something else.
fn agree<T: PartialEq>(member: &'static str, said: &mut Vec<T>, fact: Vec<T>) -> Result<(), MetadataError> {
    if said.is_empty() {
        *said = fact;
    } else if *said != fact {
        return Err(MetadataError::Contradiction { member });
    }
    Ok(())
}

/// RFC 9728 §2: both flags are false when left out, so that only `true` has to be written.
fn agree_on_flag(member: &'static str, said: &mut Option<bool>, fact: bool) -> Result<(), MetadataError> {
    match said {
        Some(said) if *said != fact => Err(MetadataError::Contradiction { member }),
        None if fact => {
            *said = Some(true);
            Ok(())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{BearerMethod, ClientFacts, Loopback, MetadataError, ProtectedResource};
    use crate::jose::Algorithm;

    const RESOURCE: &str = "https://api.example.com/mcp";

    fn facts(audiences: &[Box<str>]) -> ClientFacts<'_> {
        ClientFacts {
            audiences,
            issuers: Some(vec!["https://tenant.eu.auth0.com/", "https://login.example.com/"]),
            loopback: Loopback::HttpsOnly,
            bearer_offered: true,
            dpop_algorithms: vec!["ES256", "EdDSA"],
            certificate_bound_tokens: false,
        }
    }

    fn body(resource: ProtectedResource, adapt: impl Fn(&mut ClientFacts<'_>)) -> Result<String, MetadataError> {
        let audiences = [RESOURCE.into()];
        let mut facts = facts(&audiences);
        adapt(&mut facts);
        Ok(resource.complete(&facts)?.body().to_owned())
    }

    #[test]
    fn a_document_says_by_itself_what_the_client_does() {
        for (adapt, rest) in [
            (
                (|_| ()) as fn(&mut ClientFacts<'_>),
                r#","bearer_methods_supported":["header"],"dpop_signing_alg_values_supported":["ES256","EdDSA"]}"#,
            ),
            (
                |facts| facts.bearer_offered = false,
                r#","dpop_signing_alg_values_supported":["ES256","EdDSA"],"dpop_bound_access_tokens_required":true}"#,
            ),
            (|facts| facts.dpop_algorithms.clear(), r#","bearer_methods_supported":["header"]}"#),
            (
                |facts| facts.certificate_bound_tokens = true,
                r#","bearer_methods_supported":["header"],"tls_client_certificate_bound_access_tokens":true,"dpop_signing_alg_values_supported":["ES256","EdDSA"]}"#,
            ),
        ] {
            let servers = r#""authorization_servers":["https://tenant.eu.auth0.com/","https://login.example.com/"]"#;
            let expected = format!(r#"{{"resource":"{RESOURCE}",{servers}{rest}"#);
            assert_eq!(body(ProtectedResource::new(RESOURCE), adapt).unwrap(), expected);
        }
    }

    #[test]
    fn repeating_what_the_client_does_changes_nothing() {
        let repeated = ProtectedResource::new(RESOURCE)
            .authorization_servers(["https://tenant.eu.auth0.com/", "https://login.example.com/"])
            .bearer_methods([BearerMethod::Header])
            .dpop_algorithms([Algorithm::ES256, Algorithm::EdDSA]);
        assert_eq!(body(repeated, |_| ()), body(ProtectedResource::new(RESOURCE), |_| ()));
    }

    #[test]
    fn what_contradicts_the_client_is_rejected() {
        let resource = || ProtectedResource::new(RESOURCE);
        let contradiction = |member| MetadataError::Contradiction { member };
        for (resource, error) in [
            (ProtectedResource::new("https://api.example.com/mcp/"), MetadataError::Audience),
            (
                resource().authorization_servers(["https://evil.example/"]),
                MetadataError::NotTrusted { server: "https://evil.example/".into() },
            ),
            (resource().bearer_methods([BearerMethod::Query]), contradiction("bearer_methods_supported")),
            (resource().dpop_algorithms([Algorithm::ES256]), contradiction("dpop_signing_alg_values_supported")),
            (resource().dpop_required(true), contradiction("dpop_bound_access_tokens_required")),
            (resource().certificate_bound_tokens(true), contradiction("tls_client_certificate_bound_access_tokens")),
        ] {
            assert_eq!(body(resource, |_| ()), Err(error));
        }
        let required = |facts: &mut ClientFacts<'_>| facts.bearer_offered = false;
        assert_eq!(
            body(resource().dpop_required(false), required),
            Err(contradiction("dpop_bound_access_tokens_required"))
        );
        assert_eq!(
            body(resource().bearer_methods([BearerMethod::Header]), required),
            Err(contradiction("bearer_methods_supported"))
        );
    }

    #[test]
    fn servers_are_written_as_their_issuers_name_themselves() {
        let named = ProtectedResource::new(RESOURCE).authorization_servers(["https://LOGIN.example.com"]);
        assert!(body(named, |_| ()).unwrap().contains(r#""authorization_servers":["https://login.example.com/"]"#));
    }

    #[test]
    fn where_a_resolver_decides_the_servers_have_to_be_listed() {
        let by_resolver = |facts: &mut ClientFacts<'_>| facts.issuers = None;
        assert_eq!(body(ProtectedResource::new(RESOURCE), by_resolver), Err(MetadataError::AuthorizationServers));
        let listed = ProtectedResource::new(RESOURCE).authorization_servers(["https://tenant.eu.auth0.com/"]);
        assert!(body(listed, by_resolver).is_ok());
    }

    #[test]
    fn another_audience_than_the_resource_has_to_be_meant() {
        let other = || ProtectedResource::new("https://api.example.com");
        assert_eq!(body(other(), |_| ()), Err(MetadataError::Audience));
        assert!(body(other().audience_differs(), |_| ()).is_ok());
    }
}
