//! The README's examples, compiled. The tests themselves are in `it/`.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
