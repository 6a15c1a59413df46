//! The guide for the browser of a repository. It cannot follow rustdoc's links to items, and shows the hidden lines of samples.
//!
//! The pages in `docs/guide` are made from those of the guide. So somebody who has only the repository can read them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Violation;
use crate::texts::documentation;

/// Where the pages for the browser are.
pub(crate) const FOLDER: &str = "docs/guide";

/// Returns the pages for the browser that differ from the guide. `guide` is the folder of the guide's pages.
pub(crate) fn outdated(workspace: &Path, guide: &Path) -> io::Result<Vec<Violation>> {
    let pages = pages(workspace, guide)?;
    let problem = |file: String, problem: &str| Violation { file, line: 0, problem: problem.to_owned() };
    let mut violations = Vec::new();
    for (path, text) in &pages {
        if fs::read_to_string(workspace.join(path)).ok().as_ref() != Some(text) {
            let file = path.display().to_string();
            violations.push(problem(file, "differs from the guide: run `cargo run -p floors -- write`"));
        }
    }
    for name in names(&workspace.join(FOLDER))? {
        let path = Path::new(FOLDER).join(name);
        if !pages.iter().any(|(page, _)| *page == path) {
            violations.push(problem(path.display().to_string(), "is no page of the guide"));
        }
    }
    Ok(violations)
}

/// Writes the pages for the browser.
pub(crate) fn write(workspace: &Path, guide: &Path) -> io::Result<()> {
    fs::create_dir_all(workspace.join(FOLDER))?;
    pages(workspace, guide)?.into_iter().try_for_each(|(path, text)| fs::write(workspace.join(path), text))
}

/// Returns the paths and texts of the pages for the browser.
fn pages(workspace: &Path, guide: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let folder = workspace.join(guide);
    let names = names(&folder)?;
    let names: Vec<_> = names.iter().filter_map(|name| name.strip_suffix(".md")).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut pages = Vec::new();
    for page in &names {
        let name = format!("{page}.md");
        let text = shown(&fs::read_to_string(folder.join(&name))?);
        pages.push((Path::new(FOLDER).join(&name), note(&guide.join(&name)) + &text));
    }
    let index = fs::read_to_string(folder.join("mod.rs"))?;
    let lines: Vec<_> = index.lines().filter(|line| line.starts_with("//!")).filter_map(documentation).collect();
    let mut index = shown(&(lines.join("\n") + "\n"));
    for page in names {
        index = index.replace(&format!("[`{page}`]"), &format!("[{page}]({page}.md)"));
        for end in [')', '#'] {
            index = index.replace(&format!("]({page}{end}"), &format!("]({page}.md{end}"));
        }
    }
    let index = format!("{}# The guide\n\n{}", note(&guide.join("mod.rs")), index.replace("\n# ", "\n## "));
    pages.push((Path::new(FOLDER).join("README.md"), index));
    Ok(pages)
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?;
    let mut names: Vec<_> =
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<io::Result<_>>()?;
    names.sort();
    Ok(names)
}

fn note(source: &Path) -> String {
    format!("<!-- Made from {}: change that file, and run `cargo run -p floors -- write`. -->\n\n", source.display())
}

/// Returns a page as the browser shows it best: links to other pages are relative, links to items are plain text, and samples
/// have no hidden lines.
fn shown(page: &str) -> String {
    let mut shown = String::new();
    // The parts between two fences: prose and samples by turns.
    for (index, part) in page.split("```").enumerate() {
        if index > 0 {
            shown.push_str("```");
        }
        shown.push_str(&if index % 2 == 0 { linked(part) } else { sample(part) });
    }
    shown
}

/// Replaces the links of rustdoc.
fn linked(prose: &str) -> String {
    let mut linked = String::new();
    let mut rest = prose;
    while let Some((before, after)) = rest.split_once("](") {
        let Some((target, end)) = after.split_once(')') else { break };
        linked.push_str(before);
        match target.strip_prefix("crate::guide").map(|page| page.split_once('#').unwrap_or((page, ""))) {
            Some((page, fragment)) => {
                let page = page.strip_prefix("::").unwrap_or("README");
                let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
                linked.extend(["](", page, ".md", &fragment, ")"]);
            }
            None if target.starts_with("crate") => without_bracket(&mut linked),
            None => linked.extend(["](", target, ")"]),
        }
        rest = end;
    }
    linked + rest
}

/// Removes the bracket that opens the text at the end.
fn without_bracket(text: &mut String) {
    let mut depth = 1;
    let opening = text.char_indices().rev().find(|(_, char)| {
        depth += match char {
            ']' => 1,
            '[' => -1,
            _ => 0,
        };
        depth == 0
    });
    if let Some((index, _)) = opening {
        text.remove(index);
    }
}

/// Names the language, and removes the hidden lines.
fn sample(sample: &str) -> String {
    let (language, code) = sample.split_once('\n').unwrap_or((sample, ""));
    let language = if ["", "no_run", "rust,ignore", "rust,no_run"].contains(&language) { "rust" } else { language };
    if language != "rust" {
        return sample.to_owned();
    }
    let lines = code.lines().filter(|line| *line != "#" && !line.trim_start().starts_with("# "));
    let lines: Vec<_> = lines.collect();
    let code = lines.join("\n");
    format!("{language}\n{}\n", code.trim_matches('\n'))
}
