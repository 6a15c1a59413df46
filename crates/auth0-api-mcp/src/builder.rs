//! The settings of a layer.

use std::time::Duration;

use auth0_api_axum::{ApiClient, AuthLayer, JsonBody};

use crate::Revision;
use crate::layer::McpLayer;
use crate::layer_error::McpLayerError;
use crate::receiving::BodyLimits;
use crate::requirements::{McpRequirements, OFFLINE_ACCESS};
use crate::shared::Shared;
use crate::text_body::TextBody;
use crate::unnamed::DeniedLog;

/// The settings of an [`McpLayer`].
///
/// | setting | default |
/// |---|---|
/// | [`body_limit`](Self::body_limit) | 4 MiB |
/// | [`body_timeout`](Self::body_timeout) | 30 s |
/// | [`record_subject`](Self::record_subject) | not recorded |
/// | [`revisions`](Self::revisions) | all of [`Revision::ALL`] |
#[derive(Clone, Debug)]
#[must_use]
pub struct McpLayerBuilder<R = JsonBody> {
    api: ApiClient,
    requirements: McpRequirements,
    limits: BodyLimits,
    records_subject: bool,
    revisions: Vec<Revision>,
    text: R,
}

impl McpLayer {
    /// Begins a layer that verifies tokens with `api`.
    pub fn builder(api: ApiClient, requirements: McpRequirements) -> McpLayerBuilder {
        McpLayerBuilder::new(api, requirements)
    }
}

impl McpLayerBuilder {
    fn new(api: ApiClient, requirements: McpRequirements) -> Self {
        let limits = BodyLimits { octets: DEFAULT_OCTETS, time: DEFAULT_TIME };
        Self { api, requirements, limits, records_subject: false, revisions: Revision::ALL.to_vec(), text: JsonBody }
    }
}

impl<R> McpLayerBuilder<R> {
    /// Sets how many octets the body of a message may have, 4 MiB by default, which is the limit of `rmcp` too. A longer
    /// body is rejected with 413. At most 1 GiB.
    ///
    /// The layer keeps the whole body in memory. The check for duplicate names needs several times as much for a moment,
    /// if the body consists of very short members.
    pub fn body_limit(mut self, octets: usize) -> Self {
        self.limits.octets = octets.min(MOST_OCTETS);
        self
    }

    /// Sets how long the layer waits for the body of a message, 30 s by default. A slower client is rejected with 408.
    ///
    /// The time begins when the layer waits for the first time. It needs the timer of a tokio runtime.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.limits.time = time;
        self
    }

    /// Records the subject of each verified token as the field `enduser.id` of the request's span, as
    /// [`AuthLayer::record_subject`]. Default: not recorded, because a subject is personal data.
    pub fn record_subject(mut self) -> Self {
        self.records_subject = true;
        self
    }

    /// Sets the revisions that the server behind the layer supports; all that this crate knows by default.
    ///
    /// A request of another revision is rejected with 400 and the error `-32022`, which lists these revisions. The server
    /// negotiates the revision of `initialize` itself. A request without a version is of the revision 2025-03-26, or of
    /// 2024-11-05 if the server supports this one and not the other.
    pub fn revisions(mut self, revisions: impl IntoIterator<Item = Revision>) -> Self {
        self.revisions = revisions.into_iter().collect();
        self.revisions.sort_unstable();
        self.revisions.dedup();
        self
    }

    /// Sets the function that makes the body of a response from a text, for a service whose response body is not
    /// `From<String>`, such as `rmcp` without axum. The layer then copies the head of each request.
    ///
    /// ```
    /// # use auth0_api_mcp::{ApiClient, McpLayer, McpRequirements, Requirement};
    /// use std::convert::Infallible;
    ///
    /// use bytes::Bytes;
    /// use http_body_util::{BodyExt, Full, combinators::BoxBody};
    ///
    /// # fn layer(api: ApiClient, requirements: McpRequirements) -> Result<(), Box<dyn std::error::Error>> {
    /// let layer = McpLayer::builder(api, requirements)
    ///     .text_body(|text| -> BoxBody<Bytes, Infallible> { Full::from(text).boxed() })
    ///     .build()?;
    /// # _ = layer;
    /// # Ok(())
    /// # }
    /// ```
    pub fn text_body<B, F: Fn(String) -> B + Clone + Send + Sync + 'static>(
        self,
        function: F,
    ) -> McpLayerBuilder<TextBody<F>> {
        let Self { api, requirements, limits, records_subject, revisions, text: _ } = self;
        McpLayerBuilder { api, requirements, limits, records_subject, revisions, text: TextBody(function) }
    }

    /// Builds the layer.
    ///
    /// # Errors
    ///
    /// [`McpLayerError`]: a mistake in the requirements, in the metadata of the client or in the settings.
    ///
    /// What is checked here does not change later: the layer keeps its requirements, and
    /// [`ApiClient::reload`](auth0_api_axum::ApiClient::reload) keeps the scopes of the metadata.
    pub fn build(self) -> Result<McpLayer<R>, McpLayerError>
    where
        R: Clone,
    {
        let Self { api, requirements, limits, records_subject, revisions, text } = self;
        if revisions.is_empty() {
            return Err(McpLayerError::Revisions);
        }
        if api.resource_metadata().ok_or(McpLayerError::MetadataMissing)?.names_scope(OFFLINE_ACCESS) {
            return Err(McpLayerError::OfflineAccessInMetadata);
        }
        let rules = requirements.prepare()?;
        let auth = AuthLayer::new(api.clone()).rejection_body(text.clone());
        let auth = if records_subject { auth.record_subject() } else { auth };
        Ok(McpLayer::new(auth, Shared { api, rules, denied: DeniedLog::default(), limits, revisions }, text))
    }
}

/// As the limit of `rmcp`.
const DEFAULT_OCTETS: usize = 4 << 20;
/// Positions in the text have 32 bits.
const MOST_OCTETS: usize = 1 << 30;
/// 4 MiB at 1.2 Mbit/s.
const DEFAULT_TIME: Duration = Duration::from_secs(30);
