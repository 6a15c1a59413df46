//! The responses: rejections, errors of handlers, and metadata.

use std::mem;
use std::sync::Arc;

use auth0_api_core::adapter::{MetadataRoute, ReturnedError, metadata_to_serve};
use auth0_api_core::{ApiClient, Rejection};
use salvo::{Depot, Request, Response, Router, Writer};
use salvo::{async_trait, handler, hyper};

use crate::hoop::Stored;

/// Makes the content type and the body of a rejection.
pub(crate) type Body =
    Arc<dyn Fn(&Rejection, &Request) -> (&'static str, String) + Send + Sync>;

/// A rejection that an extractor returns.
#[derive(Debug)]
pub struct Rejected(pub(crate) Rejection);

#[async_trait]
impl Writer for Rejected {
    async fn write(self, req: &mut Request, depot: &mut Depot, res: &mut Response) {
        let stored = depot.get_typed::<Stored>().ok();
        reject(
            &self.0,
            &stored.map_or_else(json, |stored| stored.body.clone()),
            req,
            res,
        );
    }
}

/// An error that a handler returns with `?`.
pub struct HandlerError(ReturnedError);

impl<E: Into<auth0_api_core::Error>> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self(error.into().into())
    }
}

#[async_trait]
impl Writer for HandlerError {
    async fn write(self, req: &mut Request, _: &mut Depot, res: &mut Response) {
        reject(&self.0.answer(), &json(), req, res);
        // The audit of the rejection is that of the `Auth` around the handler.
        res.extensions.remove::<Rejection>();
        res.extensions.insert(self.0);
    }
}

/// The routes that serve the metadata of an API.
pub fn metadata_routes(api: &ApiClient) -> Router {
    let served = metadata_to_serve(api).into_iter();
    served.fold(Router::new(), |router, route| {
        router
            .push(Router::with_path(route.path().to_owned()).goal(ServedMetadata(route)))
    })
}

struct ServedMetadata(MetadataRoute);

#[handler]
impl ServedMetadata {
    async fn handle(&self, req: &mut Request, res: &mut Response) {
        let metadata = self.0.metadata();
        let answer = metadata.respond(req.method().as_str(), req.headers());
        let (parts, body) = hyper::Response::<String>::from(answer).into_parts();
        res.headers.extend(parts.headers);
        res.status_code(parts.status).body(body);
    }
}

pub(crate) fn json() -> Body {
    Arc::new(|rejection, _| ("application/json", rejection.body()))
}

/// Replaces the response. Headers of other hoops, such as those of CORS, stay.
pub(crate) fn reject(
    rejection: &Rejection,
    body: &Body,
    req: &Request,
    res: &mut Response,
) {
    let (content_type, body) = body(rejection, req);
    let (parts, body) = rejection.to_response(content_type, body).into_parts();
    for (name, value) in &mem::replace(&mut res.headers, parts.headers) {
        if rejection.keeps_replaced_header(name.as_str()) {
            res.headers.append(name, value.clone());
        }
    }
    res.status_code(parts.status).body(body);
    res.extensions.extend(parts.extensions);
}
