//! The process of the tenant.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use auth0_api_core::Algorithm;
use auth0_api_testing::SigningKey;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::keys::Keys;
use super::link::Link;
use crate::Result;

/// The tenant, running or not, behind its link.
pub(crate) struct Tenant {
    program: PathBuf,
    file: PathBuf,
    pub(crate) link: Link,
    running: Option<Running>,
}

struct Running {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Tenant {
    /// `folder` gets the file of keys. The program of the tenant is beside this one.
    pub(crate) async fn new(folder: &Path) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("tenant");
        Ok(Self { program, file: folder.join("keys.json"), link: Link::start().await?, running: None })
    }

    pub(crate) async fn start(&mut self, keys: &Keys) -> Result<()> {
        keys.write(&self.file)?;
        let mut child = Command::new(&self.program)
            .args(["--public-url", &self.link.url(), "--audience", AUDIENCE, "--partner", PARTNER])
            .args(["--client-id", CLIENT_ID, "--keys"])
            .arg(&self.file)
            .env("CLIENT_SECRET", CLIENT_SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = child.stdin.take().ok_or("the tenant has no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("the tenant has no output")?).lines();
        let mut running = Running { child, input, output };
        let port: u16 = running.line().await?.parse()?;
        self.running = Some(running);
        self.link.lead_to(Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port))));
        Ok(())
    }

    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.link.lead_to(None);
        if let Some(mut running) = self.running.take() {
            running.child.kill().await?;
        }
        Ok(())
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let id = self.running.as_ref().and_then(|running| running.child.id()).ok_or("the tenant does not run")?;
        Ok(kill_process(Pid::from_raw(id.try_into()?).ok_or("the tenant has no id")?, signal)?)
    }

    /// Publishes a new key, and then signs with it.
    pub(crate) async fn rotate(&mut self, keys: &Keys) -> Result<()> {
        let next = SigningKey::generate(Algorithm::RS256);
        keys.write_with(&self.file, &next)?;
        self.read_keys().await?;
        keys.use_key(next);
        Ok(())
    }

    /// Stops publishing all keys but the present one.
    pub(crate) async fn publish(&mut self, keys: &Keys) -> Result<()> {
        keys.write(&self.file)?;
        self.read_keys().await
    }

    async fn read_keys(&mut self) -> Result<()> {
        let running = self.running.as_mut().ok_or("the tenant does not run")?;
        running.input.write_all(format!("{}\n", self.file.display()).as_bytes()).await?;
        let answer = running.line().await?;
        if answer == "ok" { Ok(()) } else { Err(format!("the tenant answers {answer}").into()) }
    }
}

impl Running {
    async fn line(&mut self) -> Result<String> {
        let line = tokio::time::timeout(LIMIT, self.output.next_line()).await.map_err(|_| "the tenant is silent")??;
        Ok(line.ok_or("the tenant has ended")?)
    }
}

pub(crate) const AUDIENCE: &str = "https://api.example.com";
/// The identifier of the other API.
pub(crate) const PARTNER: &str = "https://partner.example.com";
pub(crate) const CLIENT_ID: &str = "chaos-api";
pub(crate) const CLIENT_SECRET: &str = "the secret of a tenant on this machine";
/// For a slow machine.
const LIMIT: Duration = Duration::from_secs(30);
