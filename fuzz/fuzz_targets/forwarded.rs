//! A client cannot change the called URL, as the server sees it, with forwarding headers that no trusted proxy wrote.
//!
//! Each request presents a key-bound token, with a proof for one URL, to a server at another URL. The proof is valid
//! only if the forwarding headers change the called URL that the server sees. Input: a line with the trusted proxies,
//! then header lines.
#![no_main]

use std::sync::LazyLock;

use auth0_api_core::{ApiClient, DpopPolicy, ReceivedTarget, TokenRequest, TrustedProxies};
use auth0_api_fuzz::{Message, NOW, Signer, Tenant, bound_token, client, rejection, run, sha256};

/// Header lines, names and values.
type Lines<'l> = Vec<(&'l str, Vec<u8>)>;

libfuzzer_sys::fuzz_target!(
    init: {
        let lines = vec![("X-Forwarded-Host", b"api.example.com".to_vec()), ("X-Forwarded-Proto", b"https".to_vec())];
        assert!(accepted(&api(TrustedProxies::hops(1)), &lines));
    },
    |data: &[u8]| {
        let Message { first: proxies, headers, .. } = Message::read(data);
        let lines: Lines<'_> = headers.into_iter().filter(|(name, _)| is_forwarding(name)).collect();

        assert!(!accepted(&NO_PROXY, &lines));
        assert!(!accepted(&OTHER_NETWORK, &lines));
        if let Ok(proxies) = proxies.parse::<TrustedProxies>() {
            // With these proxies, the server may take the client's lines for those of a trusted proxy. The proof may
            // then be accepted only if the lines name both the host and the scheme of the proof's URL.
            let named = lines.iter().any(|(_, value)| contains(value, b"api.example.com"))
                && lines.iter().any(|(_, value)| contains(value, b"https"));
            assert!(!accepted(&api(proxies), &lines) || named);
        }
        // Uses one of the four proxies for each input, because each request costs two signature checks.
        let proxy = PROXIES[data.len() % PROXIES.len()];
        for api in [&*ONE_HOP, &*NETWORK] {
            assert!(!accepted(api, &proxy.forward(lines.clone())));
        }
    }
);

static NO_PROXY: LazyLock<ApiClient> = LazyLock::new(|| api(TrustedProxies::none()));
static ONE_HOP: LazyLock<ApiClient> = LazyLock::new(|| api(TrustedProxies::hops(1)));
/// Trusts a network that contains the peer address of every request.
static NETWORK: LazyLock<ApiClient> = LazyLock::new(|| api("10.0.0.0/8".parse().expect("a network")));
/// Trusts a network that contains the peer address of no request.
static OTHER_NETWORK: LazyLock<ApiClient> = LazyLock::new(|| api("192.0.2.0/24".parse().expect("a network")));

fn api(proxies: TrustedProxies) -> ApiClient {
    let policy = DpopPolicy::require().insecure_without_replay_protection();
    client(Tenant::default()).dpop(policy).trusted_proxies(proxies).build().expect("a client")
}

/// Returns whether a server that is called as `backend:8080` accepts a proof for `https://api.example.com/orders`.
fn accepted(api: &ApiClient, lines: &Lines<'_>) -> bool {
    static PROOF: LazyLock<String> = LazyLock::new(|| {
        let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{}}}"#, Signer::caller().jwk());
        let claims = format!(
            r#"{{"jti":"1","htm":"GET","htu":"https://api.example.com/orders","iat":{NOW},"ath":"{}"}}"#,
            sha256(bound_token())
        );
        Signer::caller().sign(header.as_bytes(), claims.as_bytes())
    });
    let mut headers = lines.clone();
    headers.push(("authorization", format!("DPoP {}", bound_token()).into()));
    headers.push(("dpop", PROOF.clone().into()));
    headers.push(("host", b"backend:8080".to_vec()));
    let peer = Some([10, 0, 0, 1].into());
    let target = ReceivedTarget { scheme: "http", authority: None, target: "/orders", peer };
    match run(api.verify_request(&TokenRequest::received("GET", target, &headers))) {
        Ok(_) => true,
        Err(error) => {
            let written: Vec<&[u8]> = lines.iter().map(|(_, value)| value.as_slice()).collect();
            rejection::check(api, &error, &written);
            false
        }
    }
}

/// A trusted proxy in front of another host. The proxy appends its entries to the headers of `adds`, and removes the
/// other forwarding headers.
#[derive(Clone, Copy)]
struct Proxy {
    adds: &'static [(&'static str, &'static str)],
    on: Line,
}

/// Where a proxy writes its entry: at the end of the last line with the header's name, or on a new line.
#[derive(Clone, Copy)]
enum Line {
    Last,
    New,
}

impl Proxy {
    fn forward(self, mut lines: Lines<'_>) -> Lines<'_> {
        lines.retain(|(name, _)| self.adds.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)));
        for &(name, value) in self.adds {
            let last = lines.iter_mut().rfind(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
            match (self.on, last) {
                (Line::Last, Some((_, line))) => line.extend([b", ", value.as_bytes()].concat()),
                _ => lines.push((name, value.into())),
            }
        }
        lines
    }
}

fn is_forwarding(name: &str) -> bool {
    STANDARD.iter().chain(USUAL).any(|(known, _)| known.eq_ignore_ascii_case(name))
        || name.eq_ignore_ascii_case("X-Forwarded-Prefix")
}

fn contains(value: &[u8], part: &[u8]) -> bool {
    value.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

const PROXIES: [Proxy; 4] = [
    Proxy { adds: STANDARD, on: Line::Last },
    Proxy { adds: STANDARD, on: Line::New },
    Proxy { adds: USUAL, on: Line::Last },
    Proxy { adds: USUAL, on: Line::New },
];
const STANDARD: &[(&str, &str)] = &[("Forwarded", r#"for="[2001:db8::1]:47011";proto=https;host=other.example.com"#)];
const USUAL: &[(&str, &str)] =
    &[("X-Forwarded-For", "2001:db8::1"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "other.example.com")];
