//! nginx and `HAProxy`, configured as in the guide, terminate TLS in front of an axum API.

mod certificates;
mod targets;

use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_core::ApiClient;
use axum::Router;
use axum::routing::get;
use rcgen::{CertificateParams, KeyPair};
use reqwest::ClientBuilder;
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
    let file = folder.write("nginx.conf", &settings);
    Proxy::start(Command::new("nginx").args(["-c", &file]), folder, address)
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
    let file = folder.write("haproxy.cfg", &settings);
    Proxy::start(Command::new("haproxy").args(["-D", "-p", &format!("{path}/pid"), "-f", &file]), folder, address)
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

/// A running proxy. Dropping this value stops the proxy.
struct Proxy {
    address: SocketAddr,
    pid: String,
}

impl Proxy {
    /// Runs a command that returns when the proxy listens.
    fn start(command: &mut Command, folder: &Folder, address: SocketAddr) -> Option<Self> {
        let output = match command.output() {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            output => output.unwrap(),
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let pid = fs::read_to_string(folder.path.join("pid")).unwrap().trim().to_owned();
        Some(Self { address, pid })
    }

    /// The URL that clients call.
    fn url(&self) -> String {
        format!("https://{HOST}:{}/orders", self.address.port())
    }

    /// Returns a client that resolves the proxy's name and trusts its certificate.
    fn client(&self, folder: &Folder) -> ClientBuilder {
        let site = reqwest::Certificate::from_der(&folder.site.der).unwrap();
        reqwest::Client::builder().resolve(HOST, self.address).tls_certs_only([site]).no_proxy()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // The proxy may have ended already.
        _ = Command::new("sh").args(["-c", &format!("kill {}", self.pid)]).status();
    }
}

/// A separate folder for each test, with the certificate of the site.
struct Folder {
    path: PathBuf,
    site: Identity,
}

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
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

    fn with_key(&self) -> String {
        format!("{}{}", self.pem, self.key.serialize_pem())
    }
}

/// Returns a loopback address with a free port.
fn free_address() -> SocketAddr {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "only tests read STRICT")]
fn skip(program: &str) {
    let strict = std::env::var_os("STRICT").is_some_and(|value| value == "1");
    assert!(!strict, "STRICT=1 does not allow the test to be skipped: {program} is not installed");
    eprintln!("skipped: {program} is not installed");
}
