//! The page on which a person approves or denies what clients have asked for.

use super::html::{Html, html};
use super::{Page, user_label};
use crate::User;
use crate::ledger::ApprovalRequest;

/// What the page shows, and where it sends the answer.
pub(crate) struct ApprovalsPage<'a> {
    /// The path that receives a form: the ticket as `state`, and `decision`.
    pub(crate) action: &'static str,
    pub(crate) approve: &'static str,
    pub(crate) deny: &'static str,
    pub(crate) user: &'a User,
    pub(crate) questions: &'a [Question],
}

/// A request for approval, with the ticket of its form.
pub(crate) struct Question {
    pub(crate) ticket: String,
    pub(crate) request: ApprovalRequest,
}

impl ApprovalsPage<'_> {
    pub(crate) fn page(&self) -> Page {
        let nothing = self.questions.is_empty().then(|| html!["<p>No application asks for your approval.</p>\n"]);
        let body = html![
            "<p class=\"quiet\">Local Auth0 tenant</p>\n<h1>Your approval</h1>\n<p>You are <strong>",
            user_label(self.user),
            "</strong>.</p>\n",
            nothing,
            self.questions.iter().map(|question| self.form(question)).collect::<Html>()
        ];
        Page { form_action: "'self'".into(), is_narrow: true, ..Page::new("Your approval", body) }
    }

    fn form(&self, question: &Question) -> Html {
        let ApprovalRequest { client_id, binding_message, audience, scopes, authorization_details, .. } =
            &question.request;
        let scopes = scopes.iter().map(|scope| html!["<li><code>", scope, "</code></li>\n"]).collect::<Html>();
        let details = authorization_details.iter().map(|detail| html!["<pre>", format!("{detail:#}"), "</pre>\n"]);
        html![
            "<form method=\"post\" action=\"",
            self.action,
            "\">\n<input type=\"hidden\" name=\"state\" value=\"",
            question.ticket,
            "\">\n<h2>",
            binding_message,
            "</h2>\n<p>Approve only if <strong>",
            client_id,
            "</strong> shows you the same message. You allow it",
            audience.as_ref().map(|audience| html![" at <code>", audience, "</code>"]),
            ":</p>\n<ul>\n",
            scopes,
            "</ul>\n",
            details.collect::<Html>(),
            "<button class=\"main\" name=\"decision\" value=\"",
            self.approve,
            "\">Approve</button>\n<button name=\"decision\" value=\"",
            self.deny,
            "\">Deny</button>\n</form>\n"
        ]
    }
}
