//! Runs the tests of `api-tests`, which `actix-api` runs too.

api_tests::test_the_program!(env!("CARGO_BIN_EXE_axum-api"));
