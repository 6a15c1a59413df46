//! Why a request has no answer, in words.

use std::error::Error;
use std::io;

use auth0_api_core::http::HttpError;
use rustls::{CertificateError, Error as TlsError};

use super::finding::Finding;
use super::subject::Subject;
use crate::printable::{printable, with_sources};

/// Explains the failure of a request for a document (`what`).
pub(super) fn explain(subject: &Subject<'_>, what: &str, error: &HttpError) -> Finding {
    let (host, _) = subject.authority();
    if let Some(tls) = tls_error(error) {
        return of_tls(host, tls);
    }
    match error {
        HttpError::Timeout => Finding::not_looked("answer_timeout", format!("{what}: {host} did not answer in time"))
            .machine("repeat the examination; look for a firewall or a proxy that drops packets"),
        HttpError::TooLarge => {
            Finding::problem("document_too_large", format!("{what} is larger than {} KiB", LARGEST_DOCUMENT / 1024))
                .api("set AUTH0_DOMAIN to the domain of the tenant: a tenant's document has a few KiB")
        }
        error if with_sources(error).contains("prox") || with_sources(error).contains("tunnel") => {
            let mend = format!(
                "let the proxy permit CONNECT to {host}:443, put its user and password into HTTPS_PROXY, or add {host} to \
                 NO_PROXY"
            );
            Finding::problem("proxy_rejects", format!("{what}: the proxy lets no request to {host} through"))
                .machine(mend)
        }
        error => {
            let text = format!("{what}: {host} closes the connection without an answer ({error})");
            Finding::problem("no_answer", text).api("correct AUTH0_DOMAIN: something else than a tenant listens there")
        }
    }
}

fn of_tls(host: &str, error: &TlsError) -> Finding {
    let trust = "name a file with the certificate of that authority in SSL_CERT_FILE";
    match error {
        TlsError::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            Finding::problem(
                "certificate_untrusted",
                format!("this machine does not trust the authority of {host}'s certificate"),
            )
            .machine(format!("{trust}; behind a proxy that inspects TLS, that of the proxy"))
            .api("http_client() with a client that trusts it")
        }
        TlsError::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => Finding::problem("certificate_of_other_name", format!("the certificate is not valid for {host}"))
            .api("set AUTH0_DOMAIN to a name of the certificate, such as the tenant's custom domain")
            .tenant("finish the set-up of the custom domain (Branding, Custom Domains)"),
        TlsError::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => Finding::problem(
            "certificate_out_of_time",
            format!("the certificate of {host} is not valid at the time of this machine"),
        )
        .machine("set the clock of this machine (NTP)")
        .tenant("renew the certificate"),
        TlsError::InvalidMessage(_) => Finding::problem("no_tls", format!("{host} does not speak TLS"))
            .api("for a local tenant, write AUTH0_DOMAIN with http:// and a loopback address; else correct its port"),
        error => Finding::problem(
            "tls_failed",
            format!("the TLS handshake with {host} failed: {}", printable(&error.to_string())),
        )
        .machine("let connections to the tenant through without inspection, or trust what inspects them"),
    }
}

/// Finds the error of TLS among the sources of an error.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e TlsError> {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let inner = inner.and_then(|inner| tls_error(inner));
    inner.or_else(|| error.downcast_ref()).or_else(|| error.source().and_then(tls_error))
}

/// Octets: the limit of core (`KeyPolicy::max_document_bytes`).
pub(super) const LARGEST_DOCUMENT: usize = 512 * 1024;
