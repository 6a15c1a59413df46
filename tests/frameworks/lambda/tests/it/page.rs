//! The page of the guide shows the code of this package.

const PAGE: &str =
    include_str!("../../../../../crates/auth0-api-core/src/guide/lambda.md");

#[test]
fn the_page_shows_the_tested_code() {
    for (name, code) in [
        ("bin/axum.rs", include_str!("../../src/bin/axum.rs")),
        ("bin/plain.rs", include_str!("../../src/bin/plain.rs")),
        ("gateway.rs", include_str!("../../src/gateway.rs")),
        ("plain.rs", include_str!("../../src/plain.rs")),
    ] {
        assert!(PAGE.contains(&format!("\n```rust,ignore\n{code}```\n")), "{name}");
    }
}
