//! The flags of the program. A configuration file can set the same values; a flag goes over the file.

use std::path::PathBuf;

/// What to serve, where, and what to print.
///
/// ```text
/// auth0-api tenant --host localhost --organization org_acme=acme
/// ```
#[derive(Clone, Debug, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each of them is a flag")]
#[expect(clippy::doc_markdown, reason = "the program prints these texts, and a terminal shows no Markdown")]
#[expect(rustdoc::bare_urls, reason = "a terminal shows no links, either")]
pub struct TenantOptions {
    /// Read settings, APIs, clients, users and more from a TOML file
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Port; 0 means any free port [default: 4711]
    #[arg(long, help_heading = ADDRESS)]
    pub(super) port: Option<u16>,
    /// Host to listen on: an IP address, or localhost [default: 127.0.0.1]
    #[arg(long, help_heading = ADDRESS)]
    pub(super) host: Option<String>,
    /// URL that clients call, if it is not http://HOST:PORT
    #[arg(long, value_name = "URL", help_heading = ADDRESS)]
    pub(super) public_url: Option<String>,
    /// Serve HTTPS, with a certificate made at the start
    #[arg(long, help_heading = ADDRESS)]
    pub(super) tls: bool,
    /// File for the certificate to trust [default: a temporary one]
    #[arg(long, value_name = "FILE", help_heading = ADDRESS)]
    pub(super) ca_file: Option<PathBuf>,
    /// Serve HTTPS with your own certificate chain (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key", conflicts_with = "tls", help_heading = ADDRESS)]
    pub(super) tls_cert: Option<PathBuf>,
    /// Private key of your own certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert", help_heading = ADDRESS)]
    pub(super) tls_key: Option<PathBuf>,

    /// Identifier of your API [default: https://api.example.com]
    #[arg(long, value_name = "URL", help_heading = APIS)]
    pub(super) audience: Option<String>,
    /// API if a client names none, or none [default: your API]
    #[arg(long, value_name = "URL", help_heading = APIS)]
    pub(super) default_audience: Option<String>,
    /// Identifier of the next API [default: https://downstream.example.com]
    #[arg(long, value_name = "URL", help_heading = APIS)]
    pub(super) downstream: Option<String>,

    /// Encrypt the tokens of your API with this public RSA key (PEM)
    #[arg(long, value_name = "FILE", help_heading = APIS)]
    pub(super) encryption_key: Option<PathBuf>,
    /// Key id in the header of these tokens [default: none]
    #[arg(long, value_name = "ID", help_heading = APIS)]
    pub(super) encryption_kid: Option<String>,

    /// Id of the client that calls your API [default: local-client]
    #[arg(long, value_name = "ID", help_heading = CLIENTS)]
    pub(super) client_id: Option<String>,
    /// Secret of that client [default: local-secret]
    #[arg(long, value_name = "SECRET", help_heading = CLIENTS)]
    pub(super) client_secret: Option<String>,
    /// Id of the client that your API is [default: local-api-client]
    #[arg(long, value_name = "ID", help_heading = CLIENTS)]
    pub(super) api_client_id: Option<String>,
    /// Secret of that client [default: local-api-secret]
    #[arg(long, value_name = "SECRET", help_heading = CLIENTS)]
    pub(super) api_client_secret: Option<String>,
    /// Let public clients register themselves, as MCP clients do
    #[arg(long, help_heading = CLIENTS)]
    pub(super) client_registration: bool,
    /// Take the URL of a client id metadata document as a client id
    #[arg(long, help_heading = CLIENTS)]
    pub(super) client_id_metadata_documents: bool,
    /// Parameter resource: audience ignores it, compatibility reads it [default: compatibility]
    #[arg(long, value_name = "PROFILE", value_parser = ["audience", "compatibility"], hide_possible_values = true)]
    #[arg(help_heading = CLIENTS)]
    pub(super) resource_parameter_profile: Option<String>,
    /// Require a nonce in DPoP proofs
    #[arg(long, help_heading = CLIENTS)]
    pub(super) nonce: bool,
    /// Change that nonce after so many seconds; implies --nonce
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..), help_heading = CLIENTS)]
    pub(super) nonce_every: Option<u32>,

    /// Show a page on which a person chooses a user, allows or denies
    #[arg(long, help_heading = BROWSERS)]
    pub(super) sign_in: bool,
    /// Register a user [default: auth0|local-user, auth0|ada]
    #[arg(long, value_name = "ID", help_heading = BROWSERS)]
    pub(super) user: Vec<String>,
    /// Register an organization [default: org_acme=acme, org_globex=globex]
    #[arg(long, value_name = "ID=NAME", help_heading = BROWSERS)]
    pub(super) organization: Vec<String>,
    /// Register a connection [default: google-oauth2, slack]
    #[arg(long, value_name = "NAME", help_heading = BROWSERS)]
    pub(super) connection: Vec<String>,
    /// Only pages of this origin may call the tenant; limits only CORS, and does not stop a page that rebinds its own
    /// host name to 127.0.0.1 [default: any]
    #[arg(long, value_name = "ORIGIN", help_heading = BROWSERS)]
    pub(super) cors_origin: Vec<String>,
    /// Do not let the page exchange tokens of a profile
    #[arg(long, help_heading = BROWSERS)]
    pub(super) no_page_exchange: bool,

    /// Print the variables to export, and exit: eval "$(auth0-api tenant --env)"
    #[arg(long, help_heading = OUTPUT)]
    pub(super) env: bool,
    /// Print curl commands that get and exchange tokens
    #[arg(long, help_heading = OUTPUT)]
    pub(super) recipes: bool,
    /// Print no line for each request
    #[arg(long, help_heading = OUTPUT)]
    pub(super) quiet: bool,
}

impl TenantOptions {
    /// Returns these options; where one is not set, that of the file.
    pub(super) fn over(self, file: Self) -> Self {
        let list = |flags: Vec<String>, file: Vec<String>| if flags.is_empty() { file } else { flags };
        Self {
            config: self.config,
            port: self.port.or(file.port),
            host: self.host.or(file.host),
            public_url: self.public_url.or(file.public_url),
            tls: self.tls || (file.tls && self.tls_cert.is_none()),
            ca_file: self.ca_file.or(file.ca_file),
            tls_cert: self.tls_cert.or(file.tls_cert.filter(|_| !self.tls)),
            tls_key: self.tls_key.or(file.tls_key.filter(|_| !self.tls)),
            audience: self.audience.or(file.audience),
            default_audience: self.default_audience.or(file.default_audience),
            downstream: self.downstream.or(file.downstream),
            encryption_key: self.encryption_key.or(file.encryption_key),
            encryption_kid: self.encryption_kid.or(file.encryption_kid),
            client_id: self.client_id.or(file.client_id),
            client_secret: self.client_secret.or(file.client_secret),
            api_client_id: self.api_client_id.or(file.api_client_id),
            api_client_secret: self.api_client_secret.or(file.api_client_secret),
            client_registration: self.client_registration || file.client_registration,
            client_id_metadata_documents: self.client_id_metadata_documents || file.client_id_metadata_documents,
            resource_parameter_profile: self.resource_parameter_profile.or(file.resource_parameter_profile),
            nonce: self.nonce || file.nonce,
            nonce_every: self.nonce_every.or(file.nonce_every),
            sign_in: self.sign_in || file.sign_in,
            user: list(self.user, file.user),
            organization: list(self.organization, file.organization),
            connection: list(self.connection, file.connection),
            cors_origin: list(self.cors_origin, file.cors_origin),
            no_page_exchange: self.no_page_exchange || file.no_page_exchange,
            env: self.env,
            recipes: self.recipes,
            quiet: self.quiet || file.quiet,
        }
    }
}

const ADDRESS: &str = "Address";
const APIS: &str = "APIs";
const CLIENTS: &str = "Clients";
const BROWSERS: &str = "Browsers and users (a flag with a value can be repeated)";
const OUTPUT: &str = "Output";
