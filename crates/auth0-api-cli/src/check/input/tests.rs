//! The forms of the input.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use super::*;

const TOKEN: &str = "eyJh.eyJp.c2ln";

fn request(method: Option<&str>, url: Option<&str>, headers: &[(&str, &str)]) -> Presented {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Presented::Request(Request { method: method.map(str::to_owned), url: url.map(str::to_owned), headers })
}

fn parsed(text: &str) -> Presented {
    Presented::parse(text).unwrap()
}

fn problem(text: &str) -> String {
    Presented::parse(text).unwrap_err().to_string()
}

const BEARER: (&str, &str) = ("authorization", "Bearer eyJh.eyJp.c2ln");

#[test]
fn a_token_may_be_quoted_or_broken_into_lines() {
    for text in
        ["eyJh.eyJp.c2ln", " eyJh.eyJp.c2ln\n", "\"eyJh.eyJp.c2ln\",", "eyJh.ey\r\nJp.c2ln", "\u{feff}eyJh.eyJp.c2ln"]
    {
        assert_eq!(parsed(text), Presented::Token(TOKEN.to_owned()), "{text:?}");
    }
}

#[test]
fn the_answer_of_a_token_endpoint_has_a_token() {
    let text = r#"{"access_token":"eyJh.eyJp.c2ln","token_type":"Bearer","expires_in":86400}"#;
    assert_eq!(parsed(text), Presented::Token(TOKEN.to_owned()));
    assert_eq!(problem(r#"{"error":"access_denied"}"#), "the JSON has no access_token");
    assert_eq!(problem("{"), "the input begins like JSON and is none");
}

#[test]
fn header_lines_are_a_request_without_a_url() {
    let bearer = request(None, None, &[BEARER]);
    for text in
        ["Authorization: Bearer eyJh.eyJp.c2ln", "authorization:Bearer eyJh.eyJp.c2ln\r\n", "Bearer eyJh.eyJp.c2ln"]
    {
        assert_eq!(parsed(text), bearer, "{text:?}");
    }
    let text = "authorization: DPoP eyJh.eyJp.c2ln\nDPoP: p.r.f\nuser-agent: x\n";
    assert_eq!(parsed(text), request(None, None, &[("authorization", "DPoP eyJh.eyJp.c2ln"), ("dpop", "p.r.f")]));
}

#[test]
fn repeated_headers_stay_repeated() {
    let text = "Authorization: Bearer eyJh.eyJp.c2ln\nAuthorization: Bearer eyJh.eyJp.c2ln";
    assert_eq!(parsed(text), request(None, None, &[BEARER, BEARER]));
}

#[test]
fn an_http_request_has_a_method_and_a_url() {
    let expected = request(Some("POST"), Some("https://api.example.com/orders?a=1"), &[BEARER]);
    for text in [
        "POST /orders?a=1 HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer eyJh.eyJp.c2ln\r\n\r\nDPoP: body",
        "POST https://api.example.com/orders?a=1 HTTP/1.1\nauthorization: Bearer eyJh.eyJp.c2ln",
        ":authority: api.example.com\n:method: POST\n:path: /orders?a=1\n:scheme: https\nauthorization: Bearer eyJh.eyJp.c2ln",
    ] {
        assert_eq!(parsed(text), expected, "{text}");
    }
    let local = "GET / HTTP/1.1\nHost: localhost:3000\nAuthorization: Bearer eyJh.eyJp.c2ln";
    assert_eq!(parsed(local), request(Some("GET"), Some("http://localhost:3000/"), &[BEARER]));
    let without = problem("GET / HTTP/1.1\nHost: a.example\nAccept: */*");
    assert!(without.starts_with("the request has no Authorization header"), "{without}");
}

#[test]
fn the_output_of_curl_has_the_request_among_other_lines() {
    let text = "  % Total    % Received\n* Connected to api.example.com (203.0.113.7) port 443\n* [HTTP/2] [1] \
        [:path: /x]\n> GET /orders HTTP/2\n> Host: api.example.com\n> Authorization: Bearer eyJh.eyJp.c2ln\n> \n< \
        HTTP/2 401 \n< www-authenticate: Bearer realm=\"api\"\n< \n{\"error\":\"invalid_token\"}\n";
    assert_eq!(parsed(text), request(Some("GET"), Some("https://api.example.com/orders"), &[BEARER]));
}

#[test]
fn a_curl_command_is_read_as_a_shell_reads_it() {
    let expected = request(Some("GET"), Some("https://api.example.com/orders?a=1"), &[BEARER]);
    for text in [
        "curl https://api.example.com/orders?a=1 -H 'Authorization: Bearer eyJh.eyJp.c2ln'",
        "$ curl -s -o /dev/null --header=\"authorization: Bearer eyJh.eyJp.c2ln\" --url 'https://api.example.com/orders?a=1'",
        "curl 'https://api.example.com/orders?a=1' \\\n  -H 'accept: */*' \\\n  -b $'a=\\u0021' \\\n  -H \
         'authorization: Bearer eyJh.eyJp.c2ln' \\\n  --compressed",
        "curl.exe ^\"https://api.example.com/orders?a=1^\" ^\r\n  -H ^\"authorization: Bearer eyJh.eyJp.c2ln^\" ^\r\n \
          -H ^\"sec-ch-ua: ^\\^\"Chromium^\\^\"^\"",
        "curl --oauth2-bearer eyJh.eyJp.c2ln 'https://api.example.com/orders?a=1'",
    ] {
        assert_eq!(parsed(text), expected, "{text}");
    }
}

#[test]
fn the_method_of_a_curl_command_follows_from_its_flags() {
    let rest = "http://127.0.0.1:3000/ -H 'Authorization: Bearer eyJh.eyJp.c2ln'";
    for (flags, method) in [
        ("", "GET"),
        ("-I", "HEAD"),
        ("-XDELETE", "DELETE"),
        ("--request PATCH -d '{}'", "PATCH"),
        ("--data-raw '{\"a\":1}'", "POST"),
        ("-d a=1 -G", "GET"),
    ] {
        let expected = request(Some(method), Some("http://127.0.0.1:3000/"), &[BEARER]);
        assert_eq!(parsed(&format!("curl {flags} {rest}")), expected, "{flags}");
    }
}

#[test]
fn a_curl_command_without_a_token_is_explained() {
    for (text, start) in [
        ("curl https://a.example/", "the curl command sends no Authorization header"),
        ("curl https://a.example/ -H \"Authorization: Bearer $TOKEN\"", "the curl command contains a variable"),
        ("curl https://a.example/ -H @headers.txt", "the curl command reads headers from a file"),
        ("curl 'https://a.example/", "the curl command has an open quotation mark"),
    ] {
        assert!(problem(text).starts_with(start), "{text}");
    }
}

#[test]
fn an_input_that_is_empty_or_too_long_or_not_text_is_explained() {
    assert!(problem(" \n").starts_with("standard input is empty"));
    let other = problem(
        "fetch(\"https://api.example.com/\", { \"headers\": { \"authorization\": \"Bearer eyJh.eyJp.c2ln\" } });",
    );
    assert!(other.starts_with("the input is neither a token nor headers nor a request"), "{other}");
    let read = |octets: &[u8]| Presented::read(octets).unwrap_err().to_string();
    assert!(read(&[0xff, 0xfe]).contains("not text in UTF-8"));
    let longest = vec![b'a'; 1024 * 1024];
    assert!(Presented::read(longest.as_slice()).is_ok());
    assert!(read(&[longest.as_slice(), b"a"].concat()).contains("longer than 1 MiB"));
}

#[test]
fn debug_output_has_no_token() {
    assert_eq!(
        format!("{:?} {:?}", parsed(TOKEN), parsed("Bearer eyJh.eyJp.c2ln")),
        "Token([redacted]) Request([redacted])"
    );
}
