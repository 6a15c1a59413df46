//! Runs the program as a new user would run it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod serve;
mod tour;

use std::process::Output;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// Runs the program until it ends.
async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = quickstart(arguments);
    command.envs(variables.iter().copied());
    timeout(PATIENCE, command.output()).await.unwrap().unwrap()
}

/// The program without the variables that choose colours, which the shell of a developer may set.
fn quickstart(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    command.args(arguments).kill_on_drop(true);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn assert_fits_80_columns(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// The tour takes one or two seconds. This limit is long enough for a busy machine. A test that hangs fails after this
/// time.
const PATIENCE: Duration = Duration::from_secs(60);
