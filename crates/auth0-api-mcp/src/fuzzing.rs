//! What the fuzz targets of this workspace see of a request.

use std::borrow::Cow;

use auth0_api_core::Requirement;
use http::HeaderMap;

use crate::headers::{check_content, check_mirrors};
use crate::message::{Contents, DeclaredVersion, Message, Operation};
use crate::requirements::Rules;
use crate::{McpRequirements, Target};

/// What decides about a message.
#[derive(Debug)]
pub struct ReadMessage {
    /// The method; empty for a response.
    pub method: String,
    /// Everything that the message names.
    pub targets: Vec<Target>,
    /// The version that `_meta` declares.
    pub version: Option<String>,
    /// Whether the message declares URL elicitation.
    pub declares_url_elicitation: bool,
}

/// The requirements of a layer, for the URIs of resources.
#[derive(Debug)]
pub struct ResourceRules(Rules);

impl ResourceRules {
    /// `None` if a layer would not take the requirements.
    pub fn new(requirements: McpRequirements) -> Option<Self> {
        requirements.prepare().ok().map(Self)
    }

    /// What reading the resource requires. `None` if it is denied.
    pub fn of(&self, uri: &str) -> Option<Requirement> {
        let resource = Operation::Target(Target::Resource(uri.into()));
        self.0.of("resources/read", &resource).ok().map(Cow::into_owned)
    }
}

/// Reads a body as the layer does. `None` if it is rejected.
pub fn read(body: &[u8]) -> Option<Vec<ReadMessage>> {
    Some(match Contents::read(body).ok()? {
        Contents::Batch(batch) => batch.into_iter().map(ReadMessage::from).collect(),
        Contents::One(message) => vec![message.into()],
    })
}

/// Reads a request with one message as the layer does since revision 2026-07-28: the headers must name the method and the
/// target of the message. `None` if it is rejected.
pub fn read_with_headers(headers: &HeaderMap, body: &[u8]) -> Option<ReadMessage> {
    check_content(headers).ok()?;
    let Contents::One(message) = Contents::read(body).ok()? else { return None };
    check_mirrors(headers, &message).ok()?;
    Some(message.into())
}

impl From<Message<'_>> for ReadMessage {
    fn from(message: Message<'_>) -> Self {
        let targets = match message.operation {
            Operation::Base | Operation::Notification | Operation::Other | Operation::Tasks => Vec::new(),
            Operation::Listen { uris, tasks } => {
                uris.into_iter().map(Target::Resource).chain(tasks.into_iter().map(Target::Task)).collect()
            }
            Operation::Target(target) => vec![target],
        };
        let version = message.meta.version.map(|version| match version {
            DeclaredVersion::Known(revision) => revision.to_string(),
            DeclaredVersion::Unknown(text) => text.into(),
        });
        let declares_url_elicitation = message.meta.declares_url_elicitation;
        Self { method: message.method.into_owned(), targets, version, declares_url_elicitation }
    }
}
