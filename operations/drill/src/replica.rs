//! A replica of the API.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use auth0_api_testing::free_address;

use crate::Result;
use crate::process::Process;

/// A replica, running or not, and what is needed to start it again at the same addresses.
pub(crate) struct Replica {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) operators: SocketAddr,
    program: PathBuf,
    settings: Vec<(&'static str, String)>,
    process: Option<Process>,
}

impl Replica {
    pub(crate) fn new(name: &'static str, program: &Path, environment: &[(&'static str, String)]) -> Result<Self> {
        let (address, operators) = (free_address(), free_address());
        let mut settings = environment.to_vec();
        settings.extend([("PORT", address.port().to_string()), ("OPERATORS_PORT", operators.port().to_string())]);
        Ok(Self { name, address, operators, program: program.to_owned(), settings, process: None })
    }

    pub(crate) async fn start(&mut self, folder: &Path) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        self.process = Some(Process::start(&mut command, self.address, folder, self.name).await?);
        Ok(())
    }

    /// Kills the process, which gets no time to finish its requests.
    pub(crate) fn kill(&mut self) {
        self.process = None;
    }

    pub(crate) fn process(&self) -> Result<&Process> {
        Ok(self.process.as_ref().ok_or("a replica does not run")?)
    }

    /// Takes the process, to end it.
    pub(crate) fn take(&mut self) -> Result<Process> {
        Ok(self.process.take().ok_or("a replica does not run")?)
    }
}
