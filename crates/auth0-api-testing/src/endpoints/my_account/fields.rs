//! The members of a JSON body. Everything that is wrong with a body is reported at once.

use serde_json::{Map, Value, json};

use super::error::MyAccountError;

#[derive(Debug)]
pub(crate) struct Fields {
    members: Map<String, Value>,
    errors: Vec<Value>,
}

impl Fields {
    pub(crate) fn read(body: &[u8]) -> Result<Self, MyAccountError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self { members, errors: Vec::new() }),
            _ => Err(MyAccountError::bad_request("The body of the request is not a JSON object")),
        }
    }

    /// Returns a text of at most `longest` characters; `None` if it is missing, or invalid.
    pub(crate) fn text(&mut self, name: &str, longest: usize) -> Option<String> {
        match self.members.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if (1..=longest).contains(&text.chars().count()) => Some(text.clone()),
            Some(_) => {
                self.invalid(name, &format!("must be a text of 1 to {longest} characters"));
                None
            }
        }
    }

    /// Returns a text that the body must have; an empty text if it is invalid.
    pub(crate) fn required(&mut self, name: &str, longest: usize) -> String {
        if matches!(self.members.get(name), None | Some(Value::Null)) {
            self.invalid(name, "is missing");
        }
        self.text(name, longest).unwrap_or_default()
    }

    /// Returns a list of texts; `None` if it is missing, or invalid.
    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let value = self.members.get(name).filter(|value| !value.is_null())?;
        let items = value.as_array().map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)));
        let texts = items.and_then(Iterator::collect);
        if texts.is_none() {
            self.invalid(name, "must be a list of texts");
        }
        texts
    }

    /// Checks that a member is an object if it is there.
    pub(crate) fn object(&mut self, name: &str) {
        if self.members.get(name).is_some_and(|value| !value.is_null() && !value.is_object()) {
            self.invalid(name, "must be an object");
        }
    }

    pub(crate) fn invalid(&mut self, name: &str, what: &str) {
        let detail = format!("{name} {what}");
        self.errors.push(json!({ "detail": detail, "field": name, "pointer": format!("/{name}"), "source": "body" }));
    }

    /// # Errors
    ///
    /// When something was invalid.
    pub(crate) fn finish(self) -> Result<(), MyAccountError> {
        if self.errors.is_empty() { Ok(()) } else { Err(MyAccountError::invalid(self.errors)) }
    }
}
