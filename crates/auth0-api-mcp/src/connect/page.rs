//! The pages, and the redirects.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::ending::Ending;
use super::shared::Shared;

/// Reports and shows how the flow with this `state` has ended.
pub(super) fn show(shared: &Shared, ending: &Ending, state: Option<&str>) -> Response<String> {
    ending.log(&shared.events);
    of(shared, ending, state)
}

/// Shows how the flow has ended, and removes the cookie of this `state`.
pub(super) fn of(shared: &Shared, ending: &Ending, state: Option<&str>) -> Response<String> {
    let mut response = Response::new(html(ending));
    *response.status_mut() = ending.status();
    let headers = response.headers_mut();
    secure(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    match ending {
        Ending::Method { allowed } => drop(headers.insert(ALLOW, HeaderValue::from_static(allowed))),
        Ending::Failed(_) => drop(headers.insert(RETRY_AFTER, HeaderValue::from_static("30"))),
        Ending::QuotaReached { retry_after } => {
            drop(headers.insert(RETRY_AFTER, HeaderValue::from(retry_after.as_secs().max(1))));
        }
        _ => {}
    }
    // These say nothing about a flow of this browser, or the flow goes on.
    let keeps_cookie = matches!(ending, Ending::Invalid | Ending::Method { .. } | Ending::NoFlow | Ending::Repeated);
    if let Some(cookie) = state.filter(|_| !keeps_cookie).and_then(|state| shared.remove_cookie(state)) {
        headers.append(SET_COOKIE, cookie);
    }
    response
}

/// What the person confirms.
pub(super) struct Question<'q> {
    pub(super) connection: &'q str,
    /// What the tool asks for at the provider.
    pub(super) scopes: &'q [Box<str>],
    /// The user id, which the tenant gives.
    pub(super) person: &'q str,
    pub(super) email: Option<&'q str>,
    pub(super) organization: Option<&'q str>,
    /// The MCP client that has asked.
    pub(super) client: Option<&'q str>,
    /// The path and the query to which the answer is posted.
    pub(super) action: &'q str,
}

/// Asks the person.
pub(super) fn ask(question: &Question<'_>) -> Response<String> {
    let person = match question.email {
        Some(email) => format!("{email} ({})", question.person),
        None => question.person.to_owned(),
    };
    let organization = question.organization.map(|id| format!(" in the organization {id}")).unwrap_or_default();
    let client = match question.client.filter(|client| !client.is_empty()) {
        Some(client) => format!("The application {client}"),
        None => "An application without a name".to_owned(),
    };
    let scopes = match question.scopes {
        [] => "no particular permissions".to_owned(),
        scopes => format!("these permissions: {}", scopes.join(", ")),
    };
    let text = format!(
        "You are logged in as {person}{organization}. {client} asks to use your account at {}, with {scopes}. You connect \
         the account on the next page. If you did not ask for this, or if you are not {person}, close this page.",
        question.connection
    );
    let (text, action) = (escaped(&text), escaped(question.action));
    let form = format!("<form method=\"post\" action=\"{action}\"><button>Continue</button></form>\n");
    let mut response = Response::new(document("Connect your account?", &text, &form));
    let headers = response.headers_mut();
    secure(headers);
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY_OF_FORM));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    response
}

/// Sends the browser on, from a page.
pub(super) fn go_on(url: &str) -> Response<String> {
    let url = escaped(url);
    let head = format!("<meta http-equiv=\"refresh\" content=\"0;url={url}\">\n");
    let link = format!("<p><a href=\"{url}\">Continue</a></p>\n");
    let mut response = Response::new(document("Continue", "", &format!("{head}{link}")));
    let headers = response.headers_mut();
    secure(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    response
}

/// Sends the browser on, with a cookie.
pub(super) fn redirect(url: &str, cookie: HeaderValue) -> Option<Response<String>> {
    redirect_with(StatusCode::FOUND, url, cookie)
}

/// Sends the browser on after a form, with a cookie. The browser gets the next page, and does not post the form again.
pub(super) fn see_other(url: &str, cookie: HeaderValue) -> Option<Response<String>> {
    redirect_with(StatusCode::SEE_OTHER, url, cookie)
}

fn redirect_with(status: StatusCode, url: &str, cookie: HeaderValue) -> Option<Response<String>> {
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    secure(headers);
    headers.insert(LOCATION, HeaderValue::try_from(url).ok()?);
    headers.insert(SET_COOKIE, cookie);
    Some(response)
}

/// The URLs of the pages have tickets and codes: nothing is stored, framed, or sent on as a referrer.
fn secure(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
}

fn html(ending: &Ending) -> String {
    let (title, text) = (escaped(ending.title()), escaped(&ending.text()));
    let again = match ending {
        Ending::NotTheCaller { again: Some(url) } => {
            format!("<p><a href=\"{}\">Log in as somebody else</a></p>\n", escaped(url))
        }
        _ => String::new(),
    };
    document(&title, &text, &again)
}

/// The arguments are escaped already.
fn document(title: &str, text: &str, rest: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n{rest}</html>\n"
    )
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

const HTML: &str = "text/html; charset=utf-8";
/// The page with a form posts to this server only.
const POLICY_OF_FORM: &str = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// The other pages have no scripts, styles, images and forms.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_configuration_are_escaped() {
        let page = html(&Ending::Connected { connection: "<script>\"'&".into() });
        assert!(page.contains("at &lt;script&gt;&quot;&#39;&amp; is"), "{page}");
        assert!(!page.contains("<script"), "{page}");
        let page = html(&Ending::NotTheCaller { again: Some("https://a/?a=\"&b".into()) });
        assert!(page.contains("href=\"https://a/?a=&quot;&amp;b\""), "{page}");
    }

    #[test]
    fn a_client_without_a_name_is_said_to_have_none() {
        let scopes = ["<all>".into()];
        let question = Question {
            connection: "calendar",
            scopes: &scopes,
            person: "auth0|ada",
            email: Some("<ada>"),
            organization: None,
            client: None,
            action: "/confirm",
        };
        let page = ask(&question).into_body();
        let text = "You are logged in as &lt;ada&gt; (auth0|ada). An application without a name asks to use your account at \
                    calendar, with these permissions: &lt;all&gt;.";
        assert!(page.contains(text), "{page}");
        let page = ask(&Question { client: Some(""), scopes: &[], ..question }).into_body();
        assert!(
            page.contains("An application without a name asks") && page.contains("no particular permissions"),
            "{page}"
        );
    }
}
