//! Prints where the code breaks the rules of `ARCHITECTURE.md`. Exits with status 1 if the code breaks a rule. With the
//! argument `write`, first writes the pages of `docs/guide`.
#![expect(clippy::print_stdout, reason = "the program prints its result")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> std::io::Result<ExitCode> {
    let folder = Path::new(".");
    if std::env::args().nth(1).is_some_and(|argument| argument == "write") {
        floors::write(folder)?;
    }
    let violations = floors::check(folder)?;
    for violation in &violations {
        println!("{violation}");
    }
    println!("{} violations", violations.len());
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
