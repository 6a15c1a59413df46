//! What an adapter does with the body of a request that it rejects before the body has arrived.
//!
//! HTTP/1.1 has no way to end a request early: a server that does not read the whole body has to close the connection
//! ([RFC 9112 §9.3](https://www.rfc-editor.org/rfc/rfc9112#section-9.3)). The operating system then discards the answer
//! if the client still sends, so that the client sees a broken connection. HTTP/2 can end the request with
//! `RST_STREAM`, but not every client that still sends reads the answer after it
//! ([RFC 9113 §8.1](https://www.rfc-editor.org/rfc/rfc9113#section-8.1)). So the adapter reads the rest of the body
//! first, within bounds.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use crate::client::ApiClient;
use crate::rejected_bodies::Place;
use crate::request::HeaderSource;

/// The version of HTTP of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.0 and HTTP/1.1: a request whose body is not read ends the connection.
    Http1,
    /// HTTP/2 and later: a request whose body is not read ends its stream only.
    Http2,
}

/// What the head of a request says about the body.
#[derive(Clone, Copy, Debug)]
pub struct AnnouncedBody {
    version: HttpVersion,
    /// The body would exceed the bound, or reading has failed.
    is_unwanted: bool,
    /// The client waits for an invitation that it does not get.
    awaits_invitation: bool,
}

/// What to do with the body of a rejected request.
#[derive(Debug)]
pub enum UnreadBody {
    /// Read nothing. Answer with `Connection: close`.
    Close,
    /// Read nothing. Answer at once, and drop the body.
    Leave,
    /// Read the body. Answer then.
    Read(BodyReader),
}

/// Reads the body of a rejected request within bounds.
#[derive(Debug)]
pub struct BodyReader {
    version: HttpVersion,
    /// Dropped with the reader: the place is free for the next body.
    place: OwnedSemaphorePermit,
}

/// What the answer to a rejected request says about its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// `Connection: close`.
    Close,
    /// Nothing.
    Keep,
}

impl AnnouncedBody {
    /// Reads `Expect` and `Content-Length`.
    ///
    /// Call this only for servers that answer `Expect: 100-continue` when the application begins to read.
    pub fn new(version: HttpVersion, headers: &dyn HeaderSource) -> Self {
        let (mut is_unwanted, mut awaits_invitation) = (false, false);
        // RFC 9110 §10.1.1: the server may answer with a final status instead of 100. The client then does not send the
        // body, or sends it although nobody asked for it.
        headers.each_value("expect", &mut |value| awaits_invitation |= value.eq_ignore_ascii_case(b"100-continue"));
        headers.each_value("content-length", &mut |value| is_unwanted |= exceeds_bound(value));
        Self { version, is_unwanted, awaits_invitation }
    }

    /// Describes the body after the application has begun to read it. Over HTTP/1.1, the server has then answered
    /// `Expect: 100-continue`, and the client sends the body.
    #[must_use]
    pub fn begun(self) -> Self {
        // Over HTTP/2, hyper does not answer it: the client may still wait.
        let awaits_invitation = self.awaits_invitation && self.version == HttpVersion::Http2;
        Self { awaits_invitation, ..self }
    }

    /// Describes the body after the application has got an error from it: nothing more can be read.
    #[must_use]
    pub fn failed(self) -> Self {
        Self { is_unwanted: true, ..self }
    }

    /// Decides about the body of a request that the middleware rejects. If the body has already arrived completely, or
    /// if there is none, do not call this.
    pub fn rejected(self, api: &ApiClient) -> UnreadBody {
        let is_read = !self.is_unwanted && !self.awaits_invitation;
        let unread = match self.version {
            HttpVersion::Http1 => UnreadBody::Close,
            HttpVersion::Http2 => UnreadBody::Leave,
        };
        match api.rejected_bodies().place() {
            Place::Off => UnreadBody::Leave,
            Place::Granted(place) if is_read => UnreadBody::Read(BodyReader { version: self.version, place }),
            Place::AllTaken | Place::Granted(_) => unread,
        }
    }
}

impl BodyReader {
    /// Reads to the end of the body or to its first error, or until 1 MiB is read or 2 s are over. `next` returns the
    /// number of octets of the next part of the body, and `None` at its end.
    ///
    /// Needs the timer of a tokio runtime.
    pub async fn read<E>(self, mut next: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<usize, E>>>) -> Connection {
        let Self { version, place: _place } = self;
        let mut left = MOST_OCTETS;
        let is_whole = poll_fn(|context| {
            loop {
                let octets = match ready!(next(context)) {
                    Some(Ok(octets)) => octets,
                    // A middleware further out may have ended the body, and the client may still send.
                    Some(Err(_)) => return Poll::Ready(false),
                    None => return Poll::Ready(true),
                };
                // An empty part counts too, so that endless empty parts end.
                let Some(rest) = left.checked_sub(octets.max(1)) else { return Poll::Ready(false) };
                left = rest;
            }
        });
        match (tokio::time::timeout(LONGEST, is_whole).await, version) {
            (Ok(true), _) | (_, HttpVersion::Http2) => Connection::Keep,
            (Ok(false) | Err(_), HttpVersion::Http1) => Connection::Close,
        }
    }
}

fn exceeds_bound(content_length: &[u8]) -> bool {
    let length = str::from_utf8(content_length).ok().and_then(|text| text.trim().parse::<usize>().ok());
    length.is_none_or(|length| length > MOST_OCTETS)
}

/// The bodies of most APIs are smaller: axum rejects bodies of more than 2 MiB, and nginx of more than 1 MiB, unless they
/// are configured otherwise.
const MOST_OCTETS: usize = 1 << 20;
/// Long enough for 1 MiB at 4 Mbit/s. A client that streams without an end waits for its rejection for this time.
const LONGEST: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

    use std::task::Poll;
    use std::time::Duration;

    use super::{AnnouncedBody, BodyReader, Connection, HttpVersion, LONGEST, MOST_OCTETS, UnreadBody};
    use crate::client::ApiClient;
    use crate::rejected_bodies::RejectedBodies;

    type Part = Poll<Option<Result<usize, ()>>>;

    fn api(bodies: RejectedBodies) -> ApiClient {
        ApiClient::builder("tenant.example.com", "https://api.example.com").rejected_bodies(bodies).build().unwrap()
    }

    fn decision(api: &ApiClient, version: HttpVersion, headers: &[(&str, &str)]) -> &'static str {
        name(&AnnouncedBody::new(version, &headers.to_vec()).rejected(api))
    }

    fn name(unread: &UnreadBody) -> &'static str {
        match unread {
            UnreadBody::Close => "close",
            UnreadBody::Leave => "leave",
            UnreadBody::Read(_) => "read",
        }
    }

    fn reader(version: HttpVersion) -> BodyReader {
        match AnnouncedBody::new(version, &[("host", "api.example.com")]).rejected(&api(RejectedBodies::default())) {
            UnreadBody::Read(reader) => reader,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_head_of_the_request_decides_whether_its_body_is_read() {
        let api = api(RejectedBodies::default());
        for (header, http_1, http_2) in [
            (("transfer-encoding", "chunked"), "read", "read"),
            (("content-length", "1048576"), "read", "read"),
            (("content-length", "1048577"), "close", "leave"),
            (("content-length", "18446744073709551616"), "close", "leave"),
            (("content-length", "many"), "close", "leave"),
            (("expect", "100-continue"), "close", "leave"),
            (("expect", "100-Continue"), "close", "leave"),
            (("expect", "something else"), "read", "read"),
        ] {
            assert_eq!(decision(&api, HttpVersion::Http1, &[header]), http_1, "{header:?}");
            assert_eq!(decision(&api, HttpVersion::Http2, &[header]), http_2, "{header:?}");
        }
    }

    #[test]
    fn only_so_many_bodies_are_read_at_once() {
        let api = api(RejectedBodies::read_at_once(2));
        let headers = [("transfer-encoding", "chunked")];
        let announced = AnnouncedBody::new(HttpVersion::Http1, &headers);
        let (first, second) = (announced.rejected(&api), announced.rejected(&api.clone()));
        assert!(matches!((&first, &second), (UnreadBody::Read(_), UnreadBody::Read(_))));
        assert_eq!(decision(&api, HttpVersion::Http1, &headers), "close");
        assert_eq!(decision(&api, HttpVersion::Http2, &headers), "leave");
        drop(first);
        assert_eq!(decision(&api, HttpVersion::Http1, &headers), "read");
    }

    #[test]
    fn nothing_is_read_if_the_setting_says_so() {
        let api = api(RejectedBodies::left_unread());
        for version in [HttpVersion::Http1, HttpVersion::Http2] {
            assert_eq!(decision(&api, version, &[("content-length", "9999999999")]), "leave");
        }
        assert_eq!(decision(&self::api(RejectedBodies::read_at_once(0)), HttpVersion::Http1, &[("a", "b")]), "close");
        assert_eq!(
            decision(&self::api(RejectedBodies::read_at_once(usize::MAX)), HttpVersion::Http1, &[("a", "b")]),
            "read"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_within_the_bounds_keeps_the_connection() {
        let mut parts: Vec<Part> =
            vec![Poll::Ready(None), Poll::Ready(Some(Ok(MOST_OCTETS - 1))), Poll::Ready(Some(Ok(0)))];
        let outcome = reader(HttpVersion::Http1).read(|_| parts.pop().unwrap()).await;
        assert_eq!((outcome, parts.len()), (Connection::Keep, 0));
    }

    #[test]
    fn an_invited_body_is_read() {
        let api = api(RejectedBodies::default());
        for (version, length, outcome) in [
            (HttpVersion::Http1, "5", "read"),
            (HttpVersion::Http1, "1048577", "close"),
            (HttpVersion::Http2, "5", "leave"),
        ] {
            let headers = [("expect", "100-continue"), ("content-length", length)];
            let begun = AnnouncedBody::new(version, &headers).begun();
            assert_eq!(name(&begun.rejected(&api)), outcome, "{version:?} {length}");
        }
    }

    #[test]
    fn nothing_is_read_after_an_error() {
        let api = api(RejectedBodies::default());
        for (version, outcome) in [(HttpVersion::Http1, "close"), (HttpVersion::Http2, "leave")] {
            let failed = AnnouncedBody::new(version, &[("content-length", "5")]).failed();
            assert_eq!(name(&failed.rejected(&api)), outcome);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_closes_the_connection_of_http_1() {
        for (version, outcome) in [(HttpVersion::Http1, Connection::Close), (HttpVersion::Http2, Connection::Keep)] {
            let mut parts: Vec<Part> = vec![Poll::Ready(None), Poll::Ready(Some(Err(()))), Poll::Ready(Some(Ok(5)))];
            let read = reader(version).read(|_| parts.pop().unwrap()).await;
            assert_eq!((read, parts.len()), (outcome, 1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_of_too_many_octets_is_read_up_to_the_bound() {
        for (version, outcome) in [(HttpVersion::Http1, Connection::Close), (HttpVersion::Http2, Connection::Keep)] {
            for octets in [0, 1, 1024, usize::MAX] {
                let mut parts = 0;
                let read = reader(version).read(|_| {
                    parts += 1;
                    Part::Ready(Some(Ok(octets)))
                });
                assert_eq!(read.await, outcome);
                assert_eq!(parts, MOST_OCTETS / octets.max(1) + 1, "{octets}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_is_waited_for_until_the_bound() {
        for (version, outcome) in [(HttpVersion::Http1, Connection::Close), (HttpVersion::Http2, Connection::Keep)] {
            // With paused time, a timer fires as soon as nothing else can be done.
            let read =
                tokio::time::timeout(LONGEST + Duration::from_millis(5), reader(version).read(|_| Part::Pending));
            assert_eq!(read.await, Ok(outcome));
            let read = tokio::time::timeout(LONGEST / 2, reader(version).read(|_| Part::Pending));
            assert!(read.await.is_err());
        }
    }
}
