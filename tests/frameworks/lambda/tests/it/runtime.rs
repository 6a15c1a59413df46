//! Both functions, with the runtime of AWS, behind each gateway.

use auth0_api_testing::LocalTenant;

use crate::events::{Called, GATEWAYS, Gateway};
use crate::runtime_api::Function;

const PLAIN: &str = env!("CARGO_BIN_EXE_plain");
const AXUM: &str = env!("CARGO_BIN_EXE_axum");

async fn tenant() -> LocalTenant {
    LocalTenant::start().await.unwrap()
}

fn bearer(tenant: &LocalTenant) -> String {
    format!("Bearer {}", tenant.mint().scope("write:orders").sign())
}

#[tokio::test]
async fn each_gateway_gets_the_challenges_and_the_answers() {
    let tenant = tenant().await;
    for program in [PLAIN, AXUM] {
        let function = Function::start(program, &tenant, &[]).await;
        for gateway in GATEWAYS {
            let answer =
                function.invoke(Called::get("/me").through(gateway, "$default")).await;
            assert_eq!(answer.status(), 401, "{program} {gateway:?}");
            let challenges = [r#"Bearer realm="api", DPoP algs="ES256""#];
            assert_eq!(
                answer.lines("www-authenticate"),
                challenges,
                "{program} {gateway:?}"
            );

            let called = Called::get("/me").header("authorization", bearer(&tenant));
            let answer = function.invoke(called.through(gateway, "$default")).await;
            assert_eq!(
                (answer.status(), answer.text().as_str()),
                (200, "auth0|local-user"),
                "{program} {gateway:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_proof_is_for_the_public_url() {
    let tenant = tenant().await;
    for program in [PLAIN, AXUM] {
        let function = Function::start(program, &tenant, &[]).await;
        for gateway in GATEWAYS {
            let holder = tenant.token_holder();
            for (url, status) in
                [("https://api.example.com/me", 200), ("https://evil.example/me", 401)]
            {
                let called = Called::get("/me")
                    .header("authorization", holder.authorization())
                    .header("dpop", holder.proof("GET", url).sign());
                let answer = function.invoke(called.through(gateway, "$default")).await;
                assert_eq!(answer.status(), status, "{program} {gateway:?} {url}");
            }
        }
    }
}

#[tokio::test]
async fn a_body_arrives_and_leaves_unchanged() {
    let tenant = tenant().await;
    let (text, binary) = ("{\"a\":\"\u{e9}\"}".as_bytes(), &[0, 159, 146, 150, 255][..]);
    for program in [PLAIN, AXUM] {
        let function = Function::start(program, &tenant, &[]).await;
        for gateway in GATEWAYS {
            for body in [text, binary] {
                let called =
                    Called::post("/echo", body).header("authorization", bearer(&tenant));
                let answer = function.invoke(called.through(gateway, "$default")).await;
                assert_eq!(answer.status(), 200, "{program} {gateway:?}");
                assert_eq!(answer.body(), body, "{program} {gateway:?}");
            }
            let answer = function
                .invoke(Called::post("/echo", binary).through(gateway, "$default"));
            assert_eq!(answer.await.status(), 401, "{program} {gateway:?}");
        }
    }
}

/// What `lambda_http` makes of two lines with credentials, the first of them valid, the second
/// one not.
#[tokio::test]
async fn repeated_credentials_arrive_as_the_event_states_them() {
    let tenant = tenant().await;
    let (good, bad) = (bearer(&tenant), "Bearer a.b.c");
    let function = Function::start(PLAIN, &tenant, &[]).await;
    for (gateway, good_first, bad_first) in [
        // One list: no token.
        (Gateway::Http, 400, 400),
        // `lambda_http` takes the last line.
        (Gateway::Rest, 401, 200),
        (Gateway::LoadBalancer, 401, 200),
        // Both lines arrive.
        (Gateway::LoadBalancerMultiValue, 400, 400),
    ] {
        for (first, second, status) in
            [(&*good, bad, good_first), (bad, &*good, bad_first)]
        {
            let called = Called::get("/me")
                .header("authorization", first)
                .header("authorization", second);
            let answer = function.invoke(called.through(gateway, "$default")).await;
            assert_eq!(answer.status(), status, "{gateway:?}");
        }
    }
}

#[tokio::test]
async fn a_client_certificate_of_the_gateway_proves_a_bound_token() {
    let tenant = tenant().await;
    // The digest of the octets is compared, so they need not be a certificate.
    let (own, other) = ([0x30, 0x03, 0x02, 0x01, 0x05], [0x30, 0x03, 0x02, 0x01, 0x06]);
    let pem = |der: &[u8]| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    };
    let token = format!("Bearer {}", tenant.mint().bound_to_certificate(&own).sign());
    for program in [PLAIN, AXUM] {
        let function = Function::start(program, &tenant, &[]).await;
        for gateway in [Gateway::Http, Gateway::Rest] {
            for (certificate, status) in [
                (Some(pem(&own)), 200),
                (Some(pem(&other)), 401),
                (Some("no certificate".to_owned()), 401),
                (None, 401),
            ] {
                let mut called =
                    Called::get("/me").header("authorization", token.clone());
                called.certificate = certificate;
                let answer = function.invoke(called.through(gateway, "$default")).await;
                assert_eq!(answer.status(), status, "{program} {gateway:?}");
            }
        }
    }
}
