//! Layers and routes that were built before the settings of their client were replaced.

use auth0_api_core::{ApiClient, ProtectedResource, Reloadable, TrustedDomains};

use super::credentials::{DPOP, SUBJECT};
use super::suite::Suite;
use super::{Answer, Call, Harness};
use crate::must::must;

const NEW_AUDIENCE: &str = "https://new.example.com";
const RESOURCE: &str = "https://resource.example.com";
const METADATA: &str = "/.well-known/oauth-protected-resource";

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let api = must(suite.world.builder().build(), "configuring a client");
    let to = suite.open_for(api.clone()).await;
    let call = suite.bearer("/private", "");
    suite.row("before a reload", to, call, Answer::served(SUBJECT)).await;

    reload(&api, |settings| settings.audiences([NEW_AUDIENCE])).await;
    let description = "the access token is not for this API";
    let error =
        r#"Bearer realm="api", error="invalid_token", error_description="the access token is not for this API""#;
    for route in ["/private", "/scoped", "/optional"] {
        let call = suite.bearer(route, "read:messages read:drafts");
        let rejected = Answer::rejected(401, &[error, DPOP], "invalid_token", description);
        suite.row(&format!("after a reload, a token for the old audience at {route}"), to, call, rejected).await;
        let token = suite.world.tenant.mint().audience(NEW_AUDIENCE).scope("read:messages read:drafts").sign();
        let call = suite.call(route).bearer(&token);
        let row = format!("after a reload, a token for the new audience at {route}");
        suite.row(&row, to, call, Answer::served(SUBJECT)).await;
    }
}

pub(super) async fn metadata<H: Harness>(suite: &mut Suite<'_, H>) {
    let builder = suite.world.builder().audiences([RESOURCE]).resource_metadata(ProtectedResource::new(RESOURCE));
    let api = must(builder.build(), "configuring a client");
    let to = suite.open_for(api.clone()).await;
    let before = suite.harness.send(to, Call::new("GET", METADATA)).await;
    let added = must(crate::LocalTenant::builder().clock(suite.world.clock.clone()).start().await, "starting a tenant");
    let domains = TrustedDomains::list([suite.world.tenant.domain(), added.domain()]);
    reload(&api, |settings| settings.domains(domains)).await;
    let after = suite.harness.send(to, Call::new("GET", METADATA)).await;
    let names = |answer: &Answer| answer.body.contains(added.issuer());
    suite.check("before a reload, the metadata names the old issuer only", !names(&before), &before);
    suite.check("after a reload, the metadata names the new issuer too", names(&after), &after);
    let changed = before.header("etag") != after.header("etag");
    suite.check("after a reload, the metadata has a new tag", changed, &after);
}

async fn reload(api: &ApiClient, change: impl FnOnce(Reloadable) -> Reloadable + Send) {
    must(api.reload(change).await, "replacing settings");
}
