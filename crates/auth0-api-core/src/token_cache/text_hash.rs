//! The hash of the texts of tokens.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::{FoldHasher, RandomState};

/// The tokens that an API accepts, and so remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenTexts {
    /// Signed tokens only. Each ends with its signature.
    Signed,
    /// Signed tokens, and encrypted tokens.
    SomeEncrypted,
}

/// Hashes the text of a token, with a random seed.
///
/// Of signed tokens, only the end is hashed, which is a part of the signature. Only the issuer can choose it, and
/// signatures differ almost always, so the hash of the end is as good as that of the whole text, and takes a fraction of
/// the time. Anybody who knows the public key of the API can choose the end of an encrypted token. So if there are such
/// tokens, the whole text is hashed: otherwise one client could fill the cache with tokens of the same hash, and the
/// look-up of each would compare it with all of them.
#[derive(Clone, Debug)]
pub(super) struct TextHashState {
    seed: RandomState,
    /// How many octets at the end of a text are hashed.
    end: usize,
}

pub(super) struct TextHasher {
    hasher: FoldHasher<'static>,
    end: usize,
}

impl TextHashState {
    pub(super) fn new(texts: TokenTexts) -> Self {
        let end = match texts {
            TokenTexts::Signed => SIGNATURE_END,
            TokenTexts::SomeEncrypted => usize::MAX,
        };
        Self { seed: RandomState::default(), end }
    }
}

impl BuildHasher for TextHashState {
    type Hasher = TextHasher;

    fn build_hasher(&self) -> TextHasher {
        TextHasher { hasher: self.seed.build_hasher(), end: self.end }
    }
}

impl Hasher for TextHasher {
    fn write(&mut self, text: &[u8]) {
        self.hasher.write(text.get(text.len().saturating_sub(self.end)..).unwrap_or_default());
    }

    fn finish(&self) -> u64 {
        self.hasher.finish()
    }
}

/// 192 bits of a signature. Each algorithm writes at least 64 octets, in 86 characters.
const SIGNATURE_END: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether two texts have the same hash.
    fn same(texts: TokenTexts, one: &str, other: &str) -> bool {
        let state = TextHashState::new(texts);
        state.hash_one(one) == state.hash_one(other)
    }

    #[test]
    fn each_character_of_the_end_of_a_signature_counts() {
        let end = "A".repeat(SIGNATURE_END);
        for at in 0..SIGNATURE_END {
            let mut other = end.clone();
            other.replace_range(at..=at, "B");
            assert!(!same(TokenTexts::Signed, &format!("h.p.{end}"), &format!("h.p.{other}")), "{at}");
        }
        assert!(same(TokenTexts::Signed, &format!("h.p.{end}"), &format!("i.q.{end}")));
        assert!(!same(TokenTexts::Signed, "a", "b") && same(TokenTexts::Signed, "a", "a"));
    }

    #[test]
    fn each_character_of_a_text_counts_if_tokens_may_be_encrypted() {
        let text = format!("h.k.i.c.{}", "A".repeat(100));
        for at in 0..text.len() {
            let mut other = text.clone();
            other.replace_range(at..=at, "B");
            assert!(!same(TokenTexts::SomeEncrypted, &text, &other), "{at}");
        }
    }

    #[test]
    fn hashes_have_a_random_seed() {
        let hash = || TextHashState::new(TokenTexts::Signed).hash_one("h.p.s");
        assert!((0..10).any(|_| hash() != hash()));
    }
}
