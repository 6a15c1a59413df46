//! The page of the guide shows the code of this package.

#[test]
fn the_page_shows_the_tested_code() {
    let page = include_str!("../../../../crates/auth0-api-core/src/guide/poem.md");
    let code = include_str!("../src/lib.rs");
    assert!(page.contains(&format!("\n```rust,ignore\n{code}```\n")));
}
