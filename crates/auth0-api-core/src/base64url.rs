//! Base64url without padding ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)), in its one spelling.

use base64_simd::{AsOut as _, URL_SAFE_NO_PAD};

pub(crate) fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(octets)
}

pub(crate) fn encode_to(octets: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_append(octets, text);
}

/// Rejects padding, white space, other alphabets and non-zero trailing bits: no two texts name the same octets
/// ([RFC 4648 §3.5](https://www.rfc-editor.org/rfc/rfc4648#section-3.5)).
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

/// Decodes a text of exactly as many octets as there is room for, by the same rules.
pub(crate) fn decode_exactly(text: &str, room: &mut [u8]) -> Option<()> {
    let fits = URL_SAFE_NO_PAD.decoded_length(text.as_bytes()).is_ok_and(|length| length == room.len());
    fits.then(|| URL_SAFE_NO_PAD.decode(text.as_bytes(), room.as_out()).ok()).flatten().map(|_| ())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_value_has_one_spelling() {
        assert_eq!(decode("-_8"), Some(vec![0xfb, 0xff]));
        for rejected in ["-_8=", "-_9", "+/8", "-_8 ", " -_8", "-_8\n", "-", "-_-_-", "é", "-_8\0"] {
            assert_eq!(decode(rejected), None, "{rejected:?}");
        }
    }

    proptest! {
        #[test]
        fn what_decodes_is_what_encodes_to_it(text in "[A-Za-z0-9_=+/ -]{0,80}") {
            if let Some(octets) = decode(&text) {
                prop_assert_eq!(encode(&octets), text);
            }
        }

        #[test]
        fn decoding_exactly_is_decoding_and_counting(text in "[A-Za-z0-9_=-]{0,12}", octets in 0..10_usize) {
            let mut room = vec![0; octets];
            let expected = decode(&text).filter(|decoded| decoded.len() == octets);
            prop_assert_eq!(decode_exactly(&text, &mut room).map(|()| room), expected);
        }

        #[test]
        fn octets_come_back(octets: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&octets)), Some(octets));
        }
    }
}
