//! The page of a third party, on which a person allows the tenant to use an account.

use super::html::{Html, html};
use super::{Page, user_label};
use crate::User;
use crate::ledger::Connecting;

/// What the page shows, and where it sends the answer.
pub(crate) struct ConsentPage<'a> {
    /// The path that receives the form: the ticket as `state`, and `decision`.
    pub(crate) action: &'static str,
    pub(crate) deny: &'static str,
    pub(crate) ticket: &'a str,
    pub(crate) connecting: &'a Connecting,
    /// `None` if the user is not registered.
    pub(crate) user: Option<&'a User>,
}

impl ConsentPage<'_> {
    /// Makes the page. The browser may go on to a URL of this source: that of the client.
    pub(crate) fn page(&self, client_source: &str) -> Page {
        let Connecting { connection, client_id, user_id, .. } = self.connecting;
        let user = self.user.map_or_else(|| user_id.clone(), user_label);
        let body = html![
            "<p class=\"quiet\">A pretend third party of the local Auth0 tenant</p>\n<h1>Connect your account at ",
            connection,
            "</h1>\n<p><strong>",
            client_id,
            "</strong> wants to connect it to <strong>",
            user,
            "</strong>.</p>\n",
            self.scopes(),
            "<form method=\"post\" action=\"",
            self.action,
            "\">\n<input type=\"hidden\" name=\"state\" value=\"",
            self.ticket,
            "\">\n<button class=\"main\" name=\"decision\" value=\"allow\" autofocus>Allow</button>\n",
            "<button name=\"decision\" value=\"",
            self.deny,
            "\">Deny</button>\n</form>\n"
        ];
        Page {
            form_action: format!("'self' {client_source}"),
            is_narrow: true,
            ..Page::new("Connect an account", body)
        }
    }

    fn scopes(&self) -> Html {
        let item = |scope: &String| html!["<li><code>", scope, "</code></li>\n"];
        match self.connecting.scopes.as_deref() {
            None | Some([]) => html!["<p>It may use the account without you being there.</p>\n"],
            Some(scopes) => {
                let items = scopes.iter().map(item).collect::<Html>();
                html!["<p>It may use the account without you being there:</p>\n<ul>\n", items, "</ul>\n"]
            }
        }
    }
}
