//! Tokens that are bound to a client certificate: [RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3) at the
//! resource server.
//!
//! 1. [`policy`]: where the certificate of a request comes from, and whether it is the token's.
//! 2. [`header`] and [`envoy`]: certificates that a proxy passes on.
//!
//! A header is looked at only if the policy names it and a trusted proxy has sent it, and only for a token that is bound to a
//! certificate.

mod envoy;
mod error;
mod header;
mod policy;

pub use error::CertificateError;
pub use policy::CertificateSource;

pub(crate) use policy::CertificatePolicy;
