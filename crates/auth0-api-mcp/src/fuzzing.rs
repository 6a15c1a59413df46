//! What the fuzz target of this workspace sees of a body.

use crate::Target;
use crate::message::{Contents, DeclaredVersion, Message, Operation};

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

/// Reads a body as the layer does. `None` if it is rejected.
pub fn read(body: &[u8]) -> Option<Vec<ReadMessage>> {
    Some(match Contents::read(body).ok()? {
        Contents::Batch(batch) => batch.into_iter().map(ReadMessage::from).collect(),
        Contents::One(message) => vec![message.into()],
    })
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
