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
    let (mut url, mut cookies, mut confirms) = (url.to_owned(), BTreeMap::new(), false);
    // A login, a confirmation and a consent have seven.
    for _ in 0..10 {
        if url.contains("/authorize?") {
            url.push_str("&login_hint=");
            url.push_str(&user.replace('|', "%7C"));
        }
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if confirms { client.post(&url) } else { client.get(&url) };
        let answer = request.header("cookie", sent.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        if let Some(next) = answer.headers().get("location") {
            (url, confirms) = (next.to_str().unwrap().to_owned(), false);
            continue;
        }
        let (status, page) = (answer.status().as_u16(), answer.text().await.unwrap());
        // The server's own form, and the way on after it.
        if let Some(action) = after(&page, "action=\"") {
            let origin = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
            (url, confirms) = (format!("{origin}{action}"), true);
        } else if let Some(next) = after(&page, "content=\"0;url=") {
            (url, confirms) = (next.replace("&amp;", "&"), false);
        } else {
            return (status, page);
        }
    }
    panic!("too many redirects, at last to {url}");
}

/// Returns the value of an attribute that begins so.
fn after<'p>(page: &'p str, before: &str) -> Option<&'p str> {
    page.split_once(before)?.1.split('"').next()
}
