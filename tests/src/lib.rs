//! Compiles the examples of the README. The tests are in `it/`.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
