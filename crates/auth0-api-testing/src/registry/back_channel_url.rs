//! The URL of an application that receives logouts.

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The URL of an application that receives logouts.
#[derive(Clone, Debug)]
pub(crate) struct BackChannelUrl {
    host: String,
    port: u16,
    authority: String,
    target: String,
}

impl BackChannelUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let problem = |reason: &str| Err(format!("the back-channel logout URL {text} {reason}"));
        let Ok(uri) = text.parse::<Uri>() else { return problem("is not a URL") };
        let Some(authority) = uri.authority().filter(|_| uri.scheme_str() == Some("http")) else {
            return problem("must begin with http://, because the tenant does not speak TLS to applications");
        };
        // `Uri` drops a fragment without an error.
        if authority.as_str().contains('@') || text.contains('#') {
            return problem("must not contain a user name, a password or a fragment");
        }
        Ok(Self {
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(80),
            authority: authority.to_string(),
            target: uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
        })
    }

    /// Posts a logout token (§2.5), and returns the status of the answer. Follows no redirect.
    pub(crate) async fn post(&self, logout_token: &str) -> Option<u16> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        let connection = tokio::spawn(connection);
        let body = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", logout_token).finish();
        let request = Request::post(self.target.as_str())
            .header(header::HOST, &self.authority)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(body)))
            .ok()?;
        let status = sender.send_request(request).await.ok().map(|response| response.status().as_u16());
        connection.abort();
        status
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_plain_http() {
        for (text, host, port, authority, target) in [
            ("http://127.0.0.1:3000/backchannel-logout", "127.0.0.1", 3000, "127.0.0.1:3000", "/backchannel-logout"),
            ("http://api/logout?a=b", "api", 80, "api", "/logout?a=b"),
            ("http://[::1]:3000", "::1", 3000, "[::1]:3000", "/"),
        ] {
            let url = BackChannelUrl::parse(text).unwrap();
            assert_eq!((&*url.host, url.port, &*url.authority, &*url.target), (host, port, authority, target));
        }
        for (text, reason) in [
            ("", "is not a URL"),
            ("/logout", "must begin with http://"),
            ("https://api.example.com/logout", "must begin with http://"),
            ("http://me@api/logout", "must not contain a user name"),
            ("http://api/logout#a", "must not contain a user name"),
        ] {
            let problem = BackChannelUrl::parse(text).unwrap_err();
            assert!(problem.contains(reason), "{problem}");
        }
    }
}
