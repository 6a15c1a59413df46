//! The allocations of the calls: a program of its own, because counting makes each allocation slower.

fn main() {
    auth0_api_peers::allocations(|operation| allocation_counter::measure(operation).count_total);
}
