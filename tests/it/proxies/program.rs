//! The programs: each test starts its own process, and stops it.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use reqwest::ClientBuilder;

use super::{Folder, HOST};

/// A running proxy. Dropping this value stops the proxy.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    process: Process,
}

enum Process {
    /// It runs in the background.
    Background {
        pid: String,
    },
    Foreground(Child),
}

impl Proxy {
    /// Starts nginx with these settings, which name `pid` in the folder as the file with its id; `None` if nginx is not
    /// installed.
    pub(crate) fn nginx(folder: &Folder, address: SocketAddr, settings: &str) -> Option<Self> {
        let file = folder.write("nginx.conf", settings);
        Self::in_background(Command::new("nginx").args(["-c", &file]), folder, address)
    }

    /// Starts `HAProxy` with these settings; `None` if `HAProxy` is not installed.
    pub(crate) fn haproxy(folder: &Folder, address: SocketAddr, settings: &str) -> Option<Self> {
        let (file, pid) = (folder.write("haproxy.cfg", settings), folder.path.join("pid").display().to_string());
        Self::in_background(Command::new("haproxy").args(["-D", "-p", &pid, "-f", &file]), folder, address)
    }

    /// Starts Caddy with this Caddyfile, to which it adds global options; `None` if Caddy is not installed.
    pub(crate) fn caddy(folder: &Folder, address: SocketAddr, settings: &str) -> Option<Self> {
        let options = "{\nadmin off\nauto_https disable_redirects\nskip_install_trust\n}\n";
        let file = folder.write("Caddyfile", &format!("{options}{settings}"));
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config", &file]);
        command.env("XDG_DATA_HOME", &folder.path).env("XDG_CONFIG_HOME", &folder.path);
        Self::in_foreground(&mut command, address, "serving initial configuration")
    }

    /// Starts Apache with these settings, after the modules and files that it needs; `None` if Apache is not installed.
    pub(crate) fn apache(folder: &Folder, address: SocketAddr, settings: &str) -> Option<Self> {
        let path = folder.path.display();
        let modules = APACHE_MODULES.map(|name| format!("LoadModule {name}_module {APACHE_FOLDER}/mod_{name}.so\n"));
        let settings = format!(
            "{}ServerName localhost\nServerRoot {path}\nDefaultRuntimeDir {path}\nPidFile {path}/pid\n\
             ErrorLog /dev/stderr\nLogLevel notice\nUser www-data\nGroup www-data\nListen {address}\n{settings}\n",
            modules.concat()
        );
        let file = folder.write("apache2.conf", &settings);
        let mut command = Command::new("apache2");
        command.args(["-f", &file, "-D", "FOREGROUND"]);
        Self::in_foreground(&mut command, address, "resuming normal operations")
    }

    /// Runs a command that does not return, and waits until it logs that the proxy listens.
    fn in_foreground(command: &mut Command, address: SocketAddr, listens: &str) -> Option<Self> {
        let mut child = match command.stderr(Stdio::piped()).spawn() {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            child => child.unwrap(),
        };
        let (mut errors, mut log) = (BufReader::new(child.stderr.take().unwrap()), String::new());
        while !log.contains(listens) {
            assert_ne!(errors.read_line(&mut log).unwrap(), 0, "{log}");
        }
        // The proxy would end if nobody read its log.
        std::thread::spawn(move || errors.lines().for_each(drop));
        Some(Self { address, process: Process::Foreground(child) })
    }

    /// Runs a command that returns when the proxy listens.
    fn in_background(command: &mut Command, folder: &Folder, address: SocketAddr) -> Option<Self> {
        let output = match command.output() {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            output => output.unwrap(),
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let pid = fs::read_to_string(folder.path.join("pid")).unwrap().trim().to_owned();
        Some(Self { address, process: Process::Background { pid } })
    }

    /// The URL that clients call.
    pub(super) fn url(&self) -> String {
        format!("https://{HOST}:{}/orders", self.address.port())
    }

    /// Returns a client that resolves the proxy's name and trusts its certificate.
    pub(super) fn client(&self, folder: &Folder) -> ClientBuilder {
        let site = reqwest::Certificate::from_der(&folder.site.der).unwrap();
        // Over HTTP/2, a client states the host in `:authority`, and proxies do not read `Host`.
        reqwest::Client::builder().http1_only().resolve(HOST, self.address).tls_certs_only([site]).no_proxy()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let pid = match &self.process {
            Process::Background { pid } => pid.clone(),
            Process::Foreground(child) => child.id().to_string(),
        };
        // The proxy may have ended already.
        _ = Command::new("sh").args(["-c", &format!("kill {pid}")]).status();
        if let Process::Foreground(child) = &mut self.process {
            _ = child.wait();
        }
    }
}

/// The folder in which Debian installs Apache's modules.
const APACHE_FOLDER: &str = "/usr/lib/apache2/modules";

const APACHE_MODULES: [&str; 11] = [
    "alias",
    "authz_core",
    "headers",
    "mpm_event",
    "proxy",
    "proxy_http",
    "reqtimeout",
    "rewrite",
    "setenvif",
    "socache_shmcb",
    "ssl",
];
