//! Tests of the crates together: the conformance vectors, and flows that no single crate can show.

mod vectors;
