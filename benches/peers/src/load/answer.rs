//! HTTP answers: as little reading as possible, because the load shares its core with the issuer.

/// Returns the status, as soon as the answer is complete.
pub(super) fn status(answer: &[u8]) -> Option<u16> {
    if !is_whole(answer) {
        return None;
    }
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}

fn is_whole(answer: &[u8]) -> bool {
    // The body of an accepted request.
    if answer.ends_with(b"\r\n\r\nok") {
        return true;
    }
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let (head, body) = (String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase(), &answer[end + 4..]);
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    match (header("content-length:"), header("transfer-encoding:")) {
        (Some(length), _) => length.parse().is_ok_and(|length: usize| body.len() >= length),
        (None, Some(_)) => body.ends_with(b"0\r\n\r\n"),
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn status_needs_the_whole_answer() {
        assert_eq!(status(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"), Some(200));
        assert_eq!(status(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"), None);
        assert_eq!(status(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"), Some(401));
        assert_eq!(status(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nno"), None);
        assert_eq!(status(b"HTTP/1.1 503 \r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"), Some(503));
        assert_eq!(status(b"HTTP/1.1 503 \r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n"), None);
    }
}
