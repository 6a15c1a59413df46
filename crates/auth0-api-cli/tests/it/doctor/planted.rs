//! Misconfigurations, planted one after the other: the doctor finds each one, only this one, and names the setting that mends
//! it.

use super::setup::Setup;

/// The name of the finding, the exit status, parts of what mends it, and the fault.
pub(crate) type Row<'a> = (&'a str, i32, &'a [&'a str], fn(Setup) -> Setup);

/// Plants one fault after the other.
pub(crate) async fn find(rows: &[Row<'_>]) {
    for (name, status, mends, plant) in rows {
        let setup = plant(Setup::new().await);
        if (name.starts_with("redis_") || mends.iter().any(|mend| mend.contains("REDIS"))) && setup.redis.is_none() {
            continue;
        }
        let outcome = setup.run().await;
        let expected: &[&str] = if outcome.faults().last() == Some(&"tenant") { &[name, "tenant"] } else { &[name] };
        assert_eq!((outcome.faults().as_slice(), outcome.status), (expected, *status), "{}", outcome.text);
        let told = outcome.mends(name);
        assert!(!mends.is_empty() && mends.iter().all(|mend| told.contains(mend)), "{name}: {told}");
    }
}
