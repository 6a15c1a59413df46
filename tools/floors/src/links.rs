//! The links of the documentation: whether their files and headings exist.
//!
//! rustdoc checks links to items. It checks neither headings nor the links of Markdown files.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::Violation;
use crate::texts::Text;

/// Returns the links that lead nowhere: relative ones of Markdown files, and those to the pages and headings of the guide.
/// `guide` is the folder of the guide's pages.
pub(crate) fn dead(workspace: &Path, guide: &Path, texts: &[Text]) -> Vec<Violation> {
    let headings: HashMap<_, _> = texts.iter().map(|text| (text.path.clone(), fragments(text))).collect();
    let mut violations = Vec::new();
    for text in texts {
        for line in text.lines().iter().filter(|line| line.sample.is_none()) {
            for target in targets(line.text) {
                let place = place(text, guide, &target);
                let problem = match place {
                    None => continue,
                    Some(_) if text.path.starts_with(guide) && !target.contains(['#', ':']) => {
                        "rustdoc cannot follow it; write crate::guide::PAGE".to_owned()
                    }
                    Some((path, _)) if !workspace.join(&path).exists() => format!("there is no {}", path.display()),
                    Some((path, fragment)) => match headings.get(&path) {
                        Some(known) if !fragment.is_empty() && !known.contains(&fragment) => {
                            format!("{} has no heading #{fragment}", path.display())
                        }
                        _ => continue,
                    },
                };
                let problem = format!("the link {target} leads nowhere: {problem}");
                violations.push(Violation { file: text.path.display().to_string(), line: line.number, problem });
            }
        }
    }
    violations
}

/// Returns the file in the workspace and the fragment that a link leads to, unless somebody else checks this link.
fn place(text: &Text, guide: &Path, target: &str) -> Option<(PathBuf, String)> {
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    let published = path.strip_prefix("https://docs.rs/auth0-api-core/latest/auth0_api_core/guide/");
    let page = published.or_else(|| path.split_once("guide::").map(|(_, page)| page));
    let path = if let Some(page) = page.map(|page| page.trim_end_matches('/')) {
        guide.join(format!("{page}.md"))
    } else if path.contains(':') || path == "crate" || (text.is_rust() && !path.is_empty()) {
        return None;
    } else if path.is_empty() {
        text.path.clone()
    } else {
        resolved(&text.path.parent()?.join(path))
    };
    Some((path, fragment.to_owned()))
}

/// Removes `..` from a path.
fn resolved(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = resolved.pop(),
            Component::CurDir => {}
            part => resolved.push(part),
        }
    }
    resolved
}

/// Returns the targets of the links of a line.
fn targets(line: &str) -> Vec<String> {
    // Without the code: it may look like a link.
    let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
    let rests = prose.split("](").skip(1);
    rests.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).filter(|target| !target.is_empty()).collect()
}

/// Returns the fragments of a text's headings, as rustdoc and the browsers of repositories write them.
fn fragments(text: &Text) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines().iter().filter(|line| line.sample.is_none() && line.text.starts_with('#')) {
        let words = line.text.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        let fragment: String = words.chars().filter(|char| char.is_alphanumeric() || "-_".contains(*char)).collect();
        let same = found.iter().filter(|other| **other == fragment).count();
        found.push(if same == 0 { fragment } else { format!("{fragment}-{same}") });
    }
    found
}
