//! Protects routes, and writes into the OpenAPI document what their requirements say. Copy this file into your API.
//!
//! The document cannot drift from the behaviour: both come from the same `Requirement` and the same `ApiClient`.

use auth0_api_axum::{ApiClient, AuthLayer, Challenge, Requirement, Scheme};
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, PathItem, Paths};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// The layer that verifies tokens, and its documentation.
#[derive(Clone, Debug)]
pub struct DocumentedAuth {
    layer: AuthLayer,
    /// The schemes that the client accepts, by its DPoP mode.
    schemes: Vec<Scheme>,
}

impl DocumentedAuth {
    /// Verifies tokens with `api`.
    pub fn new(api: &ApiClient) -> Self {
        let schemes = api.challenges(None).iter().map(Challenge::scheme).collect();
        Self { layer: AuthLayer::new(api.clone()), schemes }
    }

    /// Puts a requirement around routes, and writes its scopes and the response 403 into their documentation.
    pub fn require<S>(&self, requirement: Requirement, routes: UtoipaMethodRouter<S>) -> UtoipaMethodRouter<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let (schemas, mut paths, router) = routes;
        for operation in operations(&mut paths) {
            operation.security = Some(self.security(&requirement.scope_alternatives()));
            respond(
                operation,
                "403",
                "The token is valid, and lacks a scope or something else.",
                Some("WWW-Authenticate"),
            );
        }
        (schemas, paths, router.route_layer(self.layer.require(requirement)))
    }

    /// Rejects requests without a valid token to all routes so far, and writes this into their documentation.
    pub fn protect<S>(&self, router: OpenApiRouter<S>) -> OpenApiRouter<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let mut router = router.layer(self.layer.clone());
        let document: &mut OpenApi = router.get_openapi_mut();
        for operation in operations(&mut document.paths) {
            operation.security.get_or_insert_with(|| self.security(&[vec![]]));
            respond(operation, "400", "The credentials are malformed, or there are several.", Some("WWW-Authenticate"));
            respond(
                operation,
                "401",
                "There is no valid token, or the user has to log in again.",
                Some("WWW-Authenticate"),
            );
            respond(operation, "503", "The token cannot be checked now.", Some("Retry-After"));
        }
        let components = document.components.get_or_insert_with(Components::new);
        components.schemas.insert(REJECTION.into(), rejection().into());
        for scheme in &self.schemes {
            components
                .security_schemes
                .extend(definitions(*scheme).into_iter().map(|(name, scheme)| (name, scheme.into())));
        }
        router
    }

    /// One entry for each alternative and scheme: a request needs to meet one of them.
    fn security(&self, alternatives: &[Vec<&str>]) -> Vec<SecurityRequirement> {
        let entries =
            alternatives.iter().flat_map(|scopes| self.schemes.iter().map(move |scheme| entry(*scheme, scopes)));
        entries.collect()
    }
}

fn entry(scheme: Scheme, scopes: &[&str]) -> SecurityRequirement {
    let scopes = scopes.iter().copied();
    match scheme {
        // Both headers: everything in one entry is needed.
        Scheme::Dpop => SecurityRequirement::new(DPOP, scopes).add(PROOF, [""; 0]),
        _ => SecurityRequirement::new(BEARER, scopes),
    }
}

/// The security schemes that the entries of a scheme name.
fn definitions(scheme: Scheme) -> Vec<(String, SecurityScheme)> {
    let header = |name, text| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, text)));
    match scheme {
        // OpenAPI could say `type: http, scheme: DPoP`; utoipa has no variant for it.
        Scheme::Dpop => vec![
            (
                DPOP.into(),
                header("Authorization", "`DPoP `, followed by a JWT that is bound to the client's key (RFC 9449)."),
            ),
            (
                PROOF.into(),
                header("DPoP", "A proof for this request, signed with the key of the token. A new one each time."),
            ),
        ],
        _ => {
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
            vec![(BEARER.into(), SecurityScheme::Http(bearer.build()))]
        }
    }
}

/// Adds a response with the body of rejections, unless the handler has documented this status itself.
fn respond(operation: &mut Operation, status: &str, description: &str, header: Option<&str>) {
    let body = utoipa::openapi::Ref::from_schema_name(REJECTION);
    let response = ResponseBuilder::new()
        .description(description)
        .content("application/json", ContentBuilder::new().schema(Some(body)).build());
    let response = header.into_iter().fold(response, |response, name| response.header(name, Header::default()));
    operation.responses.responses.entry(status.into()).or_insert_with(|| response.build().into());
}

/// The body of rejections: see `Rejection::body`.
fn rejection() -> ObjectBuilder {
    let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    ObjectBuilder::new().property("error", text()).property("error_description", text())
}

fn operations(paths: &mut Paths) -> impl Iterator<Item = &mut Operation> {
    paths.paths.values_mut().flat_map(|item| {
        let PathItem { get, put, post, delete, options, head, patch, trace, query, additional_operations, .. } = item;
        let fixed = [get, put, post, delete, options, head, patch, trace, query].into_iter().flatten();
        fixed.chain(additional_operations.values_mut())
    })
}

const BEARER: &str = "bearer";
const DPOP: &str = "dpop";
const PROOF: &str = "dpop_proof";
const REJECTION: &str = "Rejection";
