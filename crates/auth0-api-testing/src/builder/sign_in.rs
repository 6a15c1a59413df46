//! The option of the sign-in page.

use super::LocalTenantBuilder;
use crate::SignIn;

/// # How users sign in
impl LocalTenantBuilder {
    /// Sets how users sign in; [`SignIn::Immediate`] by default.
    pub fn sign_in(mut self, sign_in: SignIn) -> Self {
        self.registry.sign_in = sign_in;
        self
    }
}
