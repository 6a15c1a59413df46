//! The address of the end user: the peer of the connection, or the address that trusted proxies vouch for.
//!
//! The suite connects from 127.0.0.1, so this is the address of every peer.

use auth0_api_core::TrustedProxies;

use super::suite::Suite;
use super::{Answer, Harness};
use crate::must::must;

type Headers = &'static [(&'static str, &'static str)];

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let networks = |list: &[&str]| must(TrustedProxies::networks(list), "parsing networks");
    let trusted = networks(&["127.0.0.0/8", "10.0.0.0/8"]);
    address_rows(suite, "the peer is a trusted proxy", trusted, TRUSTED).await;
    address_rows(suite, "two trusted hops", TrustedProxies::hops(2), HOPS).await;
    address_rows(suite, "the peer is not in the trusted networks", networks(&["10.0.0.0/8"]), SPOOFED).await;
    address_rows(suite, "no proxy is trusted", TrustedProxies::none(), SPOOFED).await;

    let to = suite.open_with(|builder| builder).await;
    let call = suite.bearer("/address", "");
    suite.row("end user: without the setting there is no address", to, call, Answer::served(NONE)).await;
}

/// Sends these headers with a token and without credentials, and compares the address.
async fn address_rows<H: Harness>(
    suite: &mut Suite<'_, H>,
    setting: &str,
    proxies: TrustedProxies,
    rows: &[(Headers, &str)],
) {
    let to = suite.open_with(|builder| builder.trusted_proxies(proxies).forward_end_user_address()).await;
    for (headers, address) in rows {
        for call in [suite.bearer("/address", ""), suite.call("/address")] {
            let row = format!("end user: {setting}, {headers:?}");
            suite.row(&row, to, call.headers(headers), Answer::served(address)).await;
        }
    }
}

/// What a handler answers if the address is unknown.
const NONE: &str = "none";

const TRUSTED: &[(Headers, &str)] = &[
    (&[("x-forwarded-for", "192.0.2.1")], "192.0.2.1"),
    (&[("x-forwarded-for", "198.51.100.7, 192.0.2.1, 10.0.0.2")], "192.0.2.1"),
    (&[("x-forwarded-for", "198.51.100.7"), ("x-forwarded-for", "192.0.2.1")], "192.0.2.1"),
    (&[("x-forwarded-for", "::ffff:192.0.2.1")], "192.0.2.1"),
    (&[("forwarded", "for=198.51.100.7, for=\"[2001:db8::1]:80\"")], "2001:db8::1"),
    // These headers are never read.
    (&[("x-real-ip", "198.51.100.7"), ("auth0-forwarded-for", "198.51.100.7")], NONE),
    (&[("x-forwarded-for", "198.51.100.7, proxy")], NONE),
    (&[("x-forwarded-for", "198.51.100.7"), ("x-forwarded-for", "_hidden")], NONE),
    (&[("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=198.51.100.7")], NONE),
    (&[("x-forwarded-for", "198.51.100.7, 0.0.0.0")], NONE),
    (&[], NONE),
];

const HOPS: &[(Headers, &str)] = &[
    (&[("x-forwarded-for", "198.51.100.7, 192.0.2.1, 10.0.0.2")], "192.0.2.1"),
    (&[("x-forwarded-for", "192.0.2.1")], NONE),
];

/// The client wrote these headers, because no trusted proxy sent the request.
const SPOOFED: &[(Headers, &str)] = &[
    (&[], "127.0.0.1"),
    (&[("x-forwarded-for", "198.51.100.7"), ("forwarded", "for=198.51.100.7")], "127.0.0.1"),
    (&[("x-real-ip", "198.51.100.7"), ("auth0-forwarded-for", "198.51.100.7")], "127.0.0.1"),
];
