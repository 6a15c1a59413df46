//! Checks a verified token against a requirement.

use crate::error::Error;
use crate::requirement::Requirement;
use crate::token::VerifiedToken;

/// Checking.
impl Requirement {
    /// Checks a token against the requirement.
    ///
    /// # Errors
    ///
    /// [`Error`] with a [`RequirementError`](crate::requirement::RequirementError). Pass the error to
    /// [`ApiClient::reject`](crate::ApiClient::reject).
    #[doc(alias = "authorize")]
    pub fn check(&self, token: &VerifiedToken) -> Result<(), Error> {
        let Some(lack) = self.lack(token) else { return Ok(()) };
        Err(Error::from(lack).presented_as(token.binding().scheme()))
    }
}
