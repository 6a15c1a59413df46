//! auth0-spa-js, from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns the text of the library. Installs it first if it is missing.
///
/// # Errors
///
/// What the developer has to install.
pub(crate) fn library() -> Result<String, String> {
    if let Ok(library) = fs::read_to_string(path()) {
        return Ok(library);
    }
    let version = Command::new(NPM).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        return Err(MISSING.into());
    }
    println!("Installing auth0-spa-js, in the version of package-lock.json …");
    // The page needs no package that runs a script when it is installed.
    let arguments = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
    let installed = Command::new(NPM).args(arguments).current_dir(folder()).status();
    if !installed.is_ok_and(|status| status.success()) {
        return Err(format!("npm could not install the package: run npm ci in {}", folder().display()));
    }
    fs::read_to_string(path()).map_err(|error| format!("cannot read {}: {error}", path().display()))
}

fn path() -> PathBuf {
    folder().join("node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.esm.js")
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

const MISSING: &str = "The page needs auth0-spa-js, which comes from npm, and npm is missing.\n\
    Install Node 20 or newer, which contains npm (https://nodejs.org), and run this command again.";
