//! Runs the application with a Redis that speaks TLS.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use auth0_api_testing::free_address;

#[test]
fn an_application_that_chose_ring_keeps_ring() {
    assert_eq!(run("ring"), "provider of the process: Ring\n");
}

#[test]
fn no_crate_chooses_the_provider_of_the_process() {
    assert_eq!(run("none"), "provider of the process: none\n");
}

fn run(provider: &str) -> String {
    let redis = Redis::start(provider);
    let output = Command::new(env!("CARGO_BIN_EXE_providers"))
        .args([&redis.url, provider])
        .env("SSL_CERT_FILE", &redis.certificate)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

struct Redis {
    process: Child,
    url: String,
    certificate: PathBuf,
}

impl Redis {
    fn start(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        let identity = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        fs::write(&certificate, identity.cert.pem()).unwrap();
        fs::write(&key, identity.signing_key.serialize_pem()).unwrap();
        let port = free_address().port();
        let process = Command::new("redis-server")
            .args(["--port", "0", "--tls-port", &port.to_string(), "--tls-auth-clients", "no", "--save", ""])
            .arg("--tls-cert-file")
            .arg(&certificate)
            .arg("--tls-key-file")
            .arg(&key)
            .arg("--tls-ca-cert-file")
            .arg(&certificate)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        wait_for(port);
        Self { process, url: format!("rediss://localhost:{port}"), certificate }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn wait_for(port: u16) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "redis-server does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
}
