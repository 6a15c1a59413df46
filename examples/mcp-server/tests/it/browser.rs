//! A person with a browser: keeps the cookies of this server and of the tenant, and follows redirects.

use std::collections::BTreeMap;

use reqwest::Client;
use reqwest::redirect::Policy;

/// The status and the text of the last page.
pub(crate) type Page = (u16, String);

/// Opens a URL, and goes on to the last page. The local tenant logs in, without a page, whom the person names: the browser
/// adds the name to the URL of the login, as a person would type it there.
pub(crate) async fn open(url: &str, user: &str) -> Page {
    let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let (mut url, mut jar, mut confirms) = (url.to_owned(), Jar::default(), false);
    // A login, a confirmation and a consent have seven.
    for _ in 0..10 {
        if url.contains("/authorize?") {
            url.push_str("&login_hint=");
            url.push_str(&user.replace('|', "%7C"));
        }
        let request =
            if confirms { client.post(&url).header("sec-fetch-site", "same-origin") } else { client.get(&url) };
        let answer = request.header("cookie", jar.of(&url)).send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            jar.store(&url, set.to_str().unwrap());
        }
        if let Some(next) = answer.headers().get("location") {
            (url, confirms) = (next.to_str().unwrap().to_owned(), false);
            continue;
        }
        let (status, page) = (answer.status().as_u16(), answer.text().await.unwrap());
        // The server's own form, and the way on after it.
        if let Some(action) = after(&page, "action=\"") {
            (url, confirms) = (format!("{}{action}", parts(&url).0), true);
        } else if let Some(next) = after(&page, "content=\"0;url=") {
            (url, confirms) = (next.replace("&amp;", "&"), false);
        } else {
            return (status, page);
        }
    }
    panic!("too many redirects, at last to {url}");
}

/// The cookies of a browser, by origin, path and name. RFC 6265 §5.3 ignores the port; this is stricter.
#[derive(Default)]
struct Jar(BTreeMap<(String, String, String), String>);

impl Jar {
    fn store(&mut self, url: &str, line: &str) {
        let mut attributes = line.split("; ");
        let (name, value) = attributes.next().unwrap().split_once('=').unwrap();
        let path = line.split("; ").find_map(|attribute| attribute.strip_prefix("Path=")).unwrap_or("/");
        let key = (parts(url).0.to_owned(), path.to_owned(), name.to_owned());
        if attributes.any(|attribute| attribute == "Max-Age=0") {
            self.0.remove(&key);
        } else {
            self.0.insert(key, value.to_owned());
        }
    }

    fn of(&self, url: &str) -> String {
        let (at, called) = parts(url);
        let sent = self.0.iter().filter(|((origin, path, _), _)| {
            let below = path.trim_end_matches('/');
            origin == at && called.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        sent.map(|((_, _, name), value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

/// The origin of a URL, and its path.
fn parts(url: &str) -> (&str, &str) {
    let begin = url.find("://").unwrap() + "://".len();
    let (origin, rest) = url.split_at(url.split_at(begin).1.find(['/', '?']).map_or(url.len(), |at| begin + at));
    (origin, rest.split('?').next().unwrap())
}

/// Returns the value of an attribute that begins so.
fn after<'p>(page: &'p str, before: &str) -> Option<&'p str> {
    page.split_once(before)?.1.split('"').next()
}
