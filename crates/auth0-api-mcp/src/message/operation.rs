//! What a message asks the server to do.

use std::borrow::Cow;

use auth0_api_core::adapter::StrictObject;

use super::error::MessageError;
use super::{Kind, look_alike};
use crate::Target;

/// What decides which requirement applies to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// The base suffices: the message names nothing, and does nothing to a tool, a resource, a prompt or a task.
    Base,
    /// `subscriptions/listen`: any number of resources and tasks.
    Listen { uris: Vec<Box<str>>, tasks: Vec<Box<str>> },
    /// A notification that this crate does not know. The base suffices, unless it looks like a method with a requirement.
    Notification,
    /// A method that this crate does not know.
    Other,
    /// `tasks/list`: every task.
    Tasks,
    /// One tool, resource, prompt or task.
    Target(Target),
}

impl Operation {
    /// Reads the target of a method from its parameters.
    ///
    /// A notification is judged by its method too: a server might execute a `tools/call` without an id. And a request whose
    /// method looks like that of a notification is a request.
    pub(super) fn read(
        method: &str,
        kind: Kind,
        params: Option<&StrictObject<'_>>,
    ) -> Result<(Cow<'static, str>, Self), MessageError> {
        let Some((known, shape)) = METHODS.iter().find(|(known, _)| *known == method) else {
            if method.len() > LONGEST_NAME {
                return Err(MessageError::Params);
            }
            let is_notification = kind == Kind::Notification && method.starts_with("notifications/");
            let operation = if is_notification { Self::Notification } else { Self::Other };
            return Ok((Cow::Owned(method.to_owned()), operation));
        };
        let named = |name| params.map_or(Err(MessageError::Params), |params| member(params, name));
        let operation = match shape {
            Shape::Base => Self::Base,
            Shape::Completion => Self::Target(completed(params.ok_or(MessageError::Params)?)?),
            Shape::Listen => listened(params.ok_or(MessageError::Params)?)?,
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

/// Every method that this crate knows.
pub(crate) fn known_methods() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|(method, _)| *method)
}

fn member(object: &StrictObject<'_>, name: &str) -> Result<Box<str>, MessageError> {
    let text = object.string(name).ok().flatten().filter(|text| text.len() <= LONGEST_NAME);
    text.map(Into::into).ok_or(MessageError::Params)
}

/// The members of parameters that decide, and those that [`Meta`](super::Meta) reads for every method.
pub(super) const MEMBERS: [&str; 7] = ["_meta", "inputResponses", "name", "notifications", "ref", "taskId", "uri"];

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

/// `subscriptions/listen` names resources in `notifications.resourceSubscriptions`, and tasks in `notifications.taskIds`.
///
/// Each member of the filter asks the server for something. So a member that this crate does not know cannot be judged.
fn listened(params: &StrictObject<'_>) -> Result<Operation, MessageError> {
    let filter = super::object(params, "notifications")?.ok_or(MessageError::Params)?;
    if filter.names().any(|name| !FILTER.contains(&name)) {
        return Err(MessageError::Params);
    }
    let (uris, tasks) = (names(&filter, "resourceSubscriptions")?, names(&filter, "taskIds")?);
    Ok(Operation::Listen { uris, tasks })
}

/// Returns a member that is an array of names, or absent or null.
fn names(object: &StrictObject<'_>, name: &str) -> Result<Vec<Box<str>>, MessageError> {
    let Some(names) = object.raw(name).filter(|names| *names != "null") else { return Ok(Vec::new()) };
    // The text has been checked strictly, and an array of strings has one meaning with every feature of `serde_json`.
    let names: Vec<Box<str>> = serde_json::from_str(names).map_err(|_| MessageError::Params)?;
    let is_bounded = names.len() <= MOST_SUBSCRIPTIONS && names.iter().all(|name| name.len() <= LONGEST_NAME);
    if is_bounded { Ok(names) } else { Err(MessageError::Params) }
}

/// The members of the filter of `subscriptions/listen`. `taskIds` belongs to the extension for tasks.
const FILTER: [&str; 5] =
    ["promptsListChanged", "resourceSubscriptions", "resourcesListChanged", "taskIds", "toolsListChanged"];
/// The resources of one subscription, and its tasks. The number is a choice of this crate: each is looked up, and the
/// challenge of a rejection names the scopes of all of them.
const MOST_SUBSCRIPTIONS: usize = 256;
/// The octets of a method, a name, a URI or an id. The number is a choice of this crate. The layer keeps a copy of them
/// until the server has answered.
const LONGEST_NAME: usize = 4096;
