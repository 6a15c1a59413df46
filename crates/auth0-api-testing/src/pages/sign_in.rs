//! The page on which a person chooses a user, and allows or denies what the client asks for.

use super::html::{Html, html};
use super::{Page, user_claim};
use crate::User;
use crate::registry::Organization;

/// What the page shows, and where it sends the answer.
pub(crate) struct SignInPage<'a> {
    /// The path that receives the form: the ticket as `state`, `user` with the id of the chosen user, and `decision`.
    pub(crate) action: &'static str,
    pub(crate) ticket: &'a str,
    pub(crate) deny: &'static str,
    pub(crate) client_id: &'a str,
    pub(crate) client_name: Option<&'a str>,
    pub(crate) audience: Option<&'a str>,
    pub(crate) scopes: &'a [&'a str],
    pub(crate) organization: Option<&'a Organization>,
    pub(crate) login_hint: Option<&'a str>,
    pub(crate) users: &'a [User],
}

impl SignInPage<'_> {
    /// Makes the page. The browser may go on to a URL of this source: that of the client.
    pub(crate) fn page(&self, client_source: &str) -> Page {
        let chosen = self.users.iter().position(|user| self.login_hint.is_some_and(|hint| user.matches_hint(hint)));
        let users = self.users.iter().enumerate().map(|(index, user)| option(user, index == chosen.unwrap_or(0)));
        let body = html![
            "<p class=\"quiet\">Local Auth0 tenant</p>\n<h1>Sign in to ",
            self.client_id,
            "</h1>\n",
            self.client_name.map(|name| html!["<p>It calls itself <strong>", name, "</strong>.</p>\n"]),
            self.organization.map(|known| html!["<p>Organization <strong>", known.name, "</strong></p>\n"]),
            "<form method=\"post\" action=\"",
            self.action,
            "\">\n<input type=\"hidden\" name=\"state\" value=\"",
            self.ticket,
            "\">\n<fieldset>\n<legend>Who are you?</legend>\n",
            users.collect::<Html>(),
            "</fieldset>\n",
            self.consent(),
            "<button class=\"main\" name=\"decision\" value=\"allow\">Sign in</button>\n<button name=\"decision\" value=\"",
            self.deny,
            "\">Deny</button>\n</form>\n"
        ];
        Page { form_action: format!("'self' {client_source}"), is_narrow: true, ..Page::new("Sign in", body) }
    }

    /// Says what the client may do if the person signs in.
    fn consent(&self) -> Option<Html> {
        let scopes = self.scopes.iter().map(|scope| html!["<li><code>", *scope, "</code></li>\n"]).collect::<Html>();
        let api = self.audience.map(|audience| html![" at <code>", audience, "</code>"]);
        (!self.scopes.is_empty()).then(|| {
            html!["<p>You allow <strong>", self.client_id, "</strong>", api, ":</p>\n<ul>\n", scopes, "</ul>\n"]
        })
    }
}

fn option(user: &User, is_chosen: bool) -> Html {
    let mut checked = Html::default();
    if is_chosen {
        checked.markup(" checked autofocus");
    }
    let name = user_claim(user, "name").unwrap_or(user.id());
    let details = match user_claim(user, "email") {
        Some(email) => format!("{email} · {}", user.id()),
        None => user.id().to_owned(),
    };
    html![
        "<label><input type=\"radio\" name=\"user\" required value=\"",
        user.id(),
        "\"",
        checked,
        "><span>",
        name,
        "<small>",
        details,
        "</small></span></label>\n"
    ]
}
