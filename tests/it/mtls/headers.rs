//! Certificates in a header: accepted only from a trusted proxy, only in the configured header, and only once.

use auth0_api_core::mtls::CertificateSourceError;
use auth0_api_core::{ApiClient, Binding, CertificateSource, ClientCertificate, ConfigProblem, TrustedProxies};
use auth0_api_testing::{TestWorld, status_and_label};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{DER, OTHER_DER, bound, present};

const PROXY: &str = "10.0.0.1";
const UNTRUSTED: &str = "192.0.2.1";

fn api(world: &TestWorld, certificates: CertificateSource) -> ApiClient {
    let proxies = TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
    world.builder().trusted_proxies(proxies).client_certificates(certificates).build().unwrap()
}

/// A setting, its header, and a function that writes a certificate as a proxy does.
type HeaderFormat = (CertificateSource, &'static str, fn(&[u8]) -> String);

fn header_formats() -> [HeaderFormat; 3] {
    [
        (CertificateSource::client_cert_header(), "Client-Cert", |der| format!(":{}:", STANDARD.encode(der))),
        (CertificateSource::pem_header("X-SSL-Client-Cert"), "x-ssl-client-cert", |der| {
            let base64 = STANDARD.encode(der).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
            format!("-----BEGIN%20CERTIFICATE-----%0A{base64}%0A-----END%20CERTIFICATE-----%0A")
        }),
        (CertificateSource::forwarded_client_cert_header(), "X-Forwarded-Client-Cert", |der| {
            let digest = ClientCertificate::from_der(der).thumbprint();
            let hash = digest.as_bytes().map(|octet| format!("{octet:02x}")).concat();
            format!(r#"By=spiffe://a/b;Hash={hash};Subject="CN=client,O=\"a;b\"""#)
        }),
    ]
}

#[tokio::test]
async fn a_certificate_in_a_trusted_proxys_header_is_accepted() {
    let world = TestWorld::start().await;
    let authorization = bound(&world);
    for (certificates, header, write) in header_formats() {
        let (api, own, other) = (api(&world, certificates), write(DER), write(OTHER_DER));
        let token = present(&api, None, PROXY, &[("authorization", &authorization), (header, &own)]).await.unwrap();
        assert_eq!(token.binding(), Binding::Mtls { thumbprint: ClientCertificate::from_der(DER).thumbprint() });
        for (peer, lines, expected) in [
            (UNTRUSTED, vec![(header, own.as_str())], "401 mtls_certificate_missing"),
            ("", vec![(header, &own)], "401 mtls_certificate_missing"),
            (PROXY, vec![], "401 mtls_certificate_missing"),
            (PROXY, vec![(header, "")], "401 mtls_certificate_missing"),
            (PROXY, vec![(header, &other)], "401 mtls_certificate_mismatch"),
            (PROXY, vec![(header, "no certificate")], "400 mtls_certificate_unreadable"),
        ] {
            let headers = [vec![("authorization", authorization.as_str())], lines].concat();
            assert_eq!(status_and_label(&present(&api, None, peer, &headers).await), expected, "{peer} {headers:?}");
        }
    }
}

#[tokio::test]
async fn only_the_configured_header_is_read() {
    let world = TestWorld::start().await;
    let authorization = bound(&world);
    for (index, (certificates, ..)) in header_formats().into_iter().enumerate() {
        let api = api(&world, certificates);
        for (other, (_, header, write)) in header_formats().into_iter().enumerate().filter(|(other, _)| *other != index)
        {
            let headers = [("authorization", authorization.as_str()), (header, &write(DER))];
            let outcome = present(&api, None, PROXY, &headers).await;
            assert_eq!(status_and_label(&outcome), "401 mtls_certificate_missing", "{index} {other}");
        }
    }
}

#[tokio::test]
async fn with_a_header_configured_the_connections_certificate_is_ignored() {
    let world = TestWorld::start().await;
    let authorization = bound(&world);
    for (certificates, ..) in header_formats() {
        let outcome = present(&api(&world, certificates), Some(DER), PROXY, &[("authorization", &authorization)]).await;
        assert_eq!(status_and_label(&outcome), "401 mtls_certificate_missing");
    }
    let direct = api(&world, CertificateSource::of_connection());
    for (_, header, write) in header_formats() {
        let headers = [("authorization", authorization.as_str()), (header, &write(DER))];
        assert_eq!(status_and_label(&present(&direct, None, PROXY, &headers).await), "401 mtls_certificate_missing");
    }
}

#[tokio::test]
async fn a_repeated_certificate_header_is_rejected() {
    let world = TestWorld::start().await;
    let authorization = bound(&world);
    for (certificates, header, write) in header_formats() {
        let own = write(DER);
        let headers = [("authorization", authorization.as_str()), (header, &own), (header, &own)];
        let outcome = present(&api(&world, certificates), None, PROXY, &headers).await;
        assert_eq!(status_and_label(&outcome), "400 mtls_certificate_unreadable");
    }
}

#[tokio::test]
async fn envoys_list_has_exactly_the_configured_number_of_elements() {
    let world = TestWorld::start().await;
    let authorization = bound(&world);
    let (certificates, header, write) = header_formats().into_iter().last().unwrap();
    let (client, other) = (write(DER), write(OTHER_DER));
    for (elements, list, expected) in [
        (1, client.clone(), "200 accepted"),
        (1, other.clone(), "401 mtls_certificate_mismatch"),
        (1, format!("{other},{client}"), "400 mtls_certificate_unreadable"),
        (2, format!("{client},{other}"), "200 accepted"),
        (2, format!("{other},{client}"), "401 mtls_certificate_mismatch"),
        (2, client.clone(), "400 mtls_certificate_unreadable"),
        (2, format!("{client},{other},{other}"), "400 mtls_certificate_unreadable"),
    ] {
        let builder = world.builder().client_certificates(certificates.clone().appended(elements));
        // The trusted proxies do not change which element counts.
        for proxies in [TrustedProxies::hops(1), TrustedProxies::hops(2), TrustedProxies::networks([PROXY]).unwrap()] {
            let api = builder.clone().trusted_proxies(proxies).build().unwrap();
            for senders in ["192.0.2.1", "192.0.2.1, 10.0.0.1"] {
                let headers =
                    [("authorization", authorization.as_str()), ("x-forwarded-for", senders), (header, &list)];
                assert_eq!(
                    status_and_label(&present(&api, None, PROXY, &headers).await),
                    expected,
                    "{elements} {list}"
                );
            }
        }
    }
}

/// Envoy writes `URI=` and `DNS=` without quotes. A client can put a comma into the certificate that it signs itself.
#[tokio::test]
async fn a_name_in_the_clients_certificate_cannot_forge_another_certificate() {
    let world = TestWorld::start().await;
    let authorization = bound(&world);
    let (certificates, header, write) = header_formats().into_iter().last().unwrap();
    let (victim, attacker) = (write(DER), write(OTHER_DER));
    for name in ["URI=spiffe://x", "DNS=x"] {
        for separator in [",", ";", ", ", "\","] {
            let forged = format!("{attacker};{name}{separator}{victim}");
            for proxies in [TrustedProxies::hops(1), TrustedProxies::networks(["10.0.0.0/8"]).unwrap()] {
                let builder = world.builder().trusted_proxies(proxies).client_certificates(certificates.clone());
                let headers = [("authorization", authorization.as_str()), (header, &forged)];
                let outcome = present(&builder.build().unwrap(), None, PROXY, &headers).await;
                assert_eq!(status_and_label(&outcome), "400 mtls_certificate_unreadable", "{forged}");
            }
        }
    }
}

#[tokio::test]
async fn a_certificate_header_that_is_too_long_is_rejected() {
    let world = TestWorld::start().await;
    let authorization = bound(&world);
    for (certificates, header, write) in header_formats() {
        let long = format!("{}{}", write(DER), " ,".repeat(30 * 1024));
        let headers = [("authorization", authorization.as_str()), (header, &long)];
        let outcome = present(&api(&world, certificates), None, PROXY, &headers).await;
        assert_eq!(status_and_label(&outcome), "400 mtls_certificate_unreadable", "{header}");
    }
}

#[tokio::test]
async fn an_unusable_certificate_source_is_a_build_error() {
    let world = TestWorld::start().await;
    let problems = |certificates| {
        let error = world.builder().client_certificates(certificates).build().unwrap_err();
        error.problems().iter().map(|problem| (problem.option(), problem.to_string())).collect::<Vec<_>>()
    };
    for (certificates, ..) in header_formats() {
        let expected = "client_certificates: a header with certificates needs trusted_proxies()";
        assert_eq!(problems(certificates), [("client_certificates", expected.to_owned())]);
    }
    let unnamed = CertificateSource::pem_header("X SSL");
    let expected = ConfigProblem::CertificateSource(CertificateSourceError::HeaderName).to_string();
    assert_eq!(problems(unnamed), [("client_certificates", expected)]);
    let expected = ConfigProblem::CertificateSource(CertificateSourceError::Elements).to_string();
    for source in [
        CertificateSource::forwarded_client_cert_header().appended(0),
        CertificateSource::client_cert_header().appended(1),
        CertificateSource::of_connection().appended(2),
    ] {
        assert_eq!(problems(source), [("client_certificates", expected.clone())]);
    }
}
