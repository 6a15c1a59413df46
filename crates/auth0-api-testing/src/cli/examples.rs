//! What the program serves if nobody tells it otherwise. It is enough for every flow of a page and of an API.

use crate::{Connection, LinkedAccount, User};

pub(super) const PORT: u16 = 4711;
pub(super) const AUDIENCE: &str = "https://api.example.com";
pub(super) const DOWNSTREAM: &str = "https://downstream.example.com";
pub(super) const CLIENT_ID: &str = "local-client";
pub(super) const CLIENT_SECRET: &str = "local-secret";
pub(super) const API_CLIENT_ID: &str = "local-api-client";
pub(super) const API_CLIENT_SECRET: &str = "local-api-secret";

/// The client id of pages.
pub(super) const PAGE: &str = "local-page";

/// The exchange profile: a session of the system that the users had before.
pub(super) const PROFILE: &str = "urn:local:legacy-session";
pub(super) const PREFIX: &str = "legacy:";

/// Two organizations, so that a page can switch from one to the other.
pub(super) fn organizations(own: Vec<(String, String)>) -> Vec<(String, String)> {
    let examples = [("org_acme", "acme"), ("org_globex", "globex")];
    or_examples(own, || examples.map(|(id, name)| (id.into(), name.into())).into())
}

/// Two users, so that a page can sign in another one.
pub(super) fn users(own: Vec<User>, organizations: &[(String, String)]) -> Vec<User> {
    let user = |id: &str, name: &str, nickname: &str| {
        let user = User::new(id)
            .claim("name", name)
            .claim("nickname", nickname)
            .claim("email", format!("{nickname}@example.com"))
            .claim("email_verified", true);
        organizations.iter().fold(user, |user, (id, _)| user.member_of(id))
    };
    or_examples(own, || vec![user("auth0|local-user", "Local User", "user"), user("auth0|ada", "Ada Lovelace", "ada")])
}

/// Two connections: the first user has linked an account of the first one.
pub(super) fn connections(
    own: Vec<Connection>,
    accounts: &mut Vec<(String, LinkedAccount)>,
    user: Option<&User>,
) -> Vec<Connection> {
    if !own.is_empty() || !accounts.is_empty() {
        return own;
    }
    let linked = "google-oauth2";
    accounts.extend(user.map(|user| (user.id().to_owned(), LinkedAccount::new(linked))));
    vec![linked.into(), "slack".into()]
}

fn or_examples<T>(own: Vec<T>, examples: impl FnOnce() -> Vec<T>) -> Vec<T> {
    if own.is_empty() { examples() } else { own }
}
