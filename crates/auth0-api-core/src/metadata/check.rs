//! The checks that every metadata document must pass, with or without a client.

use super::error::MAX_RESOURCE;
use super::secure_url::SecureUrl;
use super::{MetadataError, ProtectedResource};
use crate::issuer::Loopback;

impl ProtectedResource {
    /// Checks the members that RFC 9728 restricts.
    pub(super) fn check(&self, loopback: Loopback) -> Result<(), MetadataError> {
        let members = &self.members;
        // RFC 9728 §1.2: the resource is an https URL without fragment.
        if members.resource.len() > MAX_RESOURCE || SecureUrl::parse(&members.resource, loopback).is_none() {
            return Err(MetadataError::Resource);
        }
        if members.authorization_servers.is_empty() {
            return Err(MetadataError::AuthorizationServers);
        }
        // RFC 8414 §2: an issuer has neither query nor fragment.
        let is_issuer = |server: &str| SecureUrl::parse(server, loopback).is_some_and(|url| url.query.is_empty());
        if let Some(server) = members.authorization_servers.iter().find(|server| !is_issuer(server)) {
            return Err(MetadataError::AuthorizationServer { server: server.clone() });
        }
        self.check_urls(loopback)?;
        self.check_words()
    }

    fn check_urls(&self, loopback: Loopback) -> Result<(), MetadataError> {
        let members = &self.members;
        let urls = [
            ("jwks_uri", &members.jwks_uri),
            ("resource_documentation", &members.resource_documentation),
            ("resource_policy_uri", &members.resource_policy_uri),
            ("resource_tos_uri", &members.resource_tos_uri),
        ];
        // The URL of a page may have a fragment, which links to one of its headings.
        let page = |url: &str| url.split('#').next().is_some_and(|page| SecureUrl::parse(page, loopback).is_some());
        match urls.into_iter().find(|(_, url)| url.as_deref().is_some_and(|url| !page(url))) {
            Some((member, _)) => Err(MetadataError::Url { member }),
            None => Ok(()),
        }
    }

    fn check_words(&self) -> Result<(), MetadataError> {
        let mut scopes = self.members.scopes_supported.iter().chain(&self.challenge_scopes);
        if let Some(scope) = scopes.find(|scope| !is_scope(scope)) {
            return Err(MetadataError::Scope { scope: scope.clone() });
        }
        // RFC 9396 §2: a type is a string; a requirement with a blank one accepts no token.
        if self.members.authorization_details_types_supported.iter().any(|name| name.trim().is_empty()) {
            return Err(MetadataError::AuthorizationDetailsType);
        }
        match self.languages.iter().find(|tag| !is_language_tag(tag)) {
            Some(tag) => Err(MetadataError::Language { tag: tag.clone() }),
            None => Ok(()),
        }
    }
}

/// RFC 6749 §3.3: %x21 / %x23-5B / %x5D-7E.
fn is_scope(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'"' && octet != b'\\')
}

/// RFC 5646 §2.1: subtags of one to eight letters and digits, joined by hyphens.
fn is_language_tag(tag: &str) -> bool {
    tag.split('-')
        .all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|octet| octet.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{MetadataError, ProtectedResource};
    use crate::metadata::StandaloneResource;

    fn resource() -> ProtectedResource {
        ProtectedResource::new("https://api.example.com").authorization_servers(["https://tenant.eu.auth0.com/"])
    }

    #[test]
    fn an_invalid_member_is_rejected() {
        let url = |member| MetadataError::Url { member };
        let server = |server: &str| MetadataError::AuthorizationServer { server: server.into() };
        let (query, opaque) = ("https://tenant.eu.auth0.com/?a", "urn:example:issuer");
        for (resource, error) in [
            (ProtectedResource::new("https://api.example.com/#a"), MetadataError::Resource),
            (ProtectedResource::new("http://api.example.com"), MetadataError::Resource),
            (ProtectedResource::new(format!("https://a.example/{}", "a".repeat(1024))), MetadataError::Resource),
            (ProtectedResource::new("https://api.example.com"), MetadataError::AuthorizationServers),
            (resource().authorization_servers([query]), server(query)),
            (resource().authorization_servers(["https://a.example", opaque]), server(opaque)),
            (resource().jwks_uri("http://api.example.com/keys"), url("jwks_uri")),
            (resource().documentation("/docs"), url("resource_documentation")),
            (resource().policy(""), url("resource_policy_uri")),
            (resource().terms_of_service("javascript:alert(1)"), url("resource_tos_uri")),
            (resource().scopes(["a", "b c"]), MetadataError::Scope { scope: "b c".into() }),
            (resource().challenge_scopes(["a\"b"]), MetadataError::Scope { scope: "a\"b".into() }),
            (resource().authorization_details_types(["payment", " "]), MetadataError::AuthorizationDetailsType),
            (resource().name_in("de_DE", "Bestellungen"), MetadataError::Language { tag: "de_DE".into() }),
            (resource().name_in("", "Bestellungen"), MetadataError::Language { tag: "".into() }),
        ] {
            assert_eq!(StandaloneResource::new(resource).document().unwrap_err(), error);
        }
    }

    #[test]
    fn names_by_language_are_written_last() {
        let named = resource().name_in("de", "Bestellungen").name("Orders").name_in("zh-Hant-TW", "\u{8a02}\u{55ae}");
        assert_eq!(
            StandaloneResource::new(named.documentation("https://api.example.com/docs#orders"))
                .document()
                .unwrap()
                .to_json(),
            "{\"resource\":\"https://api.example.com\",\"authorization_servers\":[\"https://tenant.eu.auth0.com/\"],\
             \"resource_documentation\":\"https://api.example.com/docs#orders\",\"resource_name\":\"Orders\",\
             \"resource_name#de\":\"Bestellungen\",\"resource_name#zh-Hant-TW\":\"\u{8a02}\u{55ae}\"}"
        );
    }

    #[test]
    fn the_types_of_authorization_details_are_published() {
        let document = StandaloneResource::new(resource().authorization_details_types(["payment", "account"]));
        let document = document.document().unwrap();
        assert_eq!(document.authorization_details_types().collect::<Vec<_>>(), ["payment", "account"]);
        let member = "\"authorization_details_types_supported\":[\"payment\",\"account\"]";
        assert!(document.to_json().contains(member), "{document}");
    }

    #[test]
    fn empty_lists_are_left_out() {
        let none: [&str; 0] = [];
        let empty = StandaloneResource::new(resource().scopes(none).authorization_details_types(none));
        let empty = empty.bearer_methods([]).dpop_algorithms([]);
        assert_eq!(empty.document().unwrap(), StandaloneResource::new(resource()).document().unwrap());
    }
}
