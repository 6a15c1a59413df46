//! Measures the in-memory replay store with a million live proofs: the cost of an insertion, the memory of an entry,
//! and whether an insertion ever waits until expired entries are removed.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "prints results; a panic shows what failed")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use auth0_api_core::dpop::{Insertion, MemoryReplayStore, ProofId, ReplayStore as _};
use auth0_api_core::jose::Thumbprint;
use futures_util::FutureExt as _;

fn main() {
    let live: u32 = if std::env::args().any(|argument| argument == "--bench") { 1_000_000 } else { 1_000 };
    for keys in [100, 100_000] {
        measure(live, keys.min(live));
    }
}

/// Fills the store. Then keeps the number of live proofs constant: for each new proof, one old proof expires.
fn measure(live: u32, keys: u32) {
    let proofs: Vec<ProofId> = (0..live * 2).map(|index| proof(index, keys)).collect();
    let pace = WINDOW / live;
    let begin = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let at = |index: u32| begin + pace * index;
    let (filling, replacing) = proofs.split_at(live as usize);

    let mut store = None;
    let mut fill = Vec::new();
    let memory = allocation_counter::measure(|| {
        let created = MemoryReplayStore::with_capacity(live as usize * 2).per_key_quota(live as usize * 2);
        fill = insert_all(&created, filling, at);
        store = Some(created);
    });
    let store = store.unwrap();
    let replaced = insert_all(&store, replacing, |index| at(live + index));

    println!("\n{live} live proofs of {keys} keys");
    let latencies = fill.capacity() * size_of::<u32>();
    let bytes = usize::try_from(memory.bytes_current).unwrap().saturating_sub(latencies);
    println!("  memory            {:>8} bytes for each proof", bytes / live as usize);
    report("filling", fill);
    report("full, expiring", replaced);
}

fn insert_all(store: &MemoryReplayStore, proofs: &[ProofId], at: impl Fn(u32) -> SystemTime) -> Vec<u32> {
    let mut nanoseconds = Vec::with_capacity(proofs.len());
    for (proof, index) in proofs.iter().zip(0..) {
        let now = at(index);
        let start = Instant::now();
        let inserted = store.insert(proof, now, now + WINDOW).now_or_never().unwrap();
        nanoseconds.push(u32::try_from(start.elapsed().as_nanos()).unwrap_or(u32::MAX));
        assert_eq!(inserted.unwrap(), Insertion::Fresh);
    }
    nanoseconds
}

fn report(name: &str, mut nanoseconds: Vec<u32>) {
    nanoseconds.sort_unstable();
    let quantile = |per_mille: usize| nanoseconds.get((nanoseconds.len() - 1) * per_mille / 1000).copied().unwrap_or(0);
    println!("  {name:<17} {:>8} ns median, {} ns p99, {} ns p99.9", quantile(500), quantile(990), quantile(999));
}

fn proof(index: u32, keys: u32) -> ProofId {
    // Real thumbprints are hashes. The odd factor imitates hashes: it spreads consecutive key numbers over all 64 bits.
    let mut thumbprint = [0; 32];
    let key = u64::from(index % keys).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    thumbprint.iter_mut().zip(key.to_le_bytes().into_iter().cycle()).for_each(|(to, from)| *to = from);
    ProofId::new(Thumbprint::from_bytes(thumbprint), &index.to_string())
}

/// How long the store keeps a proof by default.
const WINDOW: Duration = Duration::from_secs(301);
