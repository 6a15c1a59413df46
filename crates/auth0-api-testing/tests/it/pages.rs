//! The pages that the tenant shows to a person.

use auth0_api_testing::{Application, LocalTenant, User};

use crate::caller::{Answer, get, send};

#[tokio::test]
async fn the_root_lists_what_is_served_with_links_that_work() {
    let tenant = LocalTenant::builder()
        .application(Application::single_page("page"))
        .user(User::new("auth0|ada").claim("name", "Ada"))
        .start()
        .await
        .unwrap();
    let answer = get(&format!("{}/", tenant.domain())).await;
    assert_eq!(answer.status, 200);
    is_a_safe_page(&answer);
    for text in [
        &format!("export AUTH0_DOMAIN={}", tenant.domain()),
        "export AUTH0_AUDIENCE=https://api.example.com",
        &format!("domain: &#39;{}&#39;", tenant.domain()),
        "clientId: &#39;page&#39;",
        "Ada (auth0|ada)",
    ] {
        assert!(answer.body.contains(text), "{text}: {}", answer.body);
    }
    assert!(!answer.body.contains(tenant.client_secret()) && !answer.body.contains(tenant.api_client_secret()));
    let links: Vec<_> = answer.body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(links.len() >= 5, "{links:?}");
    for link in links {
        assert_ne!(get(&format!("{}{link}", tenant.domain())).await.status, 404, "{link}");
    }
}

#[tokio::test]
async fn a_text_of_the_configuration_never_becomes_markup() {
    let text = "<script>alert('x')</script>";
    let builder = LocalTenant::builder().audience(text).organization(text, text).connection(text);
    let builder = builder.application(Application::single_page(text)).user(User::new(text).claim("name", text));
    let tenant = builder.start().await.unwrap();
    let answer = get(&format!("{}/", tenant.domain())).await;
    is_a_safe_page(&answer);
    assert!(answer.body.contains("&lt;script&gt;"));
}

#[tokio::test]
async fn no_page_of_another_origin_can_read_a_page() {
    let tenant = LocalTenant::start().await.unwrap();
    let headers = [("origin", "http://localhost:5173")];
    let answer = send("GET", &format!("{}/", tenant.domain()), &headers, "").await.unwrap();
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

/// Asserts that a page runs no script, loads nothing, cannot be framed, and is not stored.
pub(crate) fn is_a_safe_page(answer: &Answer) {
    let policy = answer.header("content-security-policy").unwrap();
    for directive in ["default-src 'none'", "style-src 'sha256-", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(directive), "{policy}");
    }
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    for part in ["<script", " src=", "onclick", "javascript:"] {
        assert!(!answer.body.contains(part), "{part}: {}", answer.body);
    }
    assert!(answer.body.contains("color-scheme: light dark"));
}
