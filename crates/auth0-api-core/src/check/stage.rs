//! The parts of the verification, in their order.

/// A part of the verification, with one check or several that follow one another: a number in
/// [what is checked](crate#what-is-checked). The variants are in the order in which the parts run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// 1: the request has credentials of an offered scheme.
    Credentials,
    /// 2: an encrypted token is decrypted.
    Decryption,
    /// 3: the token has the form of a signed JWT.
    Format,
    /// 4: the issuer is trusted, and its keys are known.
    Issuer,
    /// 5: the issuer has signed the token.
    Signature,
    /// 6: the token is an access token for this API, and valid now.
    Claims,
    /// 7: the token is not revoked.
    Revocation,
    /// 8: the client has what the token is bound to.
    Binding,
    /// The token meets the requirement of the route.
    Requirement,
}

impl Stage {
    /// Returns the name of the part, as in [what is checked](crate#what-is-checked).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Decryption => "decryption",
            Self::Format => "format",
            Self::Issuer => "issuer",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::Revocation => "revocation",
            Self::Binding => "binding",
            Self::Requirement => "requirement",
        }
    }
}
