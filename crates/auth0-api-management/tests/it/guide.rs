//! The guide of `auth0-api-core` shows an example of this crate, which that crate cannot compile. The README has the same one, and
//! rustdoc compiles it.

#[test]
fn the_example_of_the_guide_is_that_of_the_readme() {
    let guide = include_str!("../../../auth0-api-core/src/guide/exchange.md");
    let readme = include_str!("../../README.md");
    let examples = guide.split("```rust,ignore\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let examples: Vec<_> = examples.filter(|example| example.contains("auth0_api_management")).collect();
    assert_eq!(examples.len(), 1);
    for example in examples {
        assert!(readme.contains(&format!("```rust\n{example}```\n")), "{example}");
    }
}
