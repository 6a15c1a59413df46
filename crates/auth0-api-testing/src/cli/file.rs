//! The configuration file: the values of the flags, and everything that can be registered.

use std::path::PathBuf;

use super::options::TenantOptions;
use super::problems::Problems;
use super::registrations::Registrations;
use super::section::Section;

/// Reads a file. What has a problem is left out, and the problem is reported.
pub(super) fn read<'a>(text: &'a str, problems: &'a Problems<'a>) -> (TenantOptions, Registrations) {
    let mut file = Section::parse(text, problems);
    let options = options(&mut file);
    let registrations = Registrations::read(&mut file);
    file.finish();
    (options, registrations)
}

/// Reads the settings that are also flags. A list has the name of its flag in the plural.
fn options(file: &mut Section<'_>) -> TenantOptions {
    let mut path = |key| file.text(key).map(PathBuf::from);
    let (ca_file, tls_cert, tls_key) = (path("ca_file"), path("tls_cert"), path("tls_key"));
    let encryption_key = path("encryption_key");
    if tls_cert.is_some() != tls_key.is_some() {
        file.problem("tls_cert and tls_key go together");
    }
    TenantOptions {
        config: None,
        port: file.number("port", "a port from 0 to 65535", &(0..=u16::MAX)),
        host: file.text("host"),
        public_url: file.text("public_url"),
        tls: file.flag("tls"),
        ca_file,
        tls_cert,
        tls_key,
        audience: file.text("audience"),
        default_audience: file.text("default_audience"),
        downstream: file.text("downstream"),
        encryption_key,
        encryption_kid: file.text("encryption_kid"),
        client_id: file.text("client_id"),
        client_secret: file.text("client_secret"),
        api_client_id: file.text("api_client_id"),
        api_client_secret: file.text("api_client_secret"),
        client_registration: file.flag("client_registration"),
        client_id_metadata_documents: file.flag("client_id_metadata_documents"),
        nonce: file.flag("nonce"),
        nonce_every: file.number("nonce_every", "a number of seconds, at least 1", &(1..=u32::MAX)),
        sign_in: file.flag("sign_in"),
        user: Vec::new(),
        organization: Vec::new(),
        connection: Vec::new(),
        cors_origin: file.texts("cors_origins").unwrap_or_default(),
        no_page_exchange: file.flag("no_page_exchange"),
        env: false,
        recipes: false,
        quiet: file.flag("quiet"),
    }
}
