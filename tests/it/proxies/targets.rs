//! A proof must be for the URL that the client called. The API reads this URL from the headers of the proxy.

use auth0_api_core::{ApiClient, DpopPolicy, TrustedProxies};

use auth0_api_testing::TestWorld;

use super::{Folder, HOST, Proxy, apache, blocks, caddy, haproxy, nginx, serve, shown, skip};

const GUIDE: &str = include_str!("../../../crates/auth0-api-core/src/guide/proxies.md");

#[tokio::test]
async fn behind_nginx_the_called_url_is_read_only_from_nginxs_headers() {
    let (world, folder) = (TestWorld::start().await, Folder::new("nginx-targets"));
    let builder = world.builder().dpop(DpopPolicy::require()).trusted_proxies(TrustedProxies::hops(1));
    let backend = serve(builder.build().unwrap()).await;
    let Some(proxy) = nginx(&folder, backend, &shown(GUIDE, "nginx"), "") else { return skip("nginx") };
    let (client, holder) = (proxy.client(&folder).build().unwrap(), world.tenant.token_holder());
    let elsewhere = "https://elsewhere.example/orders";
    for (signed, spoofed, status) in [
        (proxy.url().as_str(), None, 200),
        (&format!("http://{backend}/orders"), None, 401),
        (elsewhere, None, 401),
        (elsewhere, Some(("X-Forwarded-Host", "elsewhere.example")), 401),
        (elsewhere, Some(("Forwarded", "host=elsewhere.example;proto=https")), 401),
        (&proxy.url().replace("/orders", "/v1/orders"), Some(("X-Forwarded-Prefix", "/v1")), 401),
        // The client's headers have no effect, because the proxy replaces them.
        (&proxy.url(), Some(("X-Forwarded-Host", "elsewhere.example")), 200),
        (&proxy.url(), Some(("X-Forwarded-Proto", "http")), 200),
        (&proxy.url(), Some(("Forwarded", "nonsense")), 200),
    ] {
        let mut request = client.get(proxy.url()).header("authorization", holder.authorization());
        request = request.header("dpop", holder.proof("GET", signed).sign());
        if let Some((name, value)) = spoofed {
            request = request.header(name, value);
        }
        assert_eq!(request.send().await.unwrap().status(), status, "{signed} {spoofed:?}");
    }
}

#[tokio::test]
async fn behind_nginx_an_unknown_host_is_rejected_by_the_default_server() {
    let (world, folder) = (TestWorld::start().await, Folder::new("nginx-hosts"));
    let backend = serve(own_hosts_only(&world)).await;
    let [settings, default] = blocks(GUIDE, "nginx").collect::<Vec<_>>().try_into().unwrap();
    let Some(proxy) = nginx(&folder, backend, &settings, &default) else { return skip("nginx") };
    unknown_hosts_are_rejected(&world, &folder, &proxy).await;
}

#[tokio::test]
async fn behind_haproxy_an_unknown_host_is_rejected() {
    let (world, folder) = (TestWorld::start().await, Folder::new("haproxy-hosts"));
    let backend = serve(own_hosts_only(&world)).await;
    let Some(proxy) = haproxy(&folder, backend, &shown(GUIDE, "`HAProxy`")) else { return skip("haproxy") };
    unknown_hosts_are_rejected(&world, &folder, &proxy).await;
}

#[tokio::test]
async fn behind_apache_only_apaches_headers_count_and_an_unknown_host_is_rejected() {
    let (world, folder) = (TestWorld::start().await, Folder::new("apache"));
    let backend = serve(own_hosts_only(&world)).await;
    let Some(proxy) = apache(&folder, backend, &shown(GUIDE, "Apache")) else { return skip("apache2") };
    unknown_hosts_are_rejected(&world, &folder, &proxy).await;
    forged_headers_have_no_effect(&world, &folder, &proxy).await;
}

#[tokio::test]
async fn behind_caddy_only_caddys_headers_count_and_an_unknown_host_is_rejected() {
    let (world, folder) = (TestWorld::start().await, Folder::new("caddy"));
    let backend = serve(own_hosts_only(&world)).await;
    let Some(proxy) = caddy(&folder, backend, &shown(GUIDE, "Caddy")) else { return skip("caddy") };
    unknown_hosts_are_rejected(&world, &folder, &proxy).await;
    forged_headers_have_no_effect(&world, &folder, &proxy).await;
}

#[tokio::test]
async fn behind_haproxy_forged_headers_have_no_effect() {
    let (world, folder) = (TestWorld::start().await, Folder::new("haproxy"));
    let backend = serve(own_hosts_only(&world)).await;
    let Some(proxy) = haproxy(&folder, backend, &shown(GUIDE, "`HAProxy`")) else { return skip("haproxy") };
    forged_headers_have_no_effect(&world, &folder, &proxy).await;
}

/// Sends proofs for the own host, each with a header that would change the called URL if the API read it.
async fn forged_headers_have_no_effect(world: &TestWorld, folder: &Folder, proxy: &Proxy) {
    let (client, holder) = (proxy.client(folder).build().unwrap(), world.tenant.token_holder());
    for (name, value) in [
        ("X-Forwarded-Host", "elsewhere.example"),
        ("X-Forwarded-Host", "elsewhere.example, elsewhere.example"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Prefix", "/v1"),
        ("X-Forwarded-For", "10.0.0.1, nonsense"),
        ("Forwarded", "host=elsewhere.example;proto=https"),
        ("Forwarded", "nonsense"),
        // The client asks the proxy to remove the proxy's own header.
        ("Connection", "X-Forwarded-Host, X-Forwarded-Proto"),
    ] {
        let proof = holder.proof("GET", &format!("https://{HOST}/orders")).sign();
        let request = client.get(proxy.url()).header("host", HOST).header(name, value).header("dpop", proof);
        let response = request.header("authorization", holder.authorization()).send().await.unwrap();
        assert_eq!(response.status(), 200, "{name}: {value}");
    }
}

/// Returns an API behind one proxy, with one own host.
fn own_hosts_only(world: &TestWorld) -> ApiClient {
    let builder = world.builder().dpop(DpopPolicy::require()).trusted_proxies(TrustedProxies::hops(1));
    builder.own_hosts([HOST]).build().unwrap()
}

/// Sends proofs for the own host and for a host of another API, with that host in `Host`.
async fn unknown_hosts_are_rejected(world: &TestWorld, folder: &Folder, proxy: &Proxy) {
    let (client, holder) = (proxy.client(folder).build().unwrap(), world.tenant.token_holder());
    for (host, status) in [(HOST, 200), ("elsewhere.example", 421), ("api.example.com.evil.example", 421)] {
        let proof = holder.proof("GET", &format!("https://{host}/orders")).sign();
        let request = client.get(proxy.url()).header("host", host).header("authorization", holder.authorization());
        assert_eq!(request.header("dpop", proof).send().await.unwrap().status(), status, "{host}");
    }
}
