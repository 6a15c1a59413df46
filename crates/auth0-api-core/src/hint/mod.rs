//! Hints for operators: why requests are rejected, and what to change. Hints are written to logs, and never sent to
//! callers.

mod binding;
mod decryption;
mod issuer;
#[cfg(test)]
mod label_tests;
mod logout;
mod requirement;
mod token;

use std::borrow::Cow;

use crate::credentials::CredentialsError;
use crate::downstream::DownstreamError;
use crate::error::{Error, Reason};
use crate::exchange::ProofSigningError;
use crate::revocation::RevocationError;
use crate::token::ClaimsError;

/// What the operator can do about an error, or the reason why there is nothing to do.
type Advice = Result<Cow<'static, str>, NothingToDo>;

/// Why an operator can do nothing about an error. The text is for readers of this code, and for its test.
#[derive(Debug, PartialEq, Eq)]
struct NothingToDo(&'static str);

impl Error {
    /// Returns a text for operators: what is wrong, and what to change. After a valid signature, it includes the values
    /// of the token that differ from those of the configuration.
    ///
    /// Returns `None` for errors that no setting causes, such as a malformed token.
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        self.advice().ok()
    }

    fn advice(&self) -> Advice {
        match &self.reason {
            Reason::Binding(error) => binding::advice(error),
            Reason::Ciba(error) => {
                error.hint().map_or_else(|| nothing("the user or the application has decided so"), advise)
            }
            Reason::Claims(error) => advise(of_claims(error)),
            Reason::ConnectedAccounts(error) => error.hint().map_or_else(
                || nothing("the user or their browser is the cause, or the tenant, which recovers by itself"),
                advise,
            ),
            Reason::Credentials(error) => of_credentials(*error),
            Reason::Decryption(error) => decryption::advice(error),
            Reason::Downstream(error) => of_downstream(error),
            Reason::Exchange(error) => {
                error.hint().map_or_else(|| nothing("the tenant failed, and recovers by itself"), advise)
            }
            Reason::Issuer(error) => issuer::advice(error),
            Reason::Jose(error) => token::of_jose(error),
            Reason::ProofSigning(error) => advise(of_proof_signing(error)),
            Reason::Requirement(error) => requirement::advice(error),
            Reason::Revocation(error) => of_revocation(error),
            Reason::Token(error) => token::advice(error),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it reads as the opposite of `nothing`")]
fn advise(text: impl Into<Cow<'static, str>>) -> Advice {
    Ok(text.into())
}

fn nothing(because: &'static str) -> Advice {
    Err(NothingToDo(because))
}

fn of_claims(error: &ClaimsError) -> &'static str {
    match error {
        ClaimsError::AuthorizationDetails(_) => {
            "the type that the handler asks for does not fit the claim authorization_details: compare the type with the \
             details that the clients request"
        }
        ClaimsError::Missing { .. } => {
            "the type that the handler asks for requires a claim that the token lacks: let an Action in the tenant add \
             the claim, or make the field an Option"
        }
        ClaimsError::Unsuitable { .. } => {
            "the type that the handler asks for does not fit a claim of the token: compare the type with the claims of \
             a token of this tenant"
        }
    }
}

fn of_credentials(error: CredentialsError) -> Advice {
    match error {
        CredentialsError::Malformed { .. } => advise(
            "the text after the scheme is no token: compare how the client builds the header Authorization with \
             \"Bearer <token>\"; often the token is in quotes, or a variable is printed as [object Object]",
        ),
        CredentialsError::Missing => advise(
            "the client sent no token: if it should have one, check that no proxy removes the header Authorization, and \
             that the client sends it after a redirect to another host",
        ),
        CredentialsError::Repeated { .. } => advise(
            "the request has two Authorization headers: let only one of client, gateway and proxy set the header",
        ),
        CredentialsError::SchemeNotOffered { .. } => advise(
            "the DpopPolicy does not offer the scheme of the request: use the other scheme in the client, or offer both \
             with DpopPolicy::accept()",
        ),
        CredentialsError::SeveralMethods => {
            advise("the client sent the token in the header and in a parameter: let it use the header only")
        }
        CredentialsError::TooLong { .. } => advise(
            "the token is longer than 16 KiB: let Actions add fewer or shorter claims, or take permissions out of the \
             token",
        ),
    }
}

fn of_downstream(error: &DownstreamError) -> Advice {
    match error {
        DownstreamError::ApplicationDenied { .. } => advise(
            "the other API denies this API itself: request the scope with the token, and allow it for this client in the \
             tenant",
        ),
        DownstreamError::Denied { step_up: true, .. } => advise(
            "the other API demands a stronger or more recent login: let the client log the user in again, and then call \
             this API with the new token",
        ),
        DownstreamError::Denied { .. } => advise(
            "the token for the other API lacks a scope: request the scope with the token, and allow it for this client and \
             for the user in the tenant",
        ),
        DownstreamError::Misused(_) => advise(
            "the application made the request in a wrong way: the sources of the error say what to change in the code",
        ),
        DownstreamError::TokenRejected { .. } => advise(
            "compare the audience of the token with the identifier of the other API, and the tenants and the times of both \
             APIs",
        ),
        DownstreamError::Unavailable { .. } => nothing("the other API or the network failed, and recovers by itself"),
    }
}

fn of_proof_signing(error: &ProofSigningError) -> &'static str {
    match error {
        ProofSigningError::Key(_) => {
            "the key of the application cannot sign: compare the type of the key with the algorithm that it is used for"
        }
        ProofSigningError::Url(_) => {
            "the application asked for a proof for something that is no absolute http or https URL: pass the URL to \
             which it sends the request"
        }
    }
}

fn of_revocation(error: &RevocationError) -> Advice {
    match error {
        RevocationError::ClaimMalformed { .. } => nothing("the tenant writes these claims, and never writes them so"),
        RevocationError::Revoked => nothing("the application's own list says so"),
        RevocationError::Unavailable(_) => {
            advise("the RevocationList failed or took longer than 2 s: check the service or database that it queries")
        }
    }
}
