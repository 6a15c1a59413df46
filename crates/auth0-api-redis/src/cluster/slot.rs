//! The slots of Redis Cluster.

/// One of the 16384 slots of a cluster. A cluster assigns each slot to one master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(pub(crate) u16);

impl Slot {
    /// The slot of a key: CRC-16/XMODEM of the key, or of its hash tag, modulo the number of slots
    /// ([key hash tags](https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags)).
    pub(crate) fn of(key: &str) -> Self {
        Self(crc16(hash_tag(key).unwrap_or(key)) % NUMBER_OF_SLOTS)
    }
}

/// The text between the first `{` and the next `}`, if it is not empty. A key prefix may contain one.
fn hash_tag(key: &str) -> Option<&str> {
    let (_, rest) = key.split_once('{')?;
    let (tag, _) = rest.split_once('}')?;
    (!tag.is_empty()).then_some(tag)
}

fn crc16(text: &str) -> u16 {
    text.bytes().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 { shifted } else { shifted ^ POLYNOMIAL }
        })
    })
}

/// The polynomial of CRC-16/XMODEM: x^16 + x^12 + x^5 + 1.
const POLYNOMIAL: u16 = 0x1021;

const NUMBER_OF_SLOTS: u16 = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_that_of_the_specification() {
        assert_eq!(crc16("123456789"), 0x31C3);
    }

    #[test]
    fn keys_have_the_slots_that_redis_reports() {
        // Answers of `CLUSTER KEYSLOT`.
        for (key, slot) in [("", 0), ("foo", 12_182), ("user1000", 3_443), ("auth0-api:replay:a", 4_282)] {
            assert_eq!(Slot::of(key), Slot(slot), "{key}");
        }
        for (key, same) in [("{user1000}.a", "user1000"), ("a{b}{c}", "b"), ("a{{b}}c", "{b")] {
            assert_eq!(Slot::of(key), Slot::of(same), "{key}");
        }
        assert_ne!(Slot::of("a{}{b}"), Slot::of("b"));
        assert_ne!(Slot::of("a{b"), Slot::of("b"));
    }
}
