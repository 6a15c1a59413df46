//! The comparison. `benches/peers/run` builds and starts it.

fn main() {
    auth0_api_peers::run();
}
