//! How users sign in at `/authorize`: at once, or on a page.

/// How the tenant signs a user in when a browser has no session that suffices.
///
/// ```
/// use auth0_api_testing::{LocalTenant, SignIn};
///
/// let builder = LocalTenant::builder().sign_in(SignIn::Page);
/// # drop(builder);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignIn {
    /// Signs in at once, without a page: the user of `login_hint`, else the user of the browser's earlier session, else
    /// the first registered user. A test has no person who could choose. The default.
    #[default]
    Immediate,
    /// Shows a page, on which a person chooses a user, or denies. The pages of third parties that Connect Accounts
    /// opens also wait for a person.
    Page,
}
