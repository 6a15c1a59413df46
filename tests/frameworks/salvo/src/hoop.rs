//! The middleware: who may pass.

use std::sync::Arc;

use auth0_api_core::adapter::{self, Admission, Gate, Place, ReturnedError, RouteGate};
use auth0_api_core::{ApiClient, ClientCertificate, ListenerScheme, Rejection};
use auth0_api_core::{Requirement, TokenRequest, VerifiedToken};
use salvo::http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use salvo::http::{Method, uri::Scheme};
use salvo::{Depot, FlowCtrl, Request, Response, Writer, handler};

use crate::answer::{Body, Rejected, json, reject};

/// Verifies the token of each request.
#[derive(Clone)]
pub struct Auth {
    gate: Gate,
    body: Body,
}

/// Checks a requirement for a single route, inside of an [`Auth`].
pub struct Require(RouteGate);

/// What [`Auth`] stores with a request.
pub(crate) struct Stored {
    pub(crate) admission: Admission,
    pub(crate) body: Body,
}

impl Auth {
    pub fn new(api: ApiClient) -> Self {
        Self { gate: Gate::new(api), body: json() }
    }

    /// Also admits requests without credentials.
    pub fn optional(self) -> Self {
        Self { gate: self.gate.optional(), ..self }
    }

    pub fn rejection_body<F>(self, body: F) -> Self
    where
        F: Fn(&Rejection, &Request) -> (&'static str, String) + Send + Sync + 'static,
    {
        Self { body: Arc::new(body), ..self }
    }

    pub fn require(&self, requirement: Requirement) -> Require {
        Require(self.gate.require(requirement))
    }
}

#[handler]
impl Auth {
    async fn handle(
        &self,
        req: &mut Request,
        depot: &mut Depot,
        res: &mut Response,
        ctrl: &mut FlowCtrl,
    ) {
        adapter::mark_sensitive(req.headers_mut());
        let admission = match self.gate.admit(&describe(req), admission(depot)).await {
            Ok(admission) => admission,
            Err(rejection) => {
                ctrl.skip_rest();
                return reject(&rejection, &self.body, req, res);
            }
        };
        match admission.token() {
            Some(token) => drop(depot.insert_typed(token.clone())),
            None => drop(depot.remove_typed::<VerifiedToken>()),
        }
        depot.insert_typed(Stored {
            admission: admission.clone(),
            body: self.body.clone(),
        });
        ctrl.call_next(req, depot, res).await;
        if let Some(error) = res.extensions.remove::<ReturnedError>() {
            let status = res.status_code.unwrap_or_default().as_u16();
            if let Some(rejection) = admission.reject_returned(&error, status) {
                reject(&rejection, &self.body, req, res);
            }
        }
        admission.set_response_headers(&mut res.headers);
    }
}

#[handler]
impl Require {
    async fn handle(
        &self,
        req: &mut Request,
        depot: &mut Depot,
        res: &mut Response,
        ctrl: &mut FlowCtrl,
    ) {
        if let Err(rejection) = self.0.check(admission(depot), place(req)) {
            ctrl.skip_rest();
            Rejected(rejection).write(req, depot, res).await;
        }
    }
}

/// Ends a preflight request, which carries no token:
/// `.hoop(cors).hoop(end_preflight).hoop(auth)`. The CORS handler of salvo answers it when
/// the hoops inside of it have run.
#[handler]
pub async fn end_preflight(req: &Request, ctrl: &mut FlowCtrl) {
    let asks = req.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if req.method() == Method::OPTIONS && req.headers().contains_key(ORIGIN) && asks {
        ctrl.skip_rest();
    }
}

pub(crate) fn admission(depot: &Depot) -> Option<&Admission> {
    depot.get_typed::<Stored>().ok().map(|stored| &stored.admission)
}

pub(crate) fn place(req: &Request) -> Place<'_> {
    Place::new(req.method().as_str(), req.uri().path())
}

pub(crate) fn describe(req: &Request) -> TokenRequest<'_> {
    let is_https = *req.scheme() == Scheme::HTTPS;
    let listener = if is_https { ListenerScheme::Https } else { ListenerScheme::Http };
    let peer = req.remote_addr().ip();
    let described =
        TokenRequest::from_http(req.method(), req.uri(), req.headers(), listener, peer);
    match req.extensions().get::<ClientCertificate>() {
        Some(certificate) => described.client_certificate(certificate),
        None => described,
    }
}
