//! What clap makes from the definition of the program: completions for shells, and the man page.

use std::io;
use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;

use crate::terminal::{self, Mark};

/// Prints the completions for a shell.
pub(crate) fn completions(shell: Shell, mut command: Command) -> ExitCode {
    let (name, mut script) = (command.get_name().to_owned(), Vec::new());
    clap_complete::generate(shell, &mut command, name, &mut script);
    printed(&script)
}

/// Prints the man page: the program, and after it each subcommand.
pub(crate) fn man_page(mut command: Command) -> ExitCode {
    command.build();
    let mut page = Vec::new();
    match write_pages(&command, &mut page) {
        Ok(()) => printed(&page),
        Err(_) => ExitCode::FAILURE,
    }
}

fn write_pages(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(page)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        clap_mangen::Man::new(subcommand.clone()).render(page)?;
    }
    Ok(())
}

fn printed(octets: &[u8]) -> ExitCode {
    match terminal::print(&String::from_utf8_lossy(octets)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::tell(Mark::Failed, &format!("the text cannot be written: {error}"));
            ExitCode::FAILURE
        }
    }
}

pub(crate) const COMPLETIONS_HELP: &str = "\
EXAMPLES
  echo 'source <(auth0-api completions bash)' >> ~/.bashrc
  auth0-api completions zsh > ~/.zfunc/_auth0-api
      The folder must be in fpath, before compinit.
  auth0-api completions fish > ~/.config/fish/completions/auth0-api.fish
  auth0-api completions powershell >> $PROFILE";

pub(crate) const MAN_HELP: &str = "\
EXAMPLES
  auth0-api man | man -l -
  auth0-api man > ~/.local/share/man/man1/auth0-api.1";
