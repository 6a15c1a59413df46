//! The sign-in page: what a person sees and chooses, and what a foreign page cannot do.

use auth0_api_testing::{Application, LocalTenant, LocalTenantBuilder, SignIn, User};

use crate::caller::{Answer, get, part, post_form, send};
use crate::pages::is_a_safe_page;
use crate::world::Form;

const CALLBACK: &str = "http://localhost:5173/callback";

/// The verifier and its challenge of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A browser that was shown the page.
struct Asked {
    /// The URL of the page, without its query.
    action: String,
    page: Answer,
    ticket: String,
    cookie: String,
}

#[tokio::test]
async fn a_person_chooses_a_user_and_allows_what_the_page_lists() {
    let tenant = tenant(|builder| builder).await;
    let asked = Asked::at(&tenant, &request().with("organization", "acme")).await;
    is_a_safe_page(&asked.page);
    for text in ["Sign in to page", "acme", "Ada Lovelace", "bob@example.com", "read:orders", "https://api.example.com"]
    {
        assert!(asked.page.body.contains(text), "{text}: {}", asked.page.body);
    }
    // With a keyboard: one choice is made already, and has the focus.
    assert_eq!(asked.page.body.matches(" checked autofocus>").count(), 1, "{}", asked.page.body);
    let answer = asked.answer(&[("user", "auth0|bob"), ("decision", "allow")]).await;
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}?code=")), "{location}");
    let code = location.split(['=', '&']).nth(1).unwrap();
    let form = Form::new(&[
        ("grant_type", "authorization_code"),
        ("client_id", "page"),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", CALLBACK),
    ]);
    let tokens = post_form(&format!("{}/oauth/token", tenant.domain()), &[], &form.body()).await.json();
    let claims = part(tokens["access_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["sub"], &claims["org_name"]), (&"auth0|bob".into(), &"acme".into()));

    // The browser now has a session: the next request needs no page.
    let session = answer.header("set-cookie").unwrap().split(';').next().unwrap();
    let silent = request().with("prompt", "none");
    let answer = send("GET", &url(&tenant, &silent), &[("cookie", session)], "").await.unwrap();
    assert!(answer.header("location").unwrap().contains("code="));
    assert!(get(&url(&tenant, &silent)).await.header("location").unwrap().contains("error=login_required"));
}

#[tokio::test]
async fn a_person_can_deny() {
    let tenant = tenant(|builder| builder).await;
    let asked = Asked::at(&tenant, &request()).await;
    let answer = asked.answer(&[("user", "auth0|ada"), ("decision", "deny")]).await;
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}?error=access_denied&")), "{location}");
    assert!(location.contains("state=s-1"));
    assert_eq!(answer.header("set-cookie"), None);
}

#[tokio::test]
async fn a_popup_gets_its_answer_as_a_message() {
    let tenant = tenant(|builder| builder).await;
    let asked = Asked::at(&tenant, &request().with("response_mode", "web_message")).await;
    let answer = asked.answer(&[("user", "auth0|ada"), ("decision", "allow")]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains(r#"{"response":{"code":""#), "{}", answer.body);
    assert!(answer.body.contains(r#""http://localhost:5173");"#), "{}", answer.body);
}

#[tokio::test]
async fn the_hinted_user_is_chosen() {
    let tenant = tenant(|builder| builder).await;
    let asked = Asked::at(&tenant, &request().with("login_hint", "bob@example.com")).await;
    assert!(asked.page.body.contains(r#"value="auth0|bob" checked autofocus>"#), "{}", asked.page.body);
}

#[tokio::test]
async fn a_form_of_another_page_or_browser_is_rejected() {
    let tenant = tenant(|builder| builder).await;
    let (asked, other) = (Asked::at(&tenant, &request()).await, Asked::at(&tenant, &request()).await);
    let body = |ticket: &str| Form::new(&[("state", ticket), ("user", "auth0|ada"), ("decision", "allow")]).body();
    for (cookie, site, ticket) in [
        // No page was shown to this browser: a foreign page posts a ticket that it got itself.
        (None, None, &asked.ticket),
        (Some(&other.cookie), None, &asked.ticket),
        (Some(&asked.cookie), Some("cross-site"), &asked.ticket),
        (Some(&asked.cookie), Some("same-site"), &asked.ticket),
        (Some(&asked.cookie), None, &"unknown".to_owned()),
    ] {
        let mut headers: Vec<_> = cookie.iter().map(|cookie| ("cookie", cookie.as_str())).collect();
        headers.extend(site.map(|site| ("sec-fetch-site", site)));
        let answer = post_form(&asked.action, &headers, &body(ticket)).await;
        assert!(matches!(answer.status, 400 | 403), "{}", answer.status);
        assert_eq!((answer.header("location"), answer.header("set-cookie")), (None, None));
        is_a_safe_page(&answer);
    }
    // The rejected forms have not used up the ticket. The person's answer counts once.
    let own = [("cookie", asked.cookie.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(post_form(&asked.action, &own, &body(&asked.ticket)).await.status, 302);
    assert_eq!(post_form(&asked.action, &own, &body(&asked.ticket)).await.status, 400);
}

#[tokio::test]
async fn two_pages_in_two_tabs_can_both_be_answered() {
    let tenant = tenant(|builder| builder).await;
    let first = Asked::at(&tenant, &request()).await;
    let second = Asked::with(&tenant, &request(), &[("cookie", &first.cookie)]).await;
    assert_eq!(first.cookie, second.cookie);
    for asked in [first, second] {
        assert_eq!(asked.answer(&[("user", "auth0|ada")]).await.status, 302);
    }
}

#[tokio::test]
async fn a_text_of_the_client_never_becomes_markup() {
    let text = "<script>alert('x')</script>\"";
    let tenant = tenant(|builder| {
        let page = Application::single_page(text).callbacks([text]);
        builder.application(page).user(User::new(text).claim("name", text).claim("email", text))
    })
    .await;
    let hostile = request().with("client_id", text).with("redirect_uri", text).with("scope", text);
    let asked = Asked::at(&tenant, &hostile).await;
    is_a_safe_page(&asked.page);
    assert!(asked.page.body.contains("&lt;script&gt;"));
    for form in [request().with("client_id", text).with("redirect_uri", "x"), request().with("redirect_uri", text)] {
        let page = get(&url(&tenant, &form)).await;
        assert_eq!(page.status, 403);
        is_a_safe_page(&page);
    }
}

#[tokio::test]
async fn the_browser_may_go_on_to_the_client_and_nowhere_else() {
    let tenant = tenant(|builder| builder).await;
    let asked = Asked::at(&tenant, &request()).await;
    let policy = asked.page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' http://localhost:5173;"), "{policy}");
}

impl Asked {
    async fn at(tenant: &LocalTenant, request: &Form) -> Self {
        Self::with(tenant, request, &[]).await
    }

    async fn with(tenant: &LocalTenant, request: &Form, headers: &[(&str, &str)]) -> Self {
        let sent = send("GET", &url(tenant, request), headers, "").await.unwrap();
        let cookie = sent.header("set-cookie").unwrap();
        assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
        let page_url = sent.header("location").unwrap();
        let page = get(page_url).await;
        assert_eq!(page.status, 200);
        let (action, ticket) = page_url.split_once("?state=").unwrap();
        assert!(page.body.contains(&format!("name=\"state\" value=\"{ticket}\"")));
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { action: action.to_owned(), ticket: ticket.to_owned(), cookie, page }
    }

    /// Sends the form of the page, as the browser does.
    async fn answer(&self, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("state", self.ticket.as_str())], fields].concat();
        let headers = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        post_form(&self.action, &headers, &Form::new(&fields).body()).await
    }
}

fn request() -> Form {
    Form::new(&[
        ("response_type", "code"),
        ("client_id", "page"),
        ("redirect_uri", CALLBACK),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", "openid read:orders"),
        ("audience", "https://api.example.com"),
        ("state", "s-1"),
    ])
}

fn url(tenant: &LocalTenant, request: &Form) -> String {
    format!("{}/authorize?{}", tenant.domain(), request.body())
}

async fn tenant(options: impl FnOnce(LocalTenantBuilder) -> LocalTenantBuilder) -> LocalTenant {
    let builder = LocalTenant::builder()
        .sign_in(SignIn::Page)
        .application(Application::single_page("page"))
        .organization("org_acme", "acme")
        .user(User::new("auth0|ada").claim("name", "Ada Lovelace").member_of("org_acme"))
        .user(User::new("auth0|bob").claim("email", "bob@example.com").member_of("org_acme"));
    options(builder).start().await.unwrap()
}
