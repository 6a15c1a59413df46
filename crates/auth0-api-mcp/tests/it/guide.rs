//! What the guide says about this crate.

use std::fs;
use std::path::Path;

const GUIDE: &str = include_str!("../../../auth0-api-core/src/guide/mcp.md");

/// The first example of the guide is the example of the crate's documentation, which is compiled.
#[test]
fn the_first_example_compiles() {
    let example = GUIDE.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let documented = include_str!("../../src/lib.rs");
    let lines = example.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>();
    assert!(lines.len() <= 15, "{}", lines.len());
    for line in lines {
        assert!(documented.contains(&format!("//! {line}\n")), "{line}");
    }
}

/// The second and the third example are parts of a tool of the example server, in lines that fit a page.
#[test]
fn the_next_examples_are_parts_of_the_example_server() {
    let tools = include_str!("../../../../examples/mcp-server/src/tools.rs");
    let squeezed = |text: &str| text.split_whitespace().collect::<String>().replace(",)", ")");
    for (number, name) in [(2, "calendar.create"), (3, "caller.elicit")] {
        let example = GUIDE.split("```text\n").nth(number).unwrap().split("```").next().unwrap();
        assert!(example.contains(name), "{example}");
        assert!(squeezed(tools).contains(&squeezed(example)), "{example}");
    }
}

/// Each test that the tables name exists.
#[test]
fn each_named_test_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = [
        ("mcp::", "crates/auth0-api-mcp/tests/it"),
        ("example::", "examples/mcp-server/tests/it"),
        ("axum::", "crates/auth0-api-axum/tests/it"),
        ("fetcher::", "crates/auth0-api-fetcher/tests/it"),
        ("testing::", "crates/auth0-api-testing/tests/it"),
        ("tests::", "tests/it"),
    ];
    let mut found = 0;
    for name in GUIDE.split('`').skip(1).step_by(2) {
        let Some((prefix, folder)) = folders.iter().find(|(prefix, _)| name.starts_with(prefix)) else { continue };
        let Some((modules, function)) = name.strip_prefix(prefix).unwrap().rsplit_once("::") else { continue };
        let file = root.join(folder).join(modules.replace("::", "/")).with_extension("rs");
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(text.contains(&format!("fn {function}()")), "{name}");
        found += 1;
    }
    assert!(found > 30, "{found}");
}
