//! Headers with certificates. The caller has a token of its own that is bound to another certificate.

use auth0_api_core::CertificateSource;

use super::world::{World, from_header, request};
use crate::Candidate;

pub(super) fn envoy(world: &World) -> Vec<Candidate> {
    let api = world.api(from_header(CertificateSource::forwarded_client_cert_header()));
    let token = world.mint().bound_to_certificate(b"another").sign();
    let input = |name, before: &str, unit: &str, after: &str| {
        let headers = vec![
            ("authorization", format!("Bearer {token}")),
            ("x-forwarded-client-cert", filled(before, unit, after)),
        ];
        request(name, &api, "/".to_owned(), headers)
    };
    vec![
        input("commas", "", ",", ""),
        input("elements of one pair", "By=a", ",By=a", ""),
        input("semicolons", "Hash=a", ";", ""),
        input("short pairs", "Hash=a", ";a=", ""),
        input("pairs with upper case keys", "", "SUBJECT=;", ""),
        input("quotes", "", "\"\"", ""),
        input("backslashes in quotes", "Subject=\"", "\\\"", "\""),
        input("a long key", "", "A", "=;"),
        input("a long value", "URI=", "a", ""),
        input("an open quote", "Subject=\"", "a", ""),
        input("escaped characters in Cert", "Cert=\"", "%41", "\""),
        input(
            "a certificate of 12 KB",
            "Cert=\"-----BEGIN CERTIFICATE-----%0A",
            "AAAA",
            "%0A-----END CERTIFICATE-----%0A\"",
        ),
    ]
}

pub(super) fn pem(world: &World) -> Vec<Candidate> {
    let api = world.api(from_header(CertificateSource::pem_header("x-pem")));
    let token = world.mint().bound_to_certificate(b"another").sign();
    let input = |name, before: &str, unit: &str, after: &str| {
        let headers = vec![("authorization", format!("Bearer {token}")), ("x-pem", filled(before, unit, after))];
        request(name, &api, "/".to_owned(), headers)
    };
    let (begin, end) = ("-----BEGIN CERTIFICATE-----%0A", "%0A-----END CERTIFICATE-----%0A");
    vec![
        input("a certificate of 12 KB", begin, "AAAA", end),
        input("a certificate in lines of four characters", begin, "AAAA%0A", end),
        input("a certificate of triplets", begin, "%41%41%41%41", end),
        input("line ends", begin, "%0A", end),
        input("sections of another kind", "", "-----BEGIN A-----%0AAAAA%0A-----END A-----%0A", ""),
        input("many certificates", "", "-----BEGIN CERTIFICATE-----%0AAAAA%0A-----END CERTIFICATE-----%0A", ""),
        input("beginnings", "", "-----BEGIN CERTIFICATE-----%0A", ""),
        input("hyphens", "", "-", ""),
        input("a wrong character at the end", begin, "AAAA", "!%0A-----END CERTIFICATE-----"),
        input("text without a section", "", "A", ""),
    ]
}

fn filled(before: &str, unit: &str, after: &str) -> String {
    format!("{before}{}{after}", unit.repeat((LONGEST - before.len() - after.len()) / unit.len()))
}

/// The longest header that is parsed.
const LONGEST: usize = 16 * 1024;
