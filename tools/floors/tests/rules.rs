//! Tests each rule with a workspace that breaks the rule.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops where it fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A workspace with one crate, in a temporary folder. Dropping this value removes the folder.
struct Workspace(PathBuf);

const TABLE: &str = "## Inside core\n\n| floor | modules |\n|---|---|\n| 2 top | `lib` `client` |\n| 1 middle | `b` `c/` |\n| 0 words | `a` |\n\n<!-- cycles -->\n";

impl Workspace {
    /// Creates the workspace. `files` are the names and texts of files that replace the usual files or add to them.
    fn new(architecture: &str, files: &[(&str, &str)]) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("floors-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        let source = folder.join("crates/core/src");
        fs::create_dir_all(source.join("c")).unwrap();
        fs::write(folder.join("ARCHITECTURE.md"), architecture).unwrap();
        let usual = [
            ("lib.rs", "mod a; mod b; mod c; mod client;\npub use c::Thing;\n"),
            ("a.rs", "pub struct A;\n"),
            ("b.rs", "use crate::a::A;\n"),
            ("c/mod.rs", "mod inner;\npub use inner::Thing;\n"),
            ("c/inner.rs", "use crate::b::B;\npub struct Thing;\n"),
            ("client.rs", "use crate::c::Thing;\n"),
        ];
        for (name, text) in usual.iter().chain(files) {
            fs::write(source.join(name), text).unwrap();
        }
        Self(folder)
    }

    fn violations(&self) -> Vec<String> {
        floors::check(&self.0).unwrap().iter().map(ToString::to_string).collect()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_workspace_that_follows_the_rules_has_no_violation() {
    assert_eq!(Workspace::new(TABLE, &[]).violations(), [""; 0]);
}

#[test]
fn an_import_from_a_higher_floor_is_reported_with_file_and_line() {
    let cases = [
        ("use std::fmt;\n\nuse crate::b::B;\n", 3),
        ("fn f() { crate::b::f() }\n", 1),
        ("macro!(\n  crate::b::X\n);\n", 2),
        ("use crate::{\n    b::{self, B},\n};\n", 2),
    ];
    for (text, line) in cases {
        let found = Workspace::new(TABLE, &[("a.rs", text), ("b.rs", "")]).violations();
        assert_eq!(
            found,
            [format!("crates/core/src/a.rs:{line}: `a` on floor 0 imports `b` of the higher floor 1")],
            "{text}"
        );
    }
}

#[test]
fn an_import_of_a_reexported_name_counts_for_the_defining_module() {
    let found =
        Workspace::new(TABLE, &[("b.rs", "use crate::Thing;\n"), ("c/inner.rs", "pub struct Thing;\n")]).violations();
    assert_eq!(found, ["crates/core/src/b.rs:1: `b` imports `c`, which is to its right on floor 1"]);
}

#[test]
fn tests_may_import_everything() {
    let files = [
        ("a.rs", "#[cfg(test)]\nmod tests {\n    use crate::client::Client;\n}\n"),
        ("a_tests.rs", "use crate::b::B;"),
    ];
    assert_eq!(Workspace::new(TABLE, &files).violations(), [""; 0]);
}

#[test]
fn a_module_missing_from_the_table_and_an_unknown_module_in_the_table_are_reported() {
    let found = Workspace::new(&TABLE.replace("`a`", "`z`"), &[("b.rs", "")]).violations();
    assert_eq!(
        found,
        [
            "ARCHITECTURE.md:0: the table of floors has no place for the module `a`",
            "ARCHITECTURE.md:0: the table of floors names `z`, which does not exist",
        ]
    );
}

#[test]
fn a_cycle_is_a_violation_unless_it_is_listed() {
    let files = [
        ("c/mod.rs", "mod inner;\nmod outer;\n"),
        ("c/inner.rs", "use super::outer::Outer;\n"),
        ("c/outer.rs", "use super::inner::Inner;\n"),
    ];
    let found = Workspace::new(TABLE, &files).violations();
    let cycle = "`crates/core/src/c/inner.rs` `crates/core/src/c/outer.rs`";
    assert_eq!(found, [format!("crates/core/src/c/inner.rs:0: a cycle of imports: {cycle}")]);

    let listed = format!("{TABLE}\n- {cycle}\n");
    assert_eq!(Workspace::new(&listed, &files).violations(), [""; 0]);
    assert_eq!(
        Workspace::new(&listed, &[]).violations(),
        [
            "ARCHITECTURE.md:0: this cycle no longer exists, remove it from the list: crates/core/src/c/inner.rs crates/core/src/c/outer.rs"
        ]
    );
}

#[test]
fn names_that_differ_by_a_plural_s_are_violations() {
    let files = [("c/mod.rs", "mod inner;\nmod inners;\n"), ("c/inners.rs", "struct Door;\n\nenum Doors {}\n")];
    assert_eq!(
        Workspace::new(TABLE, &files).violations(),
        [
            "crates/core/src/c/inners.rs:0: its name differs from `c/inner` only by a plural s",
            "crates/core/src/c/inners.rs:3: its name differs from `Door` only by a plural s",
        ]
    );
}

#[test]
fn lines_of_samples_that_are_wider_than_a_page_are_violations() {
    let wide = format!("let wide = \"{}\";", "x".repeat(79));
    let narrow = format!("let wide = \"{}\";", "é".repeat(79 - 1));
    let fence = "```";
    let rust =
        format!("/// {wide}\n/// {fence}\n/// {narrow}\n/// # {wide}\n/// {wide}\n/// {fence}\n/// {wide}\n//{wide}\n");
    let markdown = format!("{fence}text\n{wide}\n{fence}\n\n{fence}rust,no_run\n{wide}\n{fence}\n{wide}\n");
    let workspace = Workspace::new(TABLE, &[("a.rs", &rust)]);
    fs::write(workspace.0.join("README.md"), markdown).unwrap();
    fs::create_dir(workspace.0.join("target")).unwrap();
    fs::copy(workspace.0.join("README.md"), workspace.0.join("target/README.md")).unwrap();
    assert_eq!(
        workspace.violations(),
        [
            "README.md:6: the line of the sample has 93 columns; a page shows 92",
            "crates/core/src/a.rs:5: the line of the sample has 93 columns; a page shows 92",
        ]
    );
}

#[test]
fn this_workspace_follows_the_rules() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let found: Vec<_> = floors::check(&workspace).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(found, [""; 0]);
}

/// A workspace with a guide of two pages, and these further files.
fn with_guide(files: &[(&str, &str)]) -> Workspace {
    let table = TABLE.replace("| 2 top | ", "| 2 top | `guide/` ");
    let workspace = Workspace::new(&table, &[]);
    for folder in ["crates/core/src/guide", "docs"] {
        fs::create_dir_all(workspace.0.join(folder)).unwrap();
    }
    let usual = [
        (
            "crates/core/src/guide/mod.rs",
            "//! About.\n//!\n//! # Run\n//!\n//! - [`keys`], and [how?](dpop#which-mode)\n",
        ),
        (
            "crates/core/src/guide/dpop.md",
            "# DPoP\n\n[`A`](crate::A) and [the\nkeys](crate::guide::keys#when).\n\n## Which `mode`?\n\n```no_run\n# hidden\nshown();\n```\n",
        ),
        ("crates/core/src/guide/keys.md", "# Keys\n\n## When\n\n[below](#when) [index](crate::guide)\n"),
    ];
    for (name, text) in usual.iter().chain(files) {
        fs::write(workspace.0.join(name), text).unwrap();
    }
    floors::write(&workspace.0).unwrap();
    workspace
}

#[test]
fn links_that_lead_nowhere_are_violations() {
    let good = "[a](guide/dpop.md#which-mode) [b](../ARCHITECTURE.md) [c](https://example.com/x.md) `[d](e.md)`\n";
    assert_eq!(with_guide(&[("docs/page.md", good)]).violations(), [""; 0]);
    for (file, text, problem) in [
        ("docs/page.md", "[a](b.md)\n", "the link b.md leads nowhere: there is no docs/b.md"),
        ("docs/page.md", "# A\n\n[a](#b)\n", "the link #b leads nowhere: docs/page.md has no heading #b"),
        (
            "docs/page.md",
            "[a](../crates/core/src/guide/keys.md#b)\n",
            "the link ../crates/core/src/guide/keys.md#b leads nowhere: crates/core/src/guide/keys.md has no heading #b",
        ),
        (
            "docs/page.md",
            "[a](https://docs.rs/auth0-api-core/latest/auth0_api_core/guide/keys/#b)\n",
            "the link https://docs.rs/auth0-api-core/latest/auth0_api_core/guide/keys/#b leads nowhere: crates/core/src/guide/keys.md has no heading #b",
        ),
        (
            "crates/core/src/a.rs",
            "/// [a](crate::guide::keys#b)\npub struct A;\n",
            "the link crate::guide::keys#b leads nowhere: crates/core/src/guide/keys.md has no heading #b",
        ),
        (
            "crates/core/src/a.rs",
            "/// [a](crate::guide::none)\npub struct A;\n",
            "the link crate::guide::none leads nowhere: there is no crates/core/src/guide/none.md",
        ),
    ] {
        let found = with_guide(&[(file, text)]).violations();
        assert!(found.len() == 1 && found[0].ends_with(problem), "{found:?}");
    }
    let found = with_guide(&[("crates/core/src/guide/keys.md", "# Keys\n\n## When\n\n[a](dpop.md)\n")]).violations();
    assert_eq!(
        found,
        [
            "crates/core/src/guide/keys.md:5: the link dpop.md leads nowhere: rustdoc cannot follow it; write crate::guide::PAGE"
        ]
    );
}

#[test]
fn the_pages_for_the_browser_are_those_of_the_guide_without_what_it_cannot_show() {
    let workspace = with_guide(&[]);
    let read = |name: &str| fs::read_to_string(workspace.0.join("docs/guide").join(name)).unwrap();
    let text = |name| read(name).split_once("-->\n\n").unwrap().1.to_owned();
    assert_eq!(
        text("dpop.md"),
        "# DPoP\n\n`A` and [the\nkeys](keys.md#when).\n\n## Which `mode`?\n\n```rust\nshown();\n```\n"
    );
    assert_eq!(text("keys.md"), "# Keys\n\n## When\n\n[below](#when) [index](README.md)\n");
    assert_eq!(
        text("README.md"),
        "# The guide\n\nAbout.\n\n## Run\n\n- [keys](keys.md), and [how?](dpop.md#which-mode)\n"
    );

    fs::write(workspace.0.join("docs/guide/keys.md"), "# Keys\n\n## When\n\nanother text\n").unwrap();
    fs::write(workspace.0.join("docs/guide/old.md"), "a page that is gone").unwrap();
    let found = workspace.violations();
    assert_eq!(
        found,
        [
            "docs/guide/keys.md:0: differs from the guide: run `cargo run -p floors -- write`",
            "docs/guide/old.md:0: is no page of the guide"
        ]
    );
}
