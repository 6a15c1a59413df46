//! A person with a browser: keeps the cookies of this server and of the tenant, and follows redirects.

use std::collections::BTreeMap;

use reqwest::Client;
use reqwest::redirect::Policy;

/// The status and the text of the last page.
pub(crate) type Page = (u16, String);

/// Opens a URL, and goes on to the last page. The local tenant logs in, without a page, whom the person names: the browser
/// adds the name to the URL of the log-in, as a person would type it there.
pub(crate) async fn open(url: &str, user: &str) -> Page {
    let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let (mut url, mut cookies) = (url.to_owned(), BTreeMap::new());
    // A log-in and a consent have five.
    for _ in 0..10 {
        if url.contains("/authorize?") {
            url.push_str("&login_hint=");
            url.push_str(&user.replace('|', "%7C"));
        }
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = client.get(&url).header("cookie", sent.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        match answer.headers().get("location") {
            Some(next) => url = next.to_str().unwrap().to_owned(),
            None => return (answer.status().as_u16(), answer.text().await.unwrap()),
        }
    }
    panic!("too many redirects, at last to {url}");
}
