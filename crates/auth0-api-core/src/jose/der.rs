//! DER ([X.690](https://www.itu.int/rec/T-REC-X.690)): writes sequences of integers. ECDSA signatures and RSA keys have
//! this form.

use smallvec::SmallVec;

/// A DER text. A signature needs no allocation: the longest is that of ES512, with at most 141 octets.
pub(super) type Der = SmallVec<[u8; 144]>;

/// Writes a `SEQUENCE` of non-negative numbers, most significant octet first. The memory for the whole sequence is
/// reserved first. So a secret number is written once, and leaves no copy in memory that was freed.
///
/// 1. Each value is written as tag, length, octets.
/// 2. DER requires the shortest form of each integer (X.690 §8.3.2), so leading zero octets are removed.
/// 3. DER integers have a sign. One zero octet is added if the first bit is set, because the number would be negative
///    otherwise. It is also added if no octet is left, which means that the number is 0.
/// 4. A length below 128 is written in one octet (X.690 §8.1.3.4). For a longer length, the first octet is `0x80` plus
///    the number of the length's octets (X.690 §8.1.3.5). These octets follow, most significant first.
pub(super) fn sequence<N: AsRef<[u8]>>(numbers: &[N]) -> Der {
    let integers = numbers.iter().map(|number| shortest(number.as_ref()));
    let content = integers.clone().map(|(padding, octets)| size(padding.len() + octets.len())).sum();
    let mut der = Der::with_capacity(size(content));
    write_start(SEQUENCE, content, &mut der);
    for (padding, octets) in integers {
        write_start(INTEGER, padding.len() + octets.len(), &mut der);
        der.extend_from_slice(padding);
        der.extend_from_slice(octets);
    }
    der
}

/// Returns the zero octet before a number, if there is one, and the octets of the number.
fn shortest(number: &[u8]) -> (&'static [u8], &[u8]) {
    let octets = without_leading_zeros(number);
    (if octets.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] }, octets)
}

/// Returns the number of octets of a value with this length: tag, length, octets.
fn size(length: usize) -> usize {
    let more = if length < LONG_FORM { 0 } else { without_leading_zeros(&length.to_be_bytes()).len() };
    2 + more + length
}

fn write_start(tag: u8, length: usize, der: &mut Der) {
    let octets = length.to_be_bytes();
    let octets = if length == 0 { &[0] } else { without_leading_zeros(&octets) };
    der.push(tag);
    if length >= LONG_FORM {
        der.push(0x80 | u8::try_from(octets.len()).unwrap_or_default());
    }
    der.extend_from_slice(octets);
}

fn without_leading_zeros(octets: &[u8]) -> &[u8] {
    octets.get(octets.iter().take_while(|octet| **octet == 0).count()..).unwrap_or_default()
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
/// A length of 128 or more needs more than one octet.
const LONG_FORM: usize = 0x80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_in_their_shortest_form_and_not_negative() {
        for (numbers, expected) in [
            ([&[1, 2][..], &[3, 4][..]], &[SEQUENCE, 8, INTEGER, 2, 1, 2, INTEGER, 2, 3, 4][..]),
            ([&[0, 2], &[0, 0x80]], &[SEQUENCE, 7, INTEGER, 1, 2, INTEGER, 2, 0, 0x80]),
            ([&[0, 0], &[0xff, 0]], &[SEQUENCE, 8, INTEGER, 1, 0, INTEGER, 3, 0, 0xff, 0]),
            ([&[], &[0x7f]], &[SEQUENCE, 6, INTEGER, 1, 0, INTEGER, 1, 0x7f]),
        ] {
            assert_eq!(sequence(&numbers).as_slice(), expected);
        }
    }

    #[test]
    fn a_length_of_128_or_more_has_a_prefix_octet() {
        for (octets, start) in [
            (125, &[SEQUENCE, 127, INTEGER, 125, 7][..]),
            (126, &[SEQUENCE, 0x81, 128, INTEGER, 126, 7]),
            (128, &[SEQUENCE, 0x81, 131, INTEGER, 0x81, 128, 7]),
            (300, &[SEQUENCE, 0x82, 1, 48, INTEGER, 0x82, 1, 44, 7]),
        ] {
            assert_eq!(sequence(&[vec![7; octets]]).get(..start.len()), Some(start), "{octets}");
        }
    }

    #[test]
    fn the_reserved_memory_is_exact() {
        for octets in [0, 1, 127, 128, 143, 144, 255, 256, 70_000] {
            let der = sequence(&[vec![0xff; octets], vec![7; octets], vec![0]]);
            assert!(der.len() == der.capacity() || !der.spilled(), "{octets}");
        }
    }
}
