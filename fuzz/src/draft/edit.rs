//! Edits of the members of a JSON object.

use std::collections::HashSet;

use arbitrary::Arbitrary;

use super::fitting::fitting;
use super::value::{Context, Value};

/// One edit.
#[derive(Arbitrary, Debug)]
pub(super) struct Edit {
    name: Name,
    change: Change,
}

#[derive(Arbitrary, Debug)]
enum Change {
    /// Sets the value to one for this name: an index of any size.
    Fit(u8),
    Set(Value),
    Remove,
    /// Adds a member, also if there is one of this name.
    Repeat(Value),
    /// Adds a member whose name is written with an escape.
    RepeatEscaped(Value),
    /// Writes the name with an escape.
    Escape,
    /// Moves the member to the end.
    MoveLast,
    /// Writes the name in upper case.
    UpperCase,
}

/// A name: an index of any size. Most are of the names of the object, and the others of [`NAMES`].
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Name(u8);

impl Name {
    fn text(self, own: &[&'static str]) -> &'static str {
        let index = usize::from(self.0);
        if index < 208 { own[index % own.len()] } else { NAMES[index % NAMES.len()] }
    }
}

/// Every edit of one member of these names that has no choices besides the member: each value that fits, and the changes of its
/// name and its place.
pub(super) fn each_edit(own: &[&'static str], context: &Context) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (name, position) in own.iter().zip(0..) {
        let mut values = HashSet::new();
        let fitting = (0..=u8::MAX).filter(|index| values.insert(fitting(name, *index, context))).map(Change::Fit);
        let changes = fitting.chain([Change::Remove, Change::Escape, Change::MoveLast, Change::UpperCase]);
        edits.extend(changes.map(|change| Edit { name: Name(position), change }));
    }
    edits
}

/// The text of an object with these members, after at most four edits. `own` are the names that it may have.
pub(super) fn object(
    members: &[(&'static str, String)],
    own: &[&'static str],
    edits: &[Edit],
    context: &Context,
) -> String {
    let mut written: Vec<(&str, String, String)> =
        members.iter().map(|(name, value)| (*name, format!("\"{name}\""), value.clone())).collect();
    for Edit { name, change } in edits.iter().take(4) {
        apply(&mut written, name.text(own), change, context);
    }
    let members: Vec<String> = written.into_iter().map(|(_, name, value)| format!("{name}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn apply<'n>(members: &mut Vec<(&'n str, String, String)>, name: &'n str, change: &Change, context: &Context) {
    let place = members.iter().position(|(candidate, _, _)| *candidate == name);
    let written = |value: &Value, place: Option<usize>, members: &[(&str, String, String)]| {
        let present = place.map(|place| members[place].2.as_str());
        value.text(name, present, context)
    };
    match (change, place) {
        (Change::Fit(index), Some(place)) => members[place].2 = fitting(name, *index, context),
        (Change::Fit(index), None) => members.push((name, format!("\"{name}\""), fitting(name, *index, context))),
        (Change::Set(value), Some(place)) => members[place].2 = written(value, Some(place), members),
        (Change::Set(value) | Change::Repeat(value), place) => {
            let value = written(value, place, members);
            members.push((name, format!("\"{name}\""), value));
        }
        (Change::RepeatEscaped(value), place) => {
            let value = written(value, place, members);
            members.push((name, escaped(name), value));
        }
        (_, None) => {}
        (Change::Remove, Some(place)) => drop(members.remove(place)),
        (Change::Escape, Some(place)) => members[place].1 = escaped(name),
        (Change::MoveLast, Some(place)) => {
            let member = members.remove(place);
            members.push(member);
        }
        (Change::UpperCase, Some(place)) => members[place].1 = members[place].1.to_ascii_uppercase(),
    }
}

/// A name in quotes, whose first character is written as an escape.
fn escaped(name: &str) -> String {
    let mut characters = name.chars();
    match characters.next() {
        Some(first) => format!("\"\\u{:04x}{}\"", u32::from(first), characters.as_str()),
        None => "\"\"".to_owned(),
    }
}

const NAMES: [&str; 44] = [
    "alg",
    "typ",
    "kid",
    "jwk",
    "iss",
    "aud",
    "exp",
    "nbf",
    "iat",
    "sub",
    "client_id",
    "jti",
    "cnf",
    "role",
    "htm",
    "htu",
    "ath",
    "nonce",
    "crit",
    "b64",
    "jku",
    "x5c",
    "x5u",
    "cty",
    "enc",
    "zip",
    "jkt",
    "x5t#S256",
    "kty",
    "crv",
    "x",
    "y",
    "n",
    "e",
    "d",
    "k",
    "use",
    "key_ops",
    "act",
    "scope",
    "other",
    "",
    "$serde_json::private::Number",
    "$serde_json::private::RawValue",
];
pub(super) const TOKEN_HEADER: &[&str] = &["alg", "kid", "typ", "crit", "b64", "jwk", "jku"];
pub(super) const TOKEN_CLAIMS: &[&str] =
    &["iss", "aud", "exp", "nbf", "iat", "sub", "client_id", "jti", "cnf", "role", "act"];
pub(super) const CONFIRMATION: &[&str] = &["jkt", "x5t#S256", "kid"];
pub(super) const PROOF_HEADER: &[&str] = &["typ", "alg", "jwk", "crit", "b64", "kid"];
pub(super) const PROOF_CLAIMS: &[&str] = &["jti", "htm", "htu", "iat", "ath", "nonce", "nbf", "exp"];
pub(super) const JWK: &[&str] = &["kty", "crv", "x", "y", "n", "e", "d", "k", "oth", "use", "key_ops", "kid", "alg"];
