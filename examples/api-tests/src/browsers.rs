//! Pages in browsers: CORS, as `CORS_ORIGINS` configures it.

use auth0_api_testing::LocalTenant;

use crate::process::{Holder, PRIVATE, Process, header};

const APP: &str = "https://app.example.com";
const LOCAL: &str = "http://localhost:5173";

pub async fn a_preflight_needs_no_token_on_any_route() {
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[("CORS_ORIGINS", APP)]).await;
    for path in ["/api/public", PRIVATE, "/api/private-scoped", "/elsewhere"] {
        let answer = api.preflight(path, APP, "authorization,content-type,dpop").await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        assert_eq!(header(&answer, "access-control-allow-origin"), [APP], "{path}");
        let allowed = header(&answer, "access-control-allow-headers").join(",").to_ascii_lowercase();
        for name in ["authorization", "content-type", "dpop"] {
            assert!(allowed.split(',').any(|known| known.trim() == name), "{path}: {allowed}");
        }
        assert!(header(&answer, "www-authenticate").is_empty(), "{path}");
    }
}

pub async fn a_page_can_read_an_answer_a_rejection_and_a_nonce() {
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[("CORS_ORIGINS", APP), ("DPOP_NONCE", "on")]).await;
    let holder = Holder::new(&tenant);
    let bearer = format!("Bearer {}", tenant.mint().sign());
    let (bound, proof) = (holder.authorization(), holder.proof(&api.url(PRIVATE)).sign());
    for (path, headers, status) in [
        ("/api/public", &[][..], 200),
        (PRIVATE, &[][..], 401),
        (PRIVATE, &[("authorization", &*bearer)][..], 200),
        ("/api/private-scoped", &[("authorization", &*bearer)][..], 403),
        (PRIVATE, &[("authorization", &*bound), ("dpop", &*proof)][..], 401),
    ] {
        let answer = api.get(path, &[headers, &[("origin", APP)]].concat()).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(header(&answer, "access-control-allow-origin"), [APP], "{path}");
        let exposed = header(&answer, "access-control-expose-headers").join(",").to_ascii_lowercase();
        assert!(exposed.contains("dpop-nonce") && exposed.contains("www-authenticate"), "{path}: {exposed}");
        // Caches must not give a page the answer for another origin.
        assert!(header(&answer, "vary").join(",").to_ascii_lowercase().contains("origin"), "{path}");
    }
}

pub async fn only_the_configured_origins_are_allowed() {
    let tenant = LocalTenant::start().await.unwrap();
    for (settings, app, local) in [
        // The tenant of this test is local.
        (&[][..], false, true),
        (&[("CORS_ORIGINS", "local")], false, true),
        (&[("CORS_ORIGINS", "none")], false, false),
        (&[("CORS_ORIGINS", "any")], true, true),
        (&[("CORS_ORIGINS", APP)], true, false),
        (&[("CORS_ORIGINS", "https://other.example.com,https://app.example.com")], true, false),
    ] {
        let api = Process::start(&tenant, settings).await;
        for (origin, allowed) in [(APP, app), (LOCAL, local)] {
            let answer = api.get("/api/public", &[("origin", origin)]).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(!header(&answer, "access-control-allow-origin").is_empty(), allowed, "{settings:?} {origin}");
            let answer = api.preflight(PRIVATE, origin, "authorization").await;
            assert_eq!(!header(&answer, "access-control-allow-origin").is_empty(), allowed, "{settings:?} {origin}");
            assert_ne!(answer.status(), 401, "{settings:?} {origin}");
        }
    }
}

pub async fn a_malformed_origin_is_reported_at_the_start() {
    let tenant = LocalTenant::start().await.unwrap();
    let settings = [("CORS_ORIGINS", "https://app.example.com/"), ("AUTH0_AUDIENCE", tenant.audience())];
    let output = crate::process::command(&settings).env("AUTH0_DOMAIN", tenant.domain()).output().await.unwrap();
    assert!(!output.status.success());
    let problem = String::from_utf8(output.stderr).unwrap();
    assert!(problem.contains(r#""https://app.example.com/" is not an origin"#), "{problem}");
}
