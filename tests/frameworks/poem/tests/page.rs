//! The page of the guide shows the code of this package.

const PAGE: &str = include_str!("../../../../crates/auth0-api-core/src/guide/poem.md");

#[test]
fn the_page_shows_the_tested_code() {
    for (name, code) in [
        ("api.rs", include_str!("../examples/api.rs")),
        ("lib.rs", include_str!("../src/lib.rs")),
    ] {
        assert!(PAGE.contains(&format!("\n```rust,ignore\n{code}```\n")), "{name}");
    }
}
