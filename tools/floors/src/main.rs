//! Prints where the code breaks the rules of `ARCHITECTURE.md`. Exits with status 1 if the code breaks a rule.
#![expect(clippy::print_stdout, reason = "the program prints its result")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> std::io::Result<ExitCode> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let violations = floors::check(Path::new(&folder))?;
    for violation in &violations {
        println!("{violation}");
    }
    println!("{} violations", violations.len());
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
