//! Core and a second implementation decide the same about a request with a token and a proof, and give the same reason.
//! This also holds for the same request at a later time, when core may have the token in its cache.
//!
//! At the start, the target compares every request with one edit of one member, such as each time at a border in each
//! claim. The fuzzer finds combinations.
//!
//! Input: the choices for a request (see [`auth0_api_fuzz::draft`]), not a text. An empty input is a valid request.
#![no_main]

use auth0_api_core::ApiClient;
use auth0_api_fuzz::draft::Draft;
use auth0_api_fuzz::judge::{Called, Evidence, Verdict, judge};
use auth0_api_fuzz::worlds::{WORLDS, World};
use auth0_api_fuzz::{NOW, rejection, run};

libfuzzer_sys::fuzz_target!(
    init: for (world, index) in WORLDS.iter().zip(0..) {
        assert!(compare(&Draft::valid(index)).is_ok());
        for draft in Draft::each_with_one_edit(index, world.offer()) {
            _ = compare(&draft);
        }
    },
    |draft: Draft| {
        _ = compare(&draft);
    }
);

/// Presents a request twice, and compares what core and the second implementation decide each time.
fn compare(draft: &Draft) -> Verdict<Evidence> {
    let world = &WORLDS[usize::from(draft.world) % WORLDS.len()];
    let request = draft.request(world.offer());
    let api = world.api();
    world.replay.forget();
    let first = check(world, &api, &request, 0, None);
    _ = check(world, &api, &request, draft.later.seconds(), Some(first));
    first
}

/// Compares the decisions at a time, in seconds after [`NOW`], and returns that of the second implementation.
fn check(
    world: &World,
    api: &ApiClient,
    request: &Called,
    later: u32,
    before: Option<Verdict<Evidence>>,
) -> Verdict<Evidence> {
    world.clock.set(later);
    let mut expected = judge(request, &world.rules, f64::from(NOW + later));
    if expected == Ok(Evidence::Proof) && before == Some(Ok(Evidence::Proof)) {
        expected = Err(&["dpop_replayed"]);
    }
    let decided = run(api.verify_request(&request.as_token_request(&request.headers())));
    let decided = decided.map_err(|error| {
        let presented: Vec<&[u8]> = request.authorization.iter().chain(&request.dpop).map(Vec::as_slice).collect();
        rejection::check(api, &error, &presented);
        api.reject(&error).label()
    });
    match (&decided, &expected) {
        (Ok(_), Ok(_)) => {}
        (Err(label), Err(labels)) if labels.contains(label) => {}
        _ => panic!("core: {:?}, expected: {expected:?}, {later} s later", decided.map(|_| ())),
    }
    expected
}
