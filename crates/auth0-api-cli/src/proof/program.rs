//! The program: reads the token and the key, signs the proof, prints it.

use std::process::ExitCode;

use auth0_api_core::exchange::IssuedToken;
use auth0_api_core::{Algorithm, Clock as _, SystemClock};
use serde_json::json;

use super::binding;
use super::key::Key;
use super::options::ProofOptions;
use super::token;
use crate::exit_status::ExitStatus;
use crate::json::document;
use crate::printable::with_sources;
use crate::terminal::{self, Mark, tell};

/// A signed proof, and what its reader should know.
struct Proof {
    text: String,
    algorithm: Algorithm,
    thumbprint: String,
    /// Where a new key is.
    new_key: Option<String>,
    warnings: Vec<String>,
}

/// Runs `auth0-api proof`, and returns the exit status.
pub(crate) fn run(options: &ProofOptions) -> ExitCode {
    match proof(options).and_then(|proof| proof.print(options.json)) {
        Ok(()) => ExitStatus::Yes.into(),
        Err(problem) => {
            tell(Mark::Failed, &problem);
            ExitStatus::Unusable.into()
        }
    }
}

fn proof(options: &ProofOptions) -> Result<Proof, String> {
    let key = Key::of(options)?;
    let token = if options.without_token { None } else { Some(token::read()?) };
    let text = sign(options, &key, token.as_ref())?;
    // Only now, so that a wrong URL leaves no file behind.
    key.keep()?;
    let thumbprint = key.signer.thumbprint();
    let objection = token.and_then(|token| binding::objection(token.expose(), &thumbprint));
    let algorithm = (key.algorithm != Algorithm::ES256).then(|| other_algorithm(key.algorithm));
    Ok(Proof {
        text,
        algorithm: key.algorithm,
        thumbprint: thumbprint.to_string(),
        new_key: key.is_new().then(|| key.file.display().to_string()),
        warnings: objection.into_iter().chain(algorithm).collect(),
    })
}

fn sign(options: &ProofOptions, key: &Key<'_>, token: Option<&IssuedToken>) -> Result<String, String> {
    let proof = key.signer.proof(&options.method, &options.url).nonce(options.nonce.as_deref());
    let proof = match token {
        Some(token) => proof.access_token(token),
        None => proof,
    };
    proof.sign(SystemClock.now()).map_err(|error| with_sources(&error))
}

fn other_algorithm(algorithm: Algorithm) -> String {
    format!("the key signs with {}: Auth0 binds tokens to keys for ES256 only", algorithm.name())
}

impl Proof {
    /// Standard output has the header line only.
    fn print(&self, as_json: bool) -> Result<(), String> {
        let text = if as_json { document(&self.json()) } else { format!("DPoP: {}\n", self.text) };
        terminal::print(&text).map_err(|error| format!("the proof cannot be written: {error}"))?;
        if as_json {
            return Ok(());
        }
        if let Some(file) = &self.new_key {
            tell(Mark::Passed, &format!("the new key is in {file}; its thumbprint (jkt) is {}", self.thumbprint));
        }
        self.warnings.iter().for_each(|warning| tell(Mark::Warning, warning));
        Ok(())
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "proof": self.text,
            "alg": self.algorithm.name(),
            "jkt": self.thumbprint,
            "new_key": self.new_key,
            "warnings": self.warnings,
        })
    }
}
