//! Keeps the servers running and prints curl commands to paste.

use std::io;

use auth0_api_testing::LocalTenant;

pub(crate) async fn until_interrupted(tenant: &LocalTenant, url: &str) -> io::Result<()> {
    let plain = tenant.mint().sign();
    let reader = tenant.mint().scope("read:messages").sign();
    println!("Paste these commands into another terminal. The tokens are valid for one hour.\n");
    println!("curl -i {url}/api/public\n");
    println!("curl -i {url}/api/private\n");
    println!("curl -i {url}/api/private -H 'Authorization: Bearer {plain}'\n");
    println!("curl -i {url}/api/private-scoped -H 'Authorization: Bearer {plain}'\n");
    println!("curl -i {url}/api/private-scoped -H 'Authorization: Bearer {reader}'\n");
    println!("The API calls other APIs for the user: an API of the same tenant, and the APIs of Google and Slack:\n");
    for path in ["calendar", "connected/google-oauth2", "connected/slack"] {
        println!("curl -i {url}/api/{path} -H 'Authorization: Bearer {plain}'\n");
    }
    println!("Get your own token, with the client credentials grant:\n");
    println!(
        "curl -s {}/oauth/token -d grant_type=client_credentials -d client_id={} -d client_secret={} -d audience={}\n",
        tenant.domain(),
        tenant.client_id(),
        tenant.client_secret(),
        tenant.audience(),
    );
    println!("Press Ctrl-C to stop.");
    tokio::signal::ctrl_c().await
}
