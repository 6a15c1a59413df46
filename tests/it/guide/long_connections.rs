//! Streams and WebSockets that end with their token: the tests of `long_connections` run the code.

#[test]
fn the_guide_shows_the_code_of_the_tests() {
    let page = include_str!("../../../crates/auth0-api-core/src/guide/long_connections.md");
    super::assert_shown(page, 2, &[include_str!("../long_connections/servers.rs")]);
}
