//! The option of the request log.

use std::sync::Arc;

use super::LocalTenantBuilder;
use crate::LoggedRequest;
use crate::request_log::RequestLog;

/// # What the tenant reports
impl LocalTenantBuilder {
    /// Calls this function after each request, for example to print it while developing. Off by default.
    ///
    /// ```
    /// use auth0_api_testing::LocalTenant;
    ///
    /// let builder = LocalTenant::builder().request_log(|request| eprintln!("{request}"));
    /// # drop(builder);
    /// ```
    pub fn request_log(mut self, log: impl Fn(&LoggedRequest) + Send + Sync + 'static) -> Self {
        self.log = Some(RequestLog(Arc::new(log)));
        self
    }
}
