//! Base64url without padding ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)). Only the canonical
//! encoding is accepted.

use base64_simd::{AsOut as _, URL_SAFE_NO_PAD};

pub(crate) fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(octets)
}

pub(crate) fn encode_to(octets: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_append(octets, text);
}

/// Decodes a text, and rejects padding, white space, other alphabets and non-zero trailing bits. So two different texts
/// never decode to the same octets ([RFC 4648 §3.5](https://www.rfc-editor.org/rfc/rfc4648#section-3.5)).
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

/// Decodes a text by the same rules into `output`. Returns `None` if the number of octets is not the length of
/// `output`.
pub(crate) fn decode_exactly(text: &str, output: &mut [u8]) -> Option<()> {
    let fits = URL_SAFE_NO_PAD.decoded_length(text.as_bytes()).is_ok_and(|length| length == output.len());
    fits.then(|| URL_SAFE_NO_PAD.decode(text.as_bytes(), output.as_out()).ok()).flatten().map(|_| ())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_value_has_one_encoding() {
        assert_eq!(decode("-_8"), Some(vec![0xfb, 0xff]));
        for rejected in ["-_8=", "-_9", "+/8", "-_8 ", " -_8", "-_8\n", "-", "-_-_-", "é", "-_8\0"] {
            assert_eq!(decode(rejected), None, "{rejected:?}");
        }
    }

    proptest! {
        #[test]
        fn decoded_octets_encode_to_the_same_text(text in "[A-Za-z0-9_=+/ -]{0,80}") {
            if let Some(octets) = decode(&text) {
                prop_assert_eq!(encode(&octets), text);
            }
        }

        #[test]
        fn decode_exactly_is_decode_with_a_length_check(text in "[A-Za-z0-9_=-]{0,12}", octets in 0..10_usize) {
            let mut output = vec![0; octets];
            let expected = decode(&text).filter(|decoded| decoded.len() == octets);
            prop_assert_eq!(decode_exactly(&text, &mut output).map(|()| output), expected);
        }

        #[test]
        fn encoded_octets_decode_to_themselves(octets: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&octets)), Some(octets));
        }
    }
}
