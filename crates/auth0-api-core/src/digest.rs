//! SHA-256.

use aws_lc_rs::digest::{Context, Digest, SHA256, digest};
use smallvec::SmallVec;

/// Computes the SHA-256 of some octets.
pub(crate) fn sha256(octets: &[u8]) -> [u8; 32] {
    to_array(&digest(&SHA256, octets))
}

/// Computes the SHA-256 of some octets, in the form that a signature check takes.
pub(crate) fn sha256_digest(octets: &[u8]) -> Digest {
    digest(&SHA256, octets)
}

/// Computes the SHA-256 of the beginning of a text, and of the whole text, in one pass.
///
/// 1. The hash context reads the beginning.
/// 2. A copy of the context is finished at this point. The result is the first hash.
/// 3. The original context also reads the rest of the text. The result is the second hash.
pub(crate) fn sha256_of_beginning_and_whole(beginning: &[u8], rest: &[u8]) -> (Digest, [u8; 32]) {
    let mut context = Context::new(&SHA256);
    context.update(beginning);
    let first = context.clone().finish();
    context.update(rest);
    (first, to_array(&context.finish()))
}

/// Computes the SHA-256 of a list of parts so that two different lists never give the same input to the hash.
///
/// Without lengths, the lists `["ab", "c"]` and `["a", "bc"]` would both hash the text `abc`. So the input of the hash
/// has the length of each part in eight octets before the part's octets. Such an input can be split into parts in only
/// one way.
///
/// A short input is copied to the stack and hashed in one call, which costs less than a hash context. A longer input is
/// not copied: it can contain tokens, and the copy would have to be wiped.
pub(crate) fn sha256_of_parts<P: AsRef<[u8]>>(parts: impl Iterator<Item = P> + Clone) -> [u8; 32] {
    let size: usize = parts.clone().map(|part| size_of::<u64>() + part.as_ref().len()).sum();
    if size <= SHORT {
        let mut input = SmallVec::<[u8; SHORT]>::new();
        write(parts, |octets| input.extend_from_slice(octets));
        sha256(&input)
    } else {
        let mut context = Context::new(&SHA256);
        write(parts, |octets| context.update(octets));
        to_array(&context.finish())
    }
}

fn write<P: AsRef<[u8]>>(parts: impl Iterator<Item = P>, mut output: impl FnMut(&[u8])) {
    for part in parts {
        let part = part.as_ref();
        output(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        output(part);
    }
}

/// Copies a SHA-256 digest. The digest and the array are both 32 octets long.
fn to_array(digest: &Digest) -> [u8; 32] {
    let mut array = [0; 32];
    array.copy_from_slice(digest.as_ref());
    array
}

/// The octets of two lengths, a thumbprint, and a `jti` of up to 80 octets.
const SHORT: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_published_one() {
        // FIPS 180-2 §B.1.
        let expected = [
            0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03,
            0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
        ];
        assert_eq!(sha256(b"abc"), expected);
    }

    #[test]
    fn one_pass_gives_the_hashes_of_the_beginning_and_of_the_whole() {
        let (beginning, whole) = sha256_of_beginning_and_whole(b"ab", b"c");
        assert_eq!((beginning.as_ref(), whole), (&sha256(b"ab")[..], sha256(b"abc")));
    }

    #[test]
    fn parts_are_hashed_with_their_lengths() {
        let parts: [&[u8]; 3] = [b"ab", b"", b"c"];
        let input = b"\0\0\0\0\0\0\0\x02ab\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01c";
        assert_eq!(sha256_of_parts(parts.into_iter()), sha256(input));
        let long = [7; 300];
        assert_eq!(sha256_of_parts([&long[..]].into_iter()), sha256(&[&[0, 0, 0, 0, 0, 0, 1, 44], &long[..]].concat()));
    }
}
