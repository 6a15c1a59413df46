//! Rows over HTTP/1.1: methods, hosts, targets, bodies, preflight requests, connections that stay open.

use std::net::SocketAddr;

use auth0_api_core::DpopPolicy;

use super::credentials::{BEARER, DPOP, SUBJECT, missing};
use super::suite::Suite;
use super::target::{malformed, mismatch};
use super::transport::Connection;
use super::{Answer, Call, Harness};

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    methods(suite, to).await;
    hosts(suite, to).await;
    absolute_form(suite, to).await;
    queries(suite, to).await;
    bodies(suite, to).await;
    preflight(suite, to).await;
    open_connection(suite, to).await;
}

async fn methods<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
        let holder = suite.world.tenant.token_holder();
        let call = |proven: &str| {
            let proof = holder.proof(proven, &suite.url(to, "/private")).sign();
            Call::new(method, suite.harness.path("/private")).dpop(&holder.token, proof)
        };
        let (right, wrong) = (call(method), call("PATCH"));
        let without_body = |answer: Answer| match method {
            "HEAD" => Answer { body: String::new(), ..answer },
            _ => answer,
        };
        suite.row(&format!("a proof for {method}"), to, right, without_body(Answer::served(SUBJECT))).await;
        let description = "the proof was made for another method";
        let error = format!(r#"DPoP error="invalid_dpop_proof", error_description="{description}", algs="ES256""#);
        let rejected = Answer::rejected(401, &[BEARER, &error], "invalid_dpop_proof", description);
        suite.row(&format!("a {method} with a proof for PATCH"), to, wrong, without_body(rejected)).await;
        let call = Call::new(method, suite.harness.path("/private"));
        suite.row(&format!("a {method} without credentials"), to, call, without_body(missing(&[BEARER, DPOP]))).await;
    }
}

async fn hosts<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let private = suite.harness.path("/private");
    let moved = format!("{to}{private}?");
    for (host, htu, expected) in [
        ("api.example.com", format!("http://api.example.com{private}"), Answer::served(SUBJECT)),
        ("API.example.com:80", format!("http://api.example.com{private}"), Answer::served(SUBJECT)),
        ("api.example.com", suite.url(to, "/private"), mismatch()),
        ("", suite.url(to, "/private"), malformed()),
        ("user@api.example.com", format!("http://api.example.com{private}"), malformed()),
        // With this `Host`, the URL would be `http://HOST/private?/private`: the header would choose the path.
        (&moved, suite.url(to, "/private"), malformed()),
    ] {
        let holder = suite.world.tenant.token_holder();
        let call = suite.call("/private").header("host", host);
        let call = call.dpop(&holder.token, holder.proof("GET", &htu).sign());
        suite.row(&format!("the host {host:?}, and a proof for {htu}"), to, call, expected).await;
    }
}

async fn absolute_form<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let private = suite.harness.path("/private");
    for (target, expected) in
        [(suite.url(to, "/private"), Answer::served(SUBJECT)), (format!("http://evil.example{private}"), malformed())]
    {
        let holder = suite.world.tenant.token_holder();
        let proof = holder.proof("GET", &target).sign();
        let call = Call::new("GET", target).header("host", to.to_string()).dpop(&holder.token, proof);
        let row = format!("the absolute target {}, and the server's own host", call.target);
        suite.row(&row, to, call, expected).await;
    }
}

async fn queries<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let holder = suite.world.tenant.token_holder();
    let target = format!("{}?page=2&x=%2F", suite.harness.path("/private"));
    let proof = holder.proof("GET", &suite.url(to, "/private")).sign();
    let call = Call::new("GET", target).dpop(&holder.token, proof);
    suite.row("a query, which is not part of the proof", to, call, Answer::served(SUBJECT)).await;
}

async fn bodies<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let body = "0123456789abcdef".repeat(4 * 1024);
    let path = suite.harness.path("/echo");
    let call = Call::new("POST", path.clone()).bearer(&suite.world.tenant.mint().sign()).body(body.clone());
    suite.row("a body of 64 KiB reaches the handler unchanged", to, call, Answer::served(&body)).await;
    let call = Call::new("POST", path).body(body);
    suite.row("a body of 64 KiB without credentials", to, call, missing(&[BEARER, DPOP])).await;
}

/// A preflight request has no token, and the CORS layer must answer it. A browser can read an answer only if the answer
/// has the headers of the CORS layer.
async fn preflight<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let path = suite.harness.path("/cors");
    let origin = [("origin", "https://app.example.com")];
    let call = Call::new("OPTIONS", path.clone()).headers(&origin);
    let call = call.header("access-control-request-method", "GET");
    let call = call.header("access-control-request-headers", "authorization, dpop");
    let answer = suite.harness.send(to, call).await;
    let allowed = answer.header("access-control-allow-origin").is_some();
    let holds = allowed && answer.status < 300 && answer.header("www-authenticate").is_none();
    suite.check("a preflight request passes the CORS layer", holds, &answer);

    for (row, call, status) in [
        ("a rejection", Call::new("GET", path.clone()).headers(&origin), 401),
        ("an answer", Call::new("GET", path).headers(&origin).bearer(&suite.world.tenant.mint().sign()), 200),
    ] {
        let answer = suite.harness.send(to, call).await;
        let allowed = answer.header("access-control-allow-origin").is_some();
        let holds = answer.status == status && allowed;
        suite.check(&format!("{row} gets the headers of the CORS layer"), holds, &answer);
    }
}

async fn open_connection<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let mut connection = Connection::open(to).await;
    for round in 1..=2 {
        let answer = connection.send(Call::new("GET", suite.harness.path("/private"))).await;
        let row = format!("a rejection on a connection that stays open, round {round}");
        suite.compare(&row, answer, missing(&[BEARER, DPOP]));
        let answer = connection.send(suite.bearer("/private", "")).await;
        suite.compare(&format!("a good token on the same connection, round {round}"), answer, Answer::served(SUBJECT));
    }
}
