//! `[[applications]]`: the clients of the tenant.

use super::refresh_tokens;
use super::section::Section;
use crate::{Application, Credential, GrantType};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    CustomApi,
    Machine,
    RegularWeb,
    SinglePage,
}

pub(super) fn read(section: &mut Section<'_>) -> Option<Application> {
    let id = section.required("id");
    let kind = section.required_one_of("kind", &KINDS);
    let credential = credential(section);
    let api = section.text("api");
    let grants = section.some_of("grants", &GRANTS);
    let (callbacks, logout_urls) = (section.texts("callbacks"), section.texts("logout_urls"));
    let agent = section.text("agent");
    let back_channel_logout_url = section.text("back_channel_logout_url");
    let requires_dpop = section.flag("require_dpop");
    let trusts_forwarded_address = section.flag("trust_forwarded_address");
    let may_transfer_sessions = section.flag("session_transfer");
    let quota = section.number("hourly_quota", "a number of tokens, at least 1", &(1..=u32::MAX));
    let refresh_tokens = section.table("refresh_tokens").map(refresh_tokens::read);
    let (id, kind) = (id?, kind?);
    if (kind == Kind::SinglePage) == credential.is_some() {
        section.problem(match kind {
            Kind::SinglePage => "a single_page application is public: it has neither secret nor public_jwk",
            _ => "secret or public_jwk is missing",
        });
    }
    if (kind == Kind::CustomApi) != api.is_some() {
        section.problem("api is the identifier of the API of a custom_api application, and only of one");
    }
    if kind == Kind::SinglePage && trusts_forwarded_address {
        section.problem("trust_forwarded_address needs a credential, and a single_page application has none");
    }
    let mut application = match (kind, credential) {
        (Kind::SinglePage, _) => Application::single_page(id),
        (Kind::CustomApi, Some(credential)) => Application::custom_api(id, credential, api.unwrap_or_default()),
        (Kind::Machine, Some(credential)) => Application::machine(id, credential),
        (Kind::RegularWeb, Some(credential)) => Application::regular_web(id, credential),
        (_, None) => return None,
    };
    if let Some(grants) = grants {
        application = application.grants(grants);
    }
    if let Some(callbacks) = callbacks {
        application = application.callbacks(callbacks);
    }
    if let Some(urls) = logout_urls {
        application = application.logout_urls(urls);
    }
    if let Some(id) = agent {
        application = application.agent(id);
    }
    if let Some(url) = back_channel_logout_url {
        application = application.back_channel_logout_url(url);
    }
    if let Some(policy) = refresh_tokens {
        application = application.refresh_tokens(policy);
    }
    if let Some(tokens) = quota {
        application = application.hourly_quota(tokens);
    }
    if trusts_forwarded_address {
        application = application.trust_forwarded_address();
    }
    if may_transfer_sessions {
        application = application.session_transfer();
    }
    Some(if requires_dpop { application.require_dpop() } else { application })
}

fn credential(section: &mut Section<'_>) -> Option<Credential> {
    let secret = section.text("secret");
    let method = section.one_of("secret_method", &[("client_secret_basic", true), ("client_secret_post", false)]);
    let jwk = section.json("public_jwk");
    match (secret, jwk, method) {
        (Some(_), Some(_), _) => {
            section.problem("secret and public_jwk exclude each other");
            None
        }
        (Some(secret), None, None) => Some(secret.into()),
        (Some(secret), None, Some(true)) => Some(Credential::secret_basic(secret)),
        (Some(secret), None, Some(false)) => Some(Credential::secret_post(secret)),
        (None, Some(jwk), _) => Some(Credential::public_jwk(jwk.into())),
        (None, None, _) => None,
    }
}

const KINDS: [(&str, Kind); 4] = [
    ("single_page", Kind::SinglePage),
    ("regular_web", Kind::RegularWeb),
    ("machine", Kind::Machine),
    ("custom_api", Kind::CustomApi),
];

/// The grants with long URNs have short names here.
const GRANTS: [(&str, GrantType); 6] = [
    ("authorization_code", GrantType::AuthorizationCode),
    ("ciba", GrantType::Ciba),
    ("client_credentials", GrantType::ClientCredentials),
    ("refresh_token", GrantType::RefreshToken),
    ("token_exchange", GrantType::TokenExchange),
    ("token_vault", GrantType::TokenVault),
];
