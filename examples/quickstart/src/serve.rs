//! Staying up, with lines to paste.

use std::io;

use auth0_api_testing::LocalTenant;

pub(crate) async fn until_interrupted(tenant: &LocalTenant, url: &str) -> io::Result<()> {
    let plain = tenant.mint().sign();
    let reader = tenant.mint().scope("read:messages").sign();
    println!("Paste these; the tokens are good for an hour.\n");
    println!("curl -i {url}/api/public\n");
    println!("curl -i {url}/api/private\n");
    println!("curl -i {url}/api/private -H 'Authorization: Bearer {plain}'\n");
    println!("curl -i {url}/api/private-scoped -H 'Authorization: Bearer {plain}'\n");
    println!("curl -i {url}/api/private-scoped -H 'Authorization: Bearer {reader}'\n");
    println!(
        "What the API does for the user with others: an API of the same tenant, and accounts at other companies:\n"
    );
    for path in ["calendar", "connected/google-oauth2", "connected/slack"] {
        println!("curl -i {url}/api/{path} -H 'Authorization: Bearer {plain}'\n");
    }
    println!("A token of your own, as a machine gets one:\n");
    println!(
        "curl -s {}/oauth/token -d grant_type=client_credentials -d client_id={} -d client_secret={} -d audience={}\n",
        tenant.domain(),
        tenant.client_id(),
        tenant.client_secret(),
        tenant.audience(),
    );
    println!("Ctrl-C stops it.");
    tokio::signal::ctrl_c().await
}
