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
    for tool in ["check ", "doctor ", "profiles ", "proof ", "tenant ", "completions ", "man "] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(tool)), "{help}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 100));
}

fn output(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(PROGRAM).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_help_of_each_tool_fits_the_width_and_ends_with_examples() {
    for tool in [&["check"][..], &["doctor"], &["profiles"], &["proof"], &["completions"], &["man"]] {
        let (status, help) = output(&[tool, &["--help"]].concat());
        assert_eq!(status, Some(0));
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
        assert!(help.contains(&format!("  auth0-api {}", tool[0])), "{help}");
    }
    let (_, help) = output(&["check", "--help"]);
    assert!(help.contains("EXIT STATUS\n  0  accepted\n  1  rejected\n"), "{help}");
}

#[test]
fn completions_know_the_tools_and_their_flags() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (status, script) = output(&["completions", shell]);
        assert_eq!(status, Some(0), "{shell}");
        assert!(script.contains("auth0-api") && script.contains("decryption-key"), "{shell} {script}");
        assert!(script.contains("without-token"), "{shell} {script}");
    }
    assert_eq!(output(&["completions", "cmd"]).0, Some(2));
}

#[cfg(unix)]
#[test]
fn the_completions_for_bash_are_a_script_of_bash() {
    let (_, script) = output(&["completions", "bash"]);
    let checked = Command::new("bash").args(["-n", "-c", &script]).status();
    assert!(checked.is_ok_and(|status| status.success()));
}

#[test]
fn the_man_page_describes_every_tool() {
    let (status, page) = output(&["man"]);
    assert_eq!(status, Some(0));
    assert!(page.contains(".TH auth0-api 1"), "{page}");
    for part in
        ["auth0\\-api\\-check", "auth0\\-api\\-proof", "auth0\\-api\\-tenant", "EXIT STATUS", "\\-\\-decryption\\-key"]
    {
        assert!(page.contains(part), "{part}\n{page}");
    }
}
