//! The environment variables of an API that uses the tenant.

use crate::shell::quoted;

/// Where the API finds the tenant, and what it is there.
pub(super) struct Exports<'a> {
    /// The tenant's URL without a slash at the end.
    pub(super) domain: &'a str,
    pub(super) audience: &'a str,
    pub(super) downstream: &'a str,
    pub(super) api_client_id: &'a str,
    pub(super) api_client_secret: &'a str,
    /// The file with the certificate that clients must trust.
    pub(super) ca_file: Option<&'a str>,
}

impl Exports<'_> {
    /// Returns one command for each variable, to paste into a shell.
    pub(super) fn commands(&self) -> Vec<String> {
        // A domain with https is written without its scheme, as in Auth0's documentation: some libraries accept no
        // other form.
        let domain = self.domain.strip_prefix("https://").unwrap_or(self.domain);
        let mut variables = vec![
            ("AUTH0_DOMAIN", domain),
            ("AUTH0_AUDIENCE", self.audience),
            ("AUTH0_CLIENT_ID", self.api_client_id),
            ("AUTH0_CLIENT_SECRET", self.api_client_secret),
            ("DOWNSTREAM_AUDIENCE", self.downstream),
        ];
        // OpenSSL, Python and Rust read the first variable, Node reads the second one.
        let ca_file = self.ca_file.into_iter();
        variables.extend(ca_file.flat_map(|file| [("SSL_CERT_FILE", file), ("NODE_EXTRA_CA_CERTS", file)]));
        variables.into_iter().map(|(name, value)| format!("export {name}={}", quoted(value))).collect()
    }
}
