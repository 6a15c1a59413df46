//! A browser: it visits `/authorize` and keeps the tenant's cookies. And the requests that a page makes.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::caller::{Answer, part, send};
use crate::world::{CALENDAR, Form, World};

pub(crate) const CALLBACK: &str = "http://localhost:5173/callback";

/// The verifier and its challenge of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An authorization request of the public client `page` that the tenant accepts.
pub(crate) fn authorization() -> Form {
    Form::new(&[
        ("response_type", "code"),
        ("client_id", "page"),
        ("redirect_uri", CALLBACK),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", "openid profile email offline_access read:events nonsense"),
        ("audience", CALENDAR),
        ("state", "a b"),
        ("nonce", "n-1"),
    ])
}

/// The request that exchanges the code for tokens.
pub(crate) fn redemption(code: &str) -> Form {
    Form::new(&[
        ("grant_type", "authorization_code"),
        ("client_id", "page"),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", CALLBACK),
    ])
}

/// A request with a refresh token of the client `page`.
pub(crate) fn refresh(refresh_token: &str) -> Form {
    Form::new(&[("grant_type", "refresh_token"), ("client_id", "page"), ("refresh_token", refresh_token)])
}

pub(crate) struct Visitor<'w> {
    world: &'w World,
    /// Names and values.
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'w> Visitor<'w> {
    /// Makes a browser without cookies.
    pub(crate) fn new(world: &'w World) -> Self {
        Self { world, cookies: RefCell::default() }
    }

    /// Visits `/authorize`.
    pub(crate) async fn authorize(&self, form: &Form) -> Answer {
        self.visit(&format!("{}/authorize?{}", self.world.tenant.domain(), form.body())).await
    }

    /// Visits a URL of the tenant.
    pub(crate) async fn visit(&self, url: &str) -> Answer {
        self.send("GET", url, &[], "").await
    }

    /// Submits a form to the tenant.
    pub(crate) async fn submit(&self, url: &str, form: &Form) -> Answer {
        self.send("POST", url, &[("content-type", "application/x-www-form-urlencoded")], &form.body()).await
    }

    /// Signs in, and returns the answer of the token endpoint.
    pub(crate) async fn tokens(&self, form: &Form) -> Value {
        let answer = self.authorize(form).await;
        let code = parameter(answer.header("location").unwrap(), "code");
        let answer = self.world.ask(&redemption(&code)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// Signs in, and returns the claims of the ID token.
    pub(crate) async fn id_token(&self, form: &Form) -> Value {
        part(self.tokens(form).await["id_token"].as_str().unwrap(), 1)
    }

    /// Returns the cookie of the session: its name and its value.
    pub(crate) fn session(&self) -> Option<String> {
        let cookies = self.cookies.borrow();
        let mut sessions = cookies.iter().filter(|(name, _)| !name.contains("-form-"));
        sessions.next().map(|(name, value)| format!("{name}={value}"))
    }

    async fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let cookies = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let cookies = cookies.join("; ");
        let answer = send(method, url, &[headers, &[("cookie", &cookies)]].concat(), body).await.unwrap();
        for set in answer.headers.get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.borrow_mut().remove(name);
            if !value.is_empty() {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// Returns a parameter of a URL as it is written there, or an empty text.
pub(crate) fn parameter(url: &str, name: &str) -> String {
    let mut pairs = url.split_once('?').unwrap().1.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).unwrap_or_default().1.to_owned()
}

pub(crate) fn text<'v>(json: &'v Value, member: &str) -> &'v str {
    json[member].as_str().unwrap()
}
