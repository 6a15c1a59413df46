//! The program without a subcommand.

use std::process::Command;

use crate::PROGRAM;

#[test]
fn the_version_is_that_of_the_package() {
    let output = Command::new(PROGRAM).arg("--version").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), concat!("auth0-api ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn without_a_subcommand_the_help_lists_the_tools() {
    let output = Command::new(PROGRAM).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let help = String::from_utf8(output.stderr).unwrap();
    // The names of the tools are padded to one width.
    let listed = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for tool in ["tenant Run a local Auth0 tenant", "profiles Read and change the token exchange profiles"] {
        assert!(listed.contains(tool), "{help}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 100));
}
