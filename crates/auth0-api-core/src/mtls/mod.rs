//! Errors of client certificates ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)).
//! [`CertificateSource`] configures them.

// For readers of the code:
//
// The check of tokens that are bound to a client certificate, by the resource server
// ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).
//
// 1. `policy`: where the certificate of a request comes from, and whether the token is bound to it.
// 2. `header` and `envoy`: certificates that a proxy passes on in a header.
//
// A header is read only if the policy names it, a trusted proxy sent the request, and the token is bound to a
// certificate.

mod envoy;
mod error;
mod header;
pub(crate) mod policy;

pub use error::{CertificateError, CertificateSourceError};
pub(crate) use policy::CertificateSource;

pub(crate) use policy::CertificatePolicy;
