//! The program as a child process: `local-tenant`, or `auth0-api tenant` in the tests of `auth0-api-cli`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::{ARGUMENTS, PROGRAM};

/// A running program; killed when this value is dropped.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    /// What the program has printed before it was ready.
    pub(crate) introduction: Vec<String>,
}

impl Running {
    /// Starts the program on a free port, and waits until it is ready.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_with(options, &[])
    }

    /// Starts it with these environment variables.
    pub(crate) fn start_with(options: &[&str], variables: &[(&str, &str)]) -> Self {
        let any_port: &[&str] = if options.contains(&"--port") { &[] } else { &["--port", "0"] };
        let mut program = program(&[any_port, options].concat());
        let mut child = program.envs(variables.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = lines(child.stdout.take().unwrap());
        let mut running = Self { child, lines, introduction: Vec::new() };
        while !running.introduction.last().is_some_and(|line| line.contains("Stop with ctrl-c")) {
            let line = running.line();
            running.introduction.push(line);
        }
        running
    }

    /// Returns the value of a row, such as `domain`.
    pub(crate) fn value(&self, label: &str) -> String {
        let mut rows = self.introduction.iter().filter_map(|line| line.strip_prefix("  ")?.strip_prefix(label));
        rows.next().unwrap().trim().to_owned()
    }

    /// Returns the value of an exported variable, as the shell reads it.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        let start = format!("  export {name}=");
        let value = self.introduction.iter().find_map(|line| line.strip_prefix(&start))?;
        Some(value.trim_matches('\'').replace(r"'\''", "'"))
    }

    /// Waits for the next line.
    pub(crate) fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    /// Sends SIGTERM, and waits until the program has ended. Returns what it printed last.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> (ExitStatus, Vec<String>) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut rest = Vec::new();
        // The channel ends when the program closes its output.
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            rest.push(line);
        }
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs the program until it ends by itself.
pub(crate) fn output(options: &[&str]) -> Output {
    let mut child = program(options).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = lines(child.stdout.take().unwrap());
    let mut stdout = Vec::new();
    while let Ok(line) = lines.recv_timeout(PATIENCE) {
        stdout.extend_from_slice(line.as_bytes());
        stdout.push(b'\n');
    }
    drop(child.kill());
    let mut stderr = Vec::new();
    child.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
    Output { status: child.wait().unwrap(), stdout, stderr }
}

fn program(options: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(ARGUMENTS).args(options);
    // The shell of a developer may set these.
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// Reads lines in a thread, so that a test can stop waiting for them.
fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The limit for each wait, long enough for a busy machine. A test that hangs fails after this time.
const PATIENCE: Duration = Duration::from_secs(60);
