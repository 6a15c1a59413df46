//! The one source of chance: spreads what many replicas would otherwise do at the same moment.

/// A random number. Where the system has none, the middle: spreading is a courtesy, no protection.
pub(crate) fn chance() -> u16 {
    let mut octets = [0; 2];
    match aws_lc_rs::rand::fill(&mut octets) {
        Ok(()) => u16::from_ne_bytes(octets),
        Err(_) => u16::MAX / 2,
    }
}
