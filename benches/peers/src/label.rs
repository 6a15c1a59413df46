//! Names in the tables, with the versions from the lock files.

use serde_json::Value;

/// Replaces `{name}` with a Rust package and its version, and `{npm:name}` with a Node package and its version.
pub(crate) fn with_versions(label: &str) -> String {
    let mut parts = label.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap();
        text += &name.strip_prefix("npm:").map_or_else(|| rust_package(name), node_package);
        text += rest;
    }
    text
}

/// The newest version in the lock file: the one that this package asks for.
fn rust_package(name: &str) -> String {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let last = CARGO_LOCK.rsplit_once(&entry).unwrap_or_else(|| panic!("{name} is not in Cargo.lock")).1;
    format!("{name} {}", last.split('"').next().unwrap())
}

fn node_package(name: &str) -> String {
    let lock: Value = serde_json::from_str(PACKAGE_LOCK).unwrap();
    let version = &lock["packages"][format!("node_modules/{name}")]["version"];
    format!("{name} {}", version.as_str().unwrap_or_else(|| panic!("{name} is not in package-lock.json")))
}

const CARGO_LOCK: &str = include_str!("../Cargo.lock");
const PACKAGE_LOCK: &str = include_str!("../node/package-lock.json");

#[cfg(test)]
mod tests {
    use super::with_versions;
    use crate::contestants::ALL;

    #[test]
    fn every_label_has_its_versions() {
        for contestant in ALL {
            assert!(!with_versions(contestant.label).contains(['{', '}']), "{}", contestant.label);
        }
        assert!(with_versions("a {jsonwebtoken}, b").starts_with("a jsonwebtoken 11."));
    }
}
