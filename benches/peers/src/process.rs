//! The processes of the servers and of the load.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

use crate::contestants::{Contestant, Start};
use crate::load::{Credentials, Job, Load, Outcome, Until};
use crate::site::Site;

/// A running server. Its process ends when this value is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    process: Child,
    // The server ends when its standard input closes.
    _input: ChildStdin,
}

impl Server {
    /// Starts a server in a new process on the first core.
    pub(crate) async fn start(contestant: &Contestant, site: &Site) -> Self {
        let site = serde_json::to_string(site).unwrap();
        let mut command = on_core(SERVER_CORE);
        match contestant.start {
            Start::Rust(_) => command.arg(std::env::current_exe().unwrap()).args(["serve", contestant.id, &site]),
            Start::Node(name) => {
                let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("node/server.mjs");
                command.env("NODE_ENV", "production").arg("node").arg(script).args([name, &site])
            }
        };
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let mut line = String::new();
        let read = timeout(TIME_LIMIT, BufReader::new(output).read_line(&mut line)).await;
        let address = line.trim().parse();
        let address = address.unwrap_or_else(|_| panic!("{} did not start: {read:?}", contestant.id));
        Self { address, process, _input: input }
    }

    /// Starts a server, and waits until it accepts these credentials.
    pub(crate) async fn ready(contestant: &Contestant, site: &Site, credentials: &Credentials) -> Self {
        let server = Self::start(contestant, site).await;
        let accepts = async {
            while server.status(credentials).await != 200 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let accepted = timeout(TIME_LIMIT, accepts).await;
        accepted.unwrap_or_else(|_| panic!("{} rejects a valid token", contestant.id));
        server
    }

    /// Returns the status of the answer to one request.
    pub(crate) async fn status(&self, credentials: &Credentials) -> u16 {
        let (until, credentials) = (Until::Requests(1), credentials.clone());
        let outcomes = self.load(vec![Load { connections: 1, per_second: None, until, credentials }]).await;
        outcomes[0].statuses.keys().copied().next().unwrap_or_default()
    }

    /// Sends loads to the server, all at the same time, from a new process on the second core.
    pub(crate) async fn load(&self, loads: Vec<Load>) -> Vec<Outcome> {
        let job = serde_json::to_vec(&Job { address: self.address, loads }).unwrap();
        let mut command = on_core(LOAD_CORE);
        command.arg(std::env::current_exe().unwrap()).arg("load");
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let mut input = process.stdin.take().unwrap();
        input.write_all(&job).await.unwrap();
        drop(input);
        let mut output = String::new();
        process.stdout.take().unwrap().read_to_string(&mut output).await.unwrap();
        serde_json::from_str(&output).unwrap()
    }

    /// Returns the resident memory of the process in MiB.
    pub(crate) fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

/// Returns a command that runs the program in its first argument on this core.
fn on_core(core: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]);
    command
}

const SERVER_CORE: &str = "0";
const LOAD_CORE: &str = "1";
/// Longer than a start takes, even on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(30);
