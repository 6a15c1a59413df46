//! The table of the page: which settings make a proof for the called URL valid.

use auth0_api_testing::LocalTenant;

use crate::events::{Called, Gateway};
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
