//! What a message asks the server to do.

use std::borrow::Cow;

use auth0_api_core::adapter::StrictObject;

use super::error::MessageError;
use super::look_alike;
use crate::Target;

/// What decides which requirement applies to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// The base suffices: the message names nothing, and does nothing to a tool, a resource, a prompt or a task.
    Base,
    /// A method that this crate does not know.
    Other,
    /// Any number of resources.
    Resources(Vec<Box<str>>),
    /// `tasks/list`: every task.
    Tasks,
    /// One tool, resource, prompt or task.
    Target(Target),
}

impl Operation {
    /// Reads the target of a method from its parameters.
    ///
    /// A notification is judged by its method too: a server might execute a `tools/call` without an id.
    pub(super) fn read(
        method: &str,
        params: Option<&StrictObject<'_>>,
    ) -> Result<(Cow<'static, str>, Self), MessageError> {
        let Some((known, shape)) = METHODS.iter().find(|(known, _)| *known == method) else {
            let operation = if method.starts_with("notifications/") { Self::Base } else { Self::Other };
            return Ok((Cow::Owned(method.to_owned()), operation));
        };
        let named = |name| params.map_or(Err(MessageError::Params), |params| member(params, name));
        let operation = match shape {
            Shape::Base => Self::Base,
            Shape::Completion => Self::Target(completed(params.ok_or(MessageError::Params)?)?),
            Shape::Listen => Self::Resources(listened(params.ok_or(MessageError::Params)?)?),
            Shape::Prompt => Self::Target(Target::Prompt(named("name")?)),
            Shape::Resource => Self::Target(Target::Resource(named("uri")?)),
            Shape::Task => Self::Target(Target::Task(named("taskId")?)),
            Shape::Tasks => Self::Tasks,
            Shape::Tool => Self::Target(Target::Tool(named("name")?)),
        };
        Ok((Cow::Borrowed(known), operation))
    }
}

/// Where the parameters of a method name its target.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Base,
    Completion,
    Listen,
    Prompt,
    Resource,
    Task,
    Tasks,
    Tool,
}

/// Every method of the revisions that this crate knows, and of their extensions for tasks and skills.
const METHODS: [(&str, Shape); 24] = [
    ("completion/complete", Shape::Completion),
    ("initialize", Shape::Base),
    ("logging/setLevel", Shape::Base),
    ("ping", Shape::Base),
    ("prompts/get", Shape::Prompt),
    ("prompts/list", Shape::Base),
    ("resources/directory/read", Shape::Resource),
    ("resources/list", Shape::Base),
    ("resources/read", Shape::Resource),
    ("resources/subscribe", Shape::Resource),
    ("resources/templates/list", Shape::Base),
    ("resources/unsubscribe", Shape::Resource),
    ("server/discover", Shape::Base),
    ("skills/get", Shape::Resource),
    ("skills/list", Shape::Base),
    ("subscriptions/listen", Shape::Listen),
    ("tasks/cancel", Shape::Task),
    ("tasks/get", Shape::Task),
    ("tasks/list", Shape::Tasks),
    ("tasks/result", Shape::Task),
    ("tasks/update", Shape::Task),
    ("tools/call", Shape::Tool),
    ("tools/list", Shape::Base),
    // A notification of clients, in every revision: a client that sends it with an id gets no further than without.
    ("notifications/initialized", Shape::Base),
];

fn member(object: &StrictObject<'_>, name: &str) -> Result<Box<str>, MessageError> {
    object.string(name).ok().flatten().map(Into::into).ok_or(MessageError::Params)
}

/// The members of parameters that decide.
pub(super) const MEMBERS: [&str; 6] = ["_meta", "name", "notifications", "ref", "taskId", "uri"];

/// `completion/complete` names a prompt, or the URI or template of a resource, in `ref`.
fn completed(params: &StrictObject<'_>) -> Result<Target, MessageError> {
    let reference = super::object(params, "ref")?.ok_or(MessageError::Params)?;
    if look_alike::is_in(&reference, &["name", "type", "uri"]) {
        return Err(MessageError::Params);
    }
    match &*member(&reference, "type")? {
        "ref/prompt" => member(&reference, "name").map(Target::Prompt),
        "ref/resource" => member(&reference, "uri").map(Target::Resource),
        _ => Err(MessageError::Params),
    }
}

/// `subscriptions/listen` names resources in `notifications.resourceSubscriptions`.
fn listened(params: &StrictObject<'_>) -> Result<Vec<Box<str>>, MessageError> {
    let filter = super::object(params, "notifications")?.ok_or(MessageError::Params)?;
    if look_alike::is_in(&filter, &["resourceSubscriptions"]) {
        return Err(MessageError::Params);
    }
    let Some(uris) = filter.raw("resourceSubscriptions").filter(|uris| *uris != "null") else { return Ok(Vec::new()) };
    // The text has been checked strictly, and an array of strings has one meaning with every feature of `serde_json`.
    let uris: Vec<Box<str>> = serde_json::from_str(uris).map_err(|_| MessageError::Params)?;
    if uris.len() > MOST_RESOURCES { Err(MessageError::Params) } else { Ok(uris) }
}

/// The resources of one subscription. The number is a choice of this crate: each is looked up, and the challenge of a
/// rejection names the scopes of all of them.
const MOST_RESOURCES: usize = 256;
