//! Checks that the guide lists every event of this crate, and every setting of the policies for keys and long connections,
//! that the builder lists its settings, and that the index of the guide lists its pages.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a failing test may panic")]

use std::fs;
use std::path::Path;

use crate::known_settings::KNOWN;

/// Reads all Rust files in a folder and its subfolders, tests included.
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
    // Joined from two parts, so that this file does not contain the marker itself.
    let marker = ["event", " = \""].concat();
    let texts = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    let mut events: Vec<_> =
        texts.iter().flat_map(|text| text.split(&marker).skip(1)).map(|rest| rest.split('"').next().unwrap()).collect();
    events.sort_unstable();
    events.dedup();
    assert!(events.contains(&"keys_fetched"));
    for event in events {
        assert!(include_str!("operating.md").contains(&format!("\n| `{event}` |")), "{event}");
    }
}

#[test]
fn every_event_has_its_name_twice() {
    let crates = ["core", "fetcher", "management", "mcp", "redis"];
    let texts = crates
        .map(|name| sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../auth0-api-{name}/src"))).concat());
    // Joined from two parts, so that this file does not contain the marker itself.
    let marker = ["tar", "get: \"auth0_api\","].concat();
    let texts = texts.concat();
    let calls: Vec<_> = texts.split(&marker).collect();
    assert!(calls.len() > 50, "{}", calls.len());
    for (before, after) in calls.iter().zip(calls.iter().skip(1)) {
        let name = before.trim_end().rsplit_once("name: \"").and_then(|(_, name)| name.strip_suffix("\","));
        let event = after.trim_start().strip_prefix("event = \"").and_then(|rest| rest.split('"').next());
        assert!(name.is_some() && name == event, "{name:?} {event:?}");
    }
}

#[test]
fn every_policy_setting_is_listed() {
    for (policy, settings) in
        [(include_str!("../issuer/policy.rs"), 10), (include_str!("../long_connection/policy.rs"), 2)]
    {
        // Each setter of the policy is a `pub const fn`, and so is `new`.
        let setters = policy.split("    pub const fn ").skip(1);
        let mut names: Vec<_> =
            setters.map(|rest| rest.split('(').next().unwrap()).filter(|name| *name != "new").collect();
        assert_eq!(names.len(), settings, "{names:?}");
        names.retain(|name| !include_str!("defaults.md").contains(&format!("\n| [`{name}`](crate::")));
        assert_eq!(names, [""; 0]);
    }
}

#[test]
fn every_setting_of_the_builder_is_in_its_table() {
    let builder = include_str!("../builder/mod.rs");
    let settings =
        builder.split("\n    pub fn ").skip(1).filter(|rest| rest.split(')').next().unwrap().contains("(mut self"));
    let mut names: Vec<_> = settings.map(|rest| rest.split(['(', '<']).next().unwrap()).collect();
    assert!(names.contains(&"own_hosts") && names.contains(&"clock"), "{names:?}");
    names.retain(|name| !builder.contains(&format!("\n/// | [`{name}`](Self::{name}) |")));
    assert_eq!(names, [""; 0]);
}

#[test]
fn every_setter_of_the_builder_has_a_setting_or_a_reason() {
    let builder = include_str!("../builder/mod.rs");
    let page = include_str!("settings.md");
    let setters =
        builder.split("\n    pub fn ").skip(1).filter(|rest| rest.split(')').next().unwrap().contains("(mut self"));
    for name in setters.map(|rest| rest.split(['(', '<']).next().unwrap()) {
        let link = format!("| [`{name}`](crate::ApiClientBuilder::{name}) |");
        // A section whose settings have one setter names it above the table.
        let in_code = format!("[`{name}`](crate::ApiClientBuilder::{name})");
        let names_it = |line: &str| {
            line.starts_with('|') && line.contains(&link) || line.starts_with("In code: ") && line.contains(&in_code)
        };
        assert!(page.lines().any(names_it), "{name}");
    }
}

#[test]
fn every_setting_has_a_row_in_its_table() {
    let page = include_str!("settings.md");
    let keys: Vec<_> = KNOWN.iter().map(|setting| setting.key).collect();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `AUTH0_")?.split('`').next());
    // The page says that the key is the variable in small letters, without the prefix.
    assert_eq!(rows.map(str::to_lowercase).collect::<Vec<_>>(), keys);
    for setting in KNOWN {
        let is_stated = |name: String| page.contains(&format!("`{name}`"));
        assert!(setting.short_form().is_none_or(is_stated), "{}", setting.key);
        let row = page.lines().find(|line| line.starts_with(&format!("| `{}` |", setting.variable()))).unwrap();
        assert_eq!(row.contains("| secret"), setting.is_secret, "{row}");
    }
}

#[test]
fn every_page_is_in_the_index_and_has_one_title() {
    let index = include_str!("mod.rs");
    assert!(pages().len() > 20, "{:?}", pages());
    for page in pages() {
        assert_eq!(index.matches(&format!("| [`{page}`] |")).count(), 1, "{page}");
        let titles = headings(page).iter().filter(|heading| heading.starts_with("# ")).count();
        assert_eq!(titles, 1, "{page}");
    }
}

#[test]
fn every_question_of_the_index_leads_to_a_heading_and_every_page_answers_one() {
    let links = include_str!("mod.rs").lines().filter_map(|line| line.split_once("?](")?.1.strip_suffix(')'));
    let links: Vec<_> = links.collect();
    assert!(links.len() >= 50, "{links:?}");
    let mut answering = Vec::new();
    for link in links {
        let (page, fragment) = link.split_once('#').unwrap_or((link, ""));
        let fragments: Vec<_> = headings(page).iter().map(|heading| fragment_of(heading)).collect();
        assert!(fragment.is_empty() || fragments.contains(&fragment.to_owned()), "{link}: {fragments:?}");
        answering.push(page);
    }
    let silent: Vec<_> = pages().into_iter().filter(|page| !answering.contains(page)).collect();
    assert_eq!(silent, [""; 0]);
}

#[test]
fn sections_of_pages_have_headings_of_the_second_level_or_below() {
    for page in pages() {
        let headings = headings(page);
        assert!(headings[0].starts_with("# "), "{page} begins with {headings:?}");
        assert!(headings.iter().skip(1).all(|heading| heading.starts_with("##")), "{page}: {headings:?}");
        // A title says what the page answers, and not only the name of its topic.
        assert!(headings[0].split(' ').count() > 3, "{page}: {}", headings[0]);
    }
}

/// The pages of the guide.
fn pages() -> Vec<&'static str> {
    let lines = include_str!("mod.rs").lines();
    lines.filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(" {}")).collect()
}

/// The headings of a page, outside of its samples.
fn headings(page: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/guide/{page}.md"));
    let text = fs::read_to_string(path).unwrap();
    // The parts between two fences: text and samples by turns.
    let prose = text.split("```").step_by(2).flat_map(str::lines);
    prose.filter(|line| line.starts_with('#')).map(ToOwned::to_owned).collect()
}

/// The fragment of a heading's address, as rustdoc writes it.
fn fragment_of(heading: &str) -> String {
    let words = heading.trim_start_matches(['#', ' ']).to_lowercase();
    words.replace(' ', "-").chars().filter(|char| char.is_alphanumeric() || ['-', '_'].contains(char)).collect()
}

#[test]
fn every_piece_of_evidence_of_who_calls_is_listed() {
    // Each row of the table begins with this text on a line of its own indentation.
    let rows = include_str!("../token/evidence.rs").matches("\n    Evidence {").count();
    let page = include_str!("authorization.md").split_once("| evidence in the token | says |\n|---|---|\n").unwrap().1;
    let listed = page.lines().take_while(|line| line.starts_with('|')).count();
    assert_eq!((rows, listed), (12, 12));
}

#[test]
fn each_example_that_this_crate_cannot_compile_is_compiled_elsewhere() {
    let pages = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide")).unwrap();
    let mut found: Vec<_> = pages
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|name| name == "md"))
        .filter_map(|path| {
            let page = fs::read_to_string(&path).unwrap();
            let ignored = page.matches("```rust,ignore\n").count();
            assert_eq!(page.matches("ignore\n").count(), ignored, "{path:?}");
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (ignored > 0).then_some((name, ignored))
        })
        .collect();
    found.sort();
    // Each of these pages is compared with code that runs or that rustdoc compiles.
    let expected = [
        ("air_gapped", 1),       // tests/it/guide
        ("api_keys", 2),         // tests/it/guide
        ("dpop", 1),             // tests/it/guide
        ("exchange", 5),         // the READMEs of auth0-api-fetcher and auth0-api-management
        ("grpc", 2),             // the tests of auth0-api-axum
        ("lambda", 4),           // tests/frameworks/lambda
        ("long_connections", 3), // tests/it/guide, and the tests of auth0-api-axum
        ("openapi", 1),          // examples/openapi
        ("operating", 1),        // operations/api
        ("poem", 2),             // tests/frameworks/poem
        ("salvo", 4),            // tests/frameworks/salvo
        ("tracing", 1),          // tests/it/guide
    ];
    assert_eq!(found, expected.map(|(name, count)| (name.to_owned(), count)));
}
