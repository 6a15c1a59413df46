//! A process that ends with the value that stands for it.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;

use crate::Result;

/// A program that listens on an address of this machine. Dropping this value kills it.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program, and waits until it accepts connections. What it prints goes into a file of `folder`.
    pub(crate) async fn start(command: &mut Command, address: SocketAddr, folder: &Path, name: &str) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let output = File::options().create(true).append(true).open(&log)?;
        let program = command.get_program().display().to_string();
        let started = command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn();
        let child = started.map_err(|error| match error.kind() {
            ErrorKind::NotFound => format!("{program} is not installed"),
            _ => format!("{program}: {error}"),
        })?;
        let mut process = Self { child, log };
        for _ in 0..ATTEMPTS {
            if TcpStream::connect(address).await.is_ok() {
                return Ok(process);
            }
            if process.child.try_wait()?.is_some() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        let printed = fs::read_to_string(&process.log).unwrap_or_default();
        Err(format!("{name} does not listen on {address}:\n{printed}").into())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let id = Pid::from_raw(self.child.id().try_into()?).ok_or("a process has no id")?;
        Ok(kill_process(id, signal)?)
    }

    /// Asks the program to end, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// It ended with another status than 0, or not within the limit.
    pub(crate) async fn end(mut self, limit: Duration) -> Result<()> {
        self.signal(Signal::TERM)?;
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait()? {
                    return Ok::<_, std::io::Error>(status);
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        let status = tokio::time::timeout(limit, ended).await.map_err(|_| "a program does not end after SIGTERM")??;
        if status.success() { Ok(()) } else { Err(format!("a program ended with {status} after SIGTERM").into()) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both succeed, because no other code waits for this process.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// A minute in all, for a busy machine.
const ATTEMPTS: usize = 1200;
const PAUSE: Duration = Duration::from_millis(50);
