//! A browser: it visits `/authorize` and keeps the tenant's cookies. And the requests that a page makes.

use std::cell::RefCell;

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
    cookie: RefCell<Option<String>>,
}

impl<'w> Visitor<'w> {
    /// Makes a browser without cookies.
    pub(crate) fn new(world: &'w World) -> Self {
        Self { world, cookie: RefCell::default() }
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

    /// Returns the cookie that the browser sends: its name and its value.
    pub(crate) fn cookie(&self) -> Option<String> {
        self.cookie.borrow().clone()
    }

    async fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let cookie = self.cookie();
        let mut headers = headers.to_vec();
        headers.extend(cookie.iter().map(|cookie| ("cookie", cookie.as_str())));
        let answer = send(method, url, &headers, body).await.unwrap();
        if let Some(set) = answer.header("set-cookie") {
            let pair = set.split(';').next().unwrap();
            *self.cookie.borrow_mut() = Some(pair.to_owned()).filter(|pair| !pair.ends_with('='));
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
