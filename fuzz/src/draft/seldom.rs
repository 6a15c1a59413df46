//! Choices that are seldom made, because they hide all others.

use arbitrary::{Arbitrary, Result, Unstructured};

/// A choice that is the default seven times of eight.
#[derive(Debug, Default)]
pub(super) struct Seldom<T>(pub(super) T);

impl<'a, T: Arbitrary<'a> + Default> Arbitrary<'a> for Seldom<T> {
    fn arbitrary(choices: &mut Unstructured<'a>) -> Result<Self> {
        if u8::arbitrary(choices)? % 8 == 7 { T::arbitrary(choices).map(Self) } else { Ok(Self::default()) }
    }
}
