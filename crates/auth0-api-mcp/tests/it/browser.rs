//! A person with a browser: keeps cookies, follows redirects, and answers the tenant's pages.

use std::cell::RefCell;
use std::collections::BTreeMap;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

pub(crate) struct Browser {
    /// Who logs in at the tenant.
    user: &'static str,
    /// Whether the person allows the access at the provider.
    allows: bool,
    cookies: RefCell<BTreeMap<String, String>>,
    client: Client,
}

/// A page, or a redirect.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: String,
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn of(user: &'static str) -> Self {
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { user, allows: true, cookies: RefCell::default(), client }
    }

    /// A person who does not allow the access at the provider.
    pub(crate) fn denying(user: &'static str) -> Self {
        Self { allows: false, ..Self::of(user) }
    }

    /// Opens a URL, goes through the pages of the tenant, and returns the last page.
    pub(crate) async fn open(&self, url: &str) -> Page {
        self.open_until(url, "no such path").await
    }

    /// Like `open`, but stops before the URL with this path is opened, and returns the redirect to it.
    pub(crate) async fn open_until(&self, url: &str, path: &str) -> Page {
        let mut page = self.get(url).await;
        // A login, a question and a consent have fewer.
        for _ in 0..20 {
            let next = page.location().to_owned();
            let refresh =
                page.between("http-equiv=\"refresh\" content=\"0;url=", "\"").map(|url| url.replace("&amp;", "&"));
            page = if page.url.contains("/confirm?") && page.body.contains("<form") {
                self.confirm(&page, "same-origin").await
            } else if let Some(next) = refresh {
                self.get(&next).await
            } else if !next.is_empty() && next.contains(path) {
                return page;
            } else if !next.is_empty() {
                self.get(&next).await
            } else if page.status == 200 && page.url.contains("/u/") {
                self.submit(&page).await
            } else {
                return page;
            };
        }
        panic!("too many redirects: {page:?}");
    }

    /// Opens a link, logs in, and returns the page that asks to confirm.
    pub(crate) async fn question(&self, url: &str) -> Page {
        let to_question = self.open_until(url, "/confirm?").await;
        self.get(to_question.location()).await
    }

    pub(crate) async fn get(&self, url: &str) -> Page {
        self.send(url, self.client.get(url)).await
    }

    /// This server's cookie: name and value.
    pub(crate) fn cookie(&self) -> Option<String> {
        let cookies = self.cookies.borrow();
        let mut own = cookies.iter().filter(|(name, _)| name.starts_with(COOKIE));
        own.next().map(|(name, value)| format!("{name}={value}"))
    }

    /// Sets a cookie: name and value.
    pub(crate) fn set_cookie(&self, cookie: &str) {
        let (name, value) = cookie.split_once('=').unwrap();
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// Confirms on this server's page.
    pub(crate) async fn confirm(&self, page: &Page, site: &str) -> Page {
        let origin = page.url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let url = format!("{origin}{}", page.between("action=\"", "\"").unwrap());
        self.send(&url, self.client.post(&url).header("sec-fetch-site", site)).await
    }

    /// Answers a page of the tenant: the login, or the consent of the provider.
    async fn submit(&self, page: &Page) -> Page {
        let (action, query) = page.url.split_once('?').unwrap();
        let ticket = query.split_once("state=").unwrap().1;
        let decision = if self.allows || action.ends_with("/u/login") { "allow" } else { "deny" };
        let form = format!("state={ticket}&user={}&decision={decision}", self.user.replace('|', "%7C"));
        let request = self.client.post(action).header("content-type", "application/x-www-form-urlencoded");
        self.send(action, request.body(form)).await
    }

    async fn send(&self, url: &str, request: RequestBuilder) -> Page {
        let cookies = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.borrow_mut().remove(name);
            if !value.is_empty() {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Page { url: url.to_owned(), status, headers, body: answer.text().await.unwrap() }
    }
}

impl Page {
    fn between(&self, before: &str, after: &str) -> Option<String> {
        let rest = self.body.split_once(before)?.1;
        rest.split_once(after).map(|(found, _)| found.to_owned())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// On this machine, without TLS.
pub(crate) const COOKIE: &str = "mcp-connect-";
