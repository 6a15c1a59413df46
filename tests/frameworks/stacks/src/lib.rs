//! The stacks are in `tests/it`.
