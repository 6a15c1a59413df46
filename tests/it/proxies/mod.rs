//! nginx and `HAProxy`, configured as in the guide, terminate TLS in front of an axum API.

mod certificates;
mod fetcher;
mod program;
mod targets;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_core::ApiClient;
use auth0_api_testing::free_address;
use axum::Router;
use axum::routing::get;
pub(crate) use program::Proxy;
use rcgen::{CertificateParams, DnType, KeyPair, SanType};
use tokio::net::TcpListener;

const HOST: &str = "api.example.com";

/// Starts the API behind the proxy, and returns its address.
async fn serve(api: ApiClient) -> SocketAddr {
    let app = Router::new().route("/orders", get(|_: Token| async { "orders" })).layer(AuthLayer::new(api));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await });
    address
}

/// Starts nginx with these settings in its `server` block, and with other `server` blocks; `None` if nginx is not
/// installed.
fn nginx(folder: &Folder, backend: SocketAddr, settings: &str, others: &str) -> Option<Proxy> {
    let (address, path) = (free_address(), folder.path.display());
    let others = others.replace(" 443 ", &format!(" {address} "));
    let settings = format!(
        "pid {path}/pid; error_log {path}/errors; events {{}}
        http {{
            access_log off; client_body_temp_path {path}/body; proxy_temp_path {path}/proxy;
            fastcgi_temp_path {path}/fastcgi; uwsgi_temp_path {path}/uwsgi; scgi_temp_path {path}/scgi;
            upstream backend {{ server {backend}; }}
            server {{
                listen {address} ssl; ssl_certificate {path}/site.pem; ssl_certificate_key {path}/site.pem;
                server_name {HOST};
                {settings}
            }}
            {others}
        }}"
    );
    Proxy::nginx(folder, address, &settings)
}

/// Starts `HAProxy` with these settings in its `frontend`; `None` if `HAProxy` is not installed.
fn haproxy(folder: &Folder, backend: SocketAddr, settings: &str) -> Option<Proxy> {
    let (address, path) = (free_address(), folder.path.display());
    let settings = settings.replace(":443", &address.to_string()).replace("site.pem", &format!("{path}/site.pem"));
    let settings = format!(
        "defaults\nmode http\ntimeout connect 5s\ntimeout client 5s\ntimeout server 5s\n\
         frontend site\n{settings}\ndefault_backend api\n\
         backend api\nserver api {backend}\n"
    );
    Proxy::haproxy(folder, address, &settings)
}

/// Starts Apache with these virtual hosts; `None` if Apache is not installed.
fn apache(folder: &Folder, backend: SocketAddr, settings: &str) -> Option<Proxy> {
    let (address, path) = (free_address(), folder.path.display());
    let settings = settings.replace("*:443", &format!("*:{}", address.port()));
    let settings = settings.replace("site.pem", &format!("{path}/site.pem"));
    Proxy::apache(folder, address, &settings.replace("http://backend/", &format!("http://{backend}/")))
}

/// Starts Caddy with these sites; `None` if Caddy is not installed.
fn caddy(folder: &Folder, backend: SocketAddr, settings: &str) -> Option<Proxy> {
    let (address, path) = (free_address(), folder.path.display());
    let settings = settings.replace(":443 {", &format!(":{} {{", address.port()));
    let settings = settings.replace(&format!("{HOST} {{"), &format!("{HOST}:{} {{", address.port()));
    let settings = settings.replace("site.pem", &format!("{path}/site.pem"));
    Proxy::caddy(folder, address, &settings.replace("reverse_proxy backend", &format!("reverse_proxy {backend}")))
}

/// Returns the settings in the first code block of this section of a guide page.
fn shown(page: &str, section: &str) -> String {
    blocks(page, section).next().unwrap()
}

/// Returns the settings in each code block of this section of a guide page.
fn blocks<'p>(page: &'p str, section: &str) -> impl Iterator<Item = String> + 'p {
    let (_, rest) = page.split_once(&format!("\n## {section}\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    section.split("```text\n").skip(1).map(|block| block.split_once("```").unwrap().0.to_owned())
}

/// How many folders there are.
static FOLDERS: AtomicUsize = AtomicUsize::new(0);

/// A separate folder for each test, with the certificate of the site.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    site: Identity,
}

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let folder = Self { path, site: Identity::self_signed(HOST) };
        folder.write("site.pem", &folder.site.with_key());
        folder
    }

    /// Writes a file, and returns its path.
    fn write(&self, name: &str, text: &str) -> String {
        let file = self.path.join(name);
        fs::write(&file, text).unwrap();
        file.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that cannot be removed does no harm.
        _ = fs::remove_dir_all(&self.path);
    }
}

/// A certificate and its private key.
struct Identity {
    der: Vec<u8>,
    pem: String,
    key: KeyPair,
}

impl Identity {
    fn self_signed(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap();
        Self { der: certificate.der().to_vec(), pem: certificate.pem(), key }
    }

    /// A certificate whose names try to end the header, and to write another certificate into it.
    fn hostile(other: &str) -> Self {
        let names = format!("x\",\r\nClient-Cert: {other}\r\nX-SSL-Client-Cert: {other}\r\n\r\n,Hash=0;Cert=\"");
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, names.as_str());
        params.distinguished_name.push(DnType::OrganizationName, "a, b = \"c\"\n+d");
        // Caddy accepts no control characters in a URI.
        let uri = "spiffe://x/,Hash=0;Cert=\"y\"".try_into().unwrap();
        let name = || names.as_str().try_into().unwrap();
        params.subject_alt_names = vec![SanType::DnsName(name()), SanType::URI(uri), SanType::Rfc822Name(name())];
        let certificate = params.self_signed(&key).unwrap();
        Self { der: certificate.der().to_vec(), pem: certificate.pem(), key }
    }

    fn with_key(&self) -> String {
        format!("{}{}", self.pem, self.key.serialize_pem())
    }
}

#[expect(clippy::disallowed_methods, reason = "only tests read STRICT")]
pub(crate) fn skip(program: &str) {
    let strict = std::env::var_os("STRICT").is_some_and(|value| value == "1");
    assert!(!strict, "STRICT=1 does not allow the test to be skipped: {program} is not installed");
    eprintln!("skipped: {program} is not installed");
}
