//! The flags of `auth0-api proof`.

use std::path::PathBuf;

use clap::ArgGroup;
use clap::builder::NonEmptyStringValueParser;

use crate::exit_status;

/// Which request the proof is for, and which key signs it. The token is never an argument, because other users of a machine
/// can read the arguments of its processes.
#[derive(Debug, clap::Args)]
#[command(after_help = help(), group = ArgGroup::new("signer").required(true))]
pub(crate) struct ProofOptions {
    /// Method of the request, in capital letters
    #[arg(value_parser = method)]
    pub(super) method: String,
    /// URL of the request; the proof leaves out its query
    pub(super) url: String,
    /// Private key that signs the proof (PEM or JWK)
    #[arg(long, value_name = "FILE", group = "signer")]
    pub(super) key: Option<PathBuf>,
    /// Make a new key for ES256, and write it to this file, which only you can read
    #[arg(long, value_name = "FILE", group = "signer")]
    pub(super) new_key: Option<PathBuf>,
    /// Nonce that the server sent in the header DPoP-Nonce
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(super) nonce: Option<String>,
    /// Read no token: the proof is for a token request
    #[arg(long)]
    pub(super) without_token: bool,
    /// Print JSON, for other programs
    #[arg(long)]
    pub(super) json: bool,
}

/// Reads a method ([RFC 9110 §9.1](https://www.rfc-editor.org/rfc/rfc9110#section-9.1)). Upper and lower case differ, and a
/// client that sends `get` would get a proof that no API accepts.
fn method(text: &str) -> Result<String, String> {
    if text.is_empty()
        || !text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet))
    {
        return Err("write the method of the request, such as GET or POST".into());
    }
    let capitals = text.to_ascii_uppercase();
    if capitals != text {
        return Err(format!("upper and lower case differ in methods: write {capitals}"));
    }
    Ok(capitals)
}

fn help() -> String {
    format!("{MORE}\n\n{}", exit_status::OF_PROOF)
}

const MORE: &str = "\
A DPoP proof shows that a client has the key that its access token is bound to. It is good for one request: this \
method, this URL, this token, once, and within some minutes. The program prints it as a header line.

The access token comes from standard input, so that it lands in no history of a shell: a token, the line \
Authorization, or the answer of a token endpoint. Its hash becomes the claim ath. The program does not print the \
token. It warns if the token is bound to another key, or to none.

EXAMPLES
  auth0-api proof POST https://TENANT/oauth/token --new-key key.pem \\
      --without-token > proof.txt
  curl https://TENANT/oauth/token -H @proof.txt -d @form.txt > token.json
      Gets a token that is bound to a new key. The proof and its key are for
      tests: delete key.pem afterwards.
  auth0-api proof GET https://api.example.com/orders --key key.pem \\
      < token.json > proof.txt
      A proof for a request with this token.
  auth0-api check --url https://api.example.com/orders < request.txt
      Would the API accept both? The file has the lines Authorization and DPoP.
  auth0-api proof GET https://api.example.com/orders --key key.pem \\
      --nonce NONCE < token.json
      After the answer 401 with use_dpop_nonce and the header DPoP-Nonce.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_in_capital_letters() {
        for (text, expected) in [
            ("GET", Ok("GET")),
            ("M-SEARCH", Ok("M-SEARCH")),
            ("get", Err("write GET")),
            ("Post", Err("write POST")),
            ("", Err("write the method")),
            ("GET /", Err("write the method")),
            ("https://api.example.com", Err("write the method")),
        ] {
            let parsed = method(text);
            let is_expected = match (&parsed, expected) {
                (Ok(method), Ok(expected)) => method == expected,
                (Err(problem), Err(expected)) => problem.contains(expected),
                _ => false,
            };
            assert!(is_expected, "{text}: {parsed:?}");
        }
    }
}
