//! The messages of a client, read strictly from the body of a `POST`.

// For readers of the code:
//
// 1. `read` reads the body: one message, or a batch.
// 2. `look_alike`: members that some parsers take for those that are read.
// 3. `operation`: what a message asks the server to do, and to which tool, resource, prompt or task.
// 4. `meta`: the version of the protocol and the client's capabilities that a message declares.
//
// Everything is read with the strict JSON of auth0-api-core: the server behind the layer reads the same octets with a
// parser of its own, and a message that two parsers read differently must not pass.

mod error;
mod look_alike;
mod meta;
mod operation;

use std::borrow::Cow;

use auth0_api_core::adapter::StrictObject;

pub use self::error::MessageError;
pub(crate) use self::look_alike::folded as fold_letter;
pub(crate) use self::meta::{DeclaredVersion, Meta};
pub(crate) use self::operation::{Operation, known_methods};

/// The content of a body.
#[derive(Debug)]
pub(crate) enum Contents<'m> {
    Batch(Vec<Message<'m>>),
    One(Message<'m>),
}

/// One message of JSON-RPC.
#[derive(Debug)]
pub(crate) struct Message<'m> {
    pub(crate) kind: Kind,
    pub(crate) id: Option<Id<'m>>,
    /// Empty for a response.
    pub(crate) method: Cow<'static, str>,
    pub(crate) operation: Operation,
    pub(crate) meta: Meta<'m>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Notification,
    Request,
    Response,
}

/// The id of a request, as JSON text: a string or an integer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id<'m>(&'m str);

/// A message that is rejected, with its id if it could be read.
#[derive(Debug)]
pub(crate) struct Rejected<'m> {
    pub(crate) error: MessageError,
    pub(crate) id: Option<Id<'m>>,
}

impl<'m> Contents<'m> {
    /// Reads a body.
    pub(crate) fn read(body: &'m [u8]) -> Result<Self, Rejected<'m>> {
        let text = str::from_utf8(body).map_err(|_| Rejected::without_id(MessageError::NotUtf8))?;
        if !text.trim_ascii_start().starts_with('[') {
            return Message::read(text).map(Self::One);
        }
        let elements =
            StrictObject::elements(text, MOST_MESSAGES).map_err(|error| Rejected::without_id(error.into()))?;
        let elements = elements.ok_or(Rejected::without_id(MessageError::BatchTooLong))?;
        if elements.is_empty() {
            return Err(Rejected::without_id(MessageError::NotAMessage));
        }
        elements.into_iter().map(Message::read).collect::<Result<_, _>>().map(Self::Batch)
    }
}

impl<'m> Message<'m> {
    fn read(text: &'m str) -> Result<Self, Rejected<'m>> {
        let message = StrictObject::read(text).map_err(|error| Rejected::without_id(error.into()))?;
        let id = Id::read(&message).map_err(Rejected::without_id)?;
        Self::with_id(&message, id).map_err(|error| Rejected { error, id })
    }

    fn with_id(message: &StrictObject<'m>, id: Option<Id<'m>>) -> Result<Self, MessageError> {
        if look_alike::is_in(message, &MEMBERS) {
            return Err(MessageError::NotAMessage);
        }
        if text(message, "jsonrpc")?.as_deref() != Some("2.0") {
            return Err(MessageError::NotAMessage);
        }
        let is_answer = message.raw("result").is_some() != message.raw("error").is_some();
        let Some(method) = text(message, "method")? else {
            let response = Self {
                kind: Kind::Response,
                id,
                method: Cow::Borrowed(""),
                operation: Operation::Base,
                meta: Meta::default(),
            };
            return if is_answer { Ok(response) } else { Err(MessageError::NotAMessage) };
        };
        if message.raw("result").is_some() || message.raw("error").is_some() {
            return Err(MessageError::NotAMessage);
        }
        let params = object(message, "params").map_err(|_| MessageError::NotAMessage)?;
        if params.as_ref().is_some_and(|params| look_alike::is_in(params, &operation::MEMBERS)) {
            return Err(MessageError::Params);
        }
        let kind = if id.is_some() { Kind::Request } else { Kind::Notification };
        let (method, operation) = Operation::read(&method, kind, params.as_ref())?;
        let meta = Meta::read(&method, params.as_ref())?;
        Ok(Self { kind, id, method, operation, meta })
    }
}

impl Message<'_> {
    /// Whether the message asks the server to do something: it is no response, and not one of the notifications of the
    /// specification.
    pub(crate) fn is_call(&self) -> bool {
        match self.kind {
            Kind::Notification => !self.method.starts_with("notifications/"),
            Kind::Request => true,
            Kind::Response => false,
        }
    }
}

impl<'m> Id<'m> {
    fn read(message: &StrictObject<'m>) -> Result<Option<Self>, MessageError> {
        let Some(raw) = message.raw("id") else { return Ok(None) };
        let digits = raw.strip_prefix('-').unwrap_or(raw);
        let is_integer = digits.bytes().all(|octet| octet.is_ascii_digit());
        let is_id = is_integer || matches!(message.string("id"), Ok(Some(_)));
        if is_id && raw.len() <= LONGEST_ID { Ok(Some(Self(raw))) } else { Err(MessageError::NotAMessage) }
    }

    /// The JSON text.
    pub(crate) fn as_json(self) -> &'m str {
        self.0
    }
}

impl Rejected<'_> {
    pub(crate) fn without_id(error: MessageError) -> Self {
        Self { error, id: None }
    }
}

/// Returns a member of a message that must be a string.
fn text<'o>(message: &'o StrictObject<'_>, name: &str) -> Result<Option<Cow<'o, str>>, MessageError> {
    message.string(name).map_err(|_| MessageError::NotAMessage)
}

/// Returns a member that must be an object, or is absent or null.
fn object<'m>(outer: &StrictObject<'m>, name: &str) -> Result<Option<StrictObject<'m>>, MessageError> {
    match outer.raw(name) {
        None | Some("null") => Ok(None),
        Some(raw) => StrictObject::read(raw).map(Some).map_err(|_| MessageError::Params),
    }
}

/// The members of a message.
const MEMBERS: [&str; 6] = ["error", "id", "jsonrpc", "method", "params", "result"];
/// Clients of the revision 2025-03-26 send a few messages together. The number is a choice of this crate.
const MOST_MESSAGES: usize = 64;
/// Clients count, or use UUIDs of 36 characters. The id is sent back to the client, so that an answer stays short.
const LONGEST_ID: usize = 256;
