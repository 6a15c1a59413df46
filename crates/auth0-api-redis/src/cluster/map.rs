//! Which node of a cluster serves which slot.

use std::collections::{BTreeMap, BTreeSet};

use redis::Value;

use crate::cluster::slot::Slot;
use crate::server::Address;

/// The masters of the slots, and all nodes that a cluster has named.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Map {
    /// The last slot of each range, with the first slot and the master of the range.
    ranges: BTreeMap<Slot, (Slot, Address)>,
    pub(crate) nodes: BTreeSet<Address>,
}

impl Map {
    /// Reads the answer to `CLUSTER SLOTS`: ranges of slots, each with its first and last slot, its master and its
    /// replicas. A node without a host is reached at the host of the node that answered, which is `answered_by`.
    ///
    /// Ranges and nodes that cannot be read are left out: the newest version of Redis may have more to say.
    pub(crate) fn read(answer: &Value, answered_by: &Address) -> Self {
        let mut map = Self::default();
        for range in items(answer) {
            let [first, last, nodes @ ..] = items(range) else { continue };
            let (Some(first), Some(last)) = (number(first), number(last)) else { continue };
            let mut addresses = nodes.iter().map(|node| address(node, answered_by));
            if let Some(Some(master)) = addresses.next() {
                map.nodes.insert(master.clone());
                map.ranges.insert(Slot(last), (Slot(first), master));
            }
            map.nodes.extend(addresses.flatten());
        }
        map
    }

    pub(crate) fn master(&self, slot: Slot) -> Option<&Address> {
        let (_, (first, master)) = self.ranges.range(slot..).next()?;
        (*first <= slot).then_some(master)
    }
}

/// Reads the address of a node: its host, its port, its id, and further facts.
fn address(node: &Value, answered_by: &Address) -> Option<Address> {
    let [host, port, ..] = items(node) else { return None };
    let host = match host {
        Value::Nil => "",
        Value::BulkString(host) => str::from_utf8(host).ok()?,
        Value::SimpleString(host) => host,
        _ => return None,
    };
    // `?` is a host that the node itself does not know.
    (host != "?").then_some(())?;
    Some(Address { host: host.to_owned(), port: number(port)? }.or_host_of(answered_by))
}

fn items(value: &Value) -> &[Value] {
    if let Value::Array(items) = value { items } else { &[] }
}

fn number(value: &Value) -> Option<u16> {
    if let Value::Int(number) = value { (*number).try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_have_the_masters_that_the_cluster_names() {
        let node =
            |host: &str, port| Value::Array(vec![text(host), Value::Int(port), text("id"), Value::Array(vec![])]);
        let unnamed = Value::Array(vec![Value::Nil, Value::Int(3), text("id")]);
        let range = |first, last, mut nodes: Vec<Value>| {
            let mut items = vec![Value::Int(first), Value::Int(last)];
            items.append(&mut nodes);
            Value::Array(items)
        };
        let answer = Value::Array(vec![
            range(0, 9, vec![node("a", 1), node("b", 2)]),
            range(11, 11, vec![unnamed]),
            range(20, 16_383, vec![node("", 4), node("?", 5)]),
            range(12, 13, vec![node("?", 6)]),
            Value::Int(1),
        ]);
        let map = Map::read(&answer, &at("here", 9));

        for (slot, master) in [
            (0, Some(at("a", 1))),
            (9, Some(at("a", 1))),
            (10, None),
            (11, Some(at("here", 3))),
            (12, None),
            (19, None),
            (20, Some(at("here", 4))),
            (16_383, Some(at("here", 4))),
        ] {
            assert_eq!(map.master(Slot(slot)), master.as_ref(), "{slot}");
        }
        assert_eq!(map.nodes, BTreeSet::from([at("a", 1), at("b", 2), at("here", 3), at("here", 4)]));
        assert_eq!(Map::read(&Value::Nil, &at("here", 9)), Map::default());
    }

    fn text(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    fn at(host: &str, port: u16) -> Address {
        Address { host: host.to_owned(), port }
    }
}
