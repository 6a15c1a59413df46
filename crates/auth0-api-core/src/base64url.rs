//! Base64url without padding ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)), in its one spelling.

use base64_simd::URL_SAFE_NO_PAD;

pub(crate) fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(octets)
}

/// Refuses padding, white space, other alphabets and non-zero trailing bits: no two texts name the same octets
/// ([RFC 4648 §3.5](https://www.rfc-editor.org/rfc/rfc4648#section-3.5)).
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_value_has_one_spelling() {
        assert_eq!(decode("-_8"), Some(vec![0xfb, 0xff]));
        for refused in ["-_8=", "-_9", "+/8", "-_8 ", " -_8", "-_8\n", "-", "-_-_-", "é", "-_8\0"] {
            assert_eq!(decode(refused), None, "{refused:?}");
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
        fn octets_come_back(octets: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&octets)), Some(octets));
        }
    }
}
