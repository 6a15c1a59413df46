//! The guide: why each default is what it is, and how to run this in front of an API for years.

#[cfg(test)]
mod completeness_tests;

#[doc = include_str!("authorization.md")]
pub mod authorization {}

#[doc = include_str!("defaults.md")]
pub mod defaults {}

#[doc = include_str!("dpop.md")]
pub mod dpop {}

#[doc = include_str!("exchange.md")]
pub mod exchange {}

#[doc = include_str!("mcp.md")]
pub mod mcp {}

#[doc = include_str!("metadata.md")]
pub mod metadata {}

#[doc = include_str!("mtls.md")]
pub mod mtls {}

#[doc = include_str!("operating.md")]
pub mod operating {}

#[doc = include_str!("proxies.md")]
pub mod proxies {}

#[doc = include_str!("replay.md")]
pub mod replay {}

#[doc = include_str!("scaling.md")]
pub mod scaling {}

#[doc = include_str!("threats.md")]
pub mod threats {}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use std::fs;
    use std::path::Path;

    /// The sources of this crate, tests included.
    fn sources(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let texts = entries.flat_map(|path| {
            let is_source = path.extension().is_some_and(|extension| extension == "rs");
            match (path.is_dir(), is_source) {
                (true, _) => sources(&path),
                (false, true) => vec![fs::read_to_string(path).unwrap()],
                (false, false) => vec![],
            }
        });
        texts.collect()
    }

    #[test]
    fn every_event_is_listed() {
        let marker = ["event", " = \""].concat();
        let texts = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
        let mut events: Vec<_> = texts
            .iter()
            .flat_map(|text| text.split(&marker).skip(1))
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        events.sort_unstable();
        events.dedup();
        assert!(events.contains(&"keys_fetched"));
        for event in events {
            assert!(include_str!("operating.md").contains(&format!("\n| `{event}` |")), "{event}");
        }
    }

    #[test]
    fn every_number_of_the_key_policy_has_its_reason() {
        let setters = include_str!("../issuer/policy.rs").split("    pub const fn ").skip(1);
        let mut names: Vec<_> =
            setters.map(|rest| rest.split('(').next().unwrap()).filter(|name| *name != "new").collect();
        assert_eq!(names.len(), 13, "{names:?}");
        names.retain(|name| !include_str!("defaults.md").contains(&format!("\n| `{name}` |")));
        assert_eq!(names, [""; 0]);
    }
}
