//! Random numbers for jitter, so that many replicas do not act at the same moment.

/// Returns a random number, or the midpoint if the system has no random numbers.
///
/// This number is used only for jitter. Security does not depend on it.
pub(crate) fn chance() -> u16 {
    let mut octets = [0; 2];
    match aws_lc_rs::rand::fill(&mut octets) {
        Ok(()) => u16::from_ne_bytes(octets),
        Err(_) => u16::MAX / 2,
    }
}
