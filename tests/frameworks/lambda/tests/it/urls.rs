//! The table of the page: which settings make a proof for the called URL valid.

use auth0_api_testing::LocalTenant;

use crate::events::{Called, GATEWAYS, Gateway};
use crate::runtime_api::Function;

/// The URL that a client calls, the gateway, its stage, the path of the event, and the settings
/// of the function.
type Row = (
    &'static str,
    Gateway,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const ROWS: [Row; 7] = [
    (
        "https://api.example.com/me",
        Gateway::Http,
        "$default",
        "/me",
        &[("PUBLIC_URL", "https://api.example.com")],
    ),
    (
        "https://api.example.com/orders/me",
        Gateway::Http,
        "$default",
        "/me",
        &[("PUBLIC_URL", "https://api.example.com/orders")],
    ),
    (
        "https://id.lambda-url.eu-west-1.on.aws/me",
        Gateway::Http,
        "$default",
        "/me",
        &[("PUBLIC_URL", "https://id.lambda-url.eu-west-1.on.aws")],
    ),
    (
        "https://id.execute-api.eu-west-1.amazonaws.com/prod/me",
        Gateway::Rest,
        "prod",
        "/me",
        &[
            ("PUBLIC_URL", "https://id.execute-api.eu-west-1.amazonaws.com/prod"),
            ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "1"),
        ],
    ),
    (
        "https://api.example.com/me",
        Gateway::Rest,
        "prod",
        "/me",
        &[
            ("PUBLIC_URL", "https://api.example.com"),
            ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "1"),
        ],
    ),
    (
        "https://api.example.com/me",
        Gateway::LoadBalancer,
        "",
        "/me",
        &[("PUBLIC_URL", "https://api.example.com")],
    ),
    (
        "https://api.example.com/me",
        Gateway::LoadBalancerMultiValue,
        "",
        "/me",
        &[("PUBLIC_URL", "https://api.example.com")],
    ),
];

async fn status(
    function: &Function,
    tenant: &LocalTenant,
    (url, gateway, stage, path, _): Row,
) -> u64 {
    let holder = tenant.token_holder();
    let called = Called::get(path)
        .header("authorization", holder.authorization())
        .header("dpop", holder.proof("GET", url).sign());
    function.invoke(called.through(gateway, stage)).await.status()
}

#[tokio::test]
async fn the_settings_of_the_page_lead_to_the_called_url() {
    let tenant = LocalTenant::start().await.unwrap();
    for program in [env!("CARGO_BIN_EXE_plain"), env!("CARGO_BIN_EXE_axum")] {
        for row in ROWS {
            let function = Function::start(program, &tenant, row.4).await;
            assert_eq!(status(&function, &tenant, row).await, 200, "{program} {row:?}");
        }
    }
}

/// Without the variable, `lambda_http` puts the stage before the path: the proof is for another
/// URL.
#[tokio::test]
async fn the_stage_of_a_rest_api_is_in_the_path_by_default() {
    let tenant = LocalTenant::start().await.unwrap();
    let function = Function::start(env!("CARGO_BIN_EXE_plain"), &tenant, &[]).await;
    let row: Row = ("https://api.example.com/me", Gateway::Rest, "prod", "/me", &[]);
    assert_eq!(status(&function, &tenant, row).await, 401);
}

/// `lambda_http` parses the header `Host` and the path as one URL.
#[tokio::test]
async fn a_path_that_is_not_that_of_the_event_is_rejected() {
    let tenant = LocalTenant::start().await.unwrap();
    let bearer = format!("Bearer {}", tenant.mint().sign());
    for program in [env!("CARGO_BIN_EXE_plain"), env!("CARGO_BIN_EXE_axum")] {
        let function = Function::start(program, &tenant, &[]).await;
        for gateway in GATEWAYS {
            for (host, path, status) in [
                ("api.example.com", "/me", 200),
                ("api.example.com/me?", "/other", 400),
                ("api.example.com/me#", "/other", 400),
                ("api.example.com", "/x/../me", 400),
                ("api.example.com", "/x/%2e%2e/me", 400),
                ("api.example.com", "/a b%20c", 404),
            ] {
                let called = Called::get(path).header("authorization", bearer.clone());
                let called = Called { host, ..called };
                let answer = function.invoke(called.through(gateway, "$default")).await;
                // `lambda_http` finds no `Host` here, so nothing moves the path.
                let is_kept = matches!(gateway, Gateway::LoadBalancerMultiValue);
                let status = if is_kept && path == "/other" { 404 } else { status };
                let case = format!("{program} {gateway:?} {host} {path}");
                assert_eq!(answer.status(), status, "{case}");
            }
        }
        // With the stage of a REST API.
        let called = Called::get("/other").header("authorization", bearer.clone());
        let called = Called { host: "api.example.com/me?", ..called };
        let answer = function.invoke(called.through(Gateway::Rest, "prod")).await;
        assert_eq!(answer.status(), 400, "{program}");
    }
}
