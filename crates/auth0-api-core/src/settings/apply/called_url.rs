//! The URL that a client called, and the certificate of a client.

use crate::builder::ApiClientBuilder;
use crate::known_settings::SettingError;
use crate::mtls::CertificateSource;
use crate::settings::reader::{Reader, unusable};

pub(super) fn apply(reader: &mut Reader<'_>, mut builder: ApiClientBuilder) -> ApiClientBuilder {
    if let Some(url) = reader.text("public_url") {
        builder = builder.public_url(url.as_str());
    }
    if let Some(hosts) = reader.list("own_hosts") {
        builder = builder.own_hosts(hosts.iter().map(|host| host.as_str()));
    }
    if let Some(proxies) = reader.trusted_proxies() {
        builder = builder.trusted_proxies(proxies);
    }
    let source = reader.parsed("client_certificates", certificates);
    let elements = reader.number("client_certificates_elements");
    match (source, elements) {
        (Some(source), None) => builder.client_certificates(source),
        (Some(source), Some(elements)) => builder.client_certificates(source.appended(elements)),
        (None, Some(_)) if !reader.is_written("client_certificates") => {
            let error = format!("has no effect without {}", reader.name("client_certificates"));
            reader.reject("client_certificates_elements", unusable(error));
            builder
        }
        (None, _) => builder,
    }
}

fn certificates(text: &str) -> Result<CertificateSource, SettingError> {
    if let Some(name) = text.strip_prefix("pem:") {
        return Ok(CertificateSource::pem_header(name.trim()));
    }
    match text.to_ascii_lowercase().as_str() {
        "none" => Ok(CertificateSource::none()),
        "connection" => Ok(CertificateSource::of_connection()),
        "client-cert" => Ok(CertificateSource::client_cert_header()),
        "x-forwarded-client-cert" => Ok(CertificateSource::forwarded_client_cert_header()),
        _ => Err(SettingError::not_one_of(text, "none, connection, client-cert, x-forwarded-client-cert, pem:HEADER")),
    }
}
