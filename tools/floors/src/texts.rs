//! The texts of the documentation: where they are, and which of their lines are samples.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The folders that have no text of this repository, besides hidden ones.
const FOREIGN: [&str; 3] = ["corpus", "node_modules", "target"];

/// A Markdown file, or a Rust file with documentation.
#[derive(Debug)]
pub(crate) struct Text {
    /// From the workspace's root.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// A line of the documentation.
#[derive(Debug)]
pub(crate) struct Line<'t> {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) text: &'t str,
    /// The language of the sample that the line belongs to.
    pub(crate) sample: Option<&'t str>,
}

/// Returns all Markdown files of a workspace, and the sources of its crates.
pub(crate) fn all(workspace: &Path) -> io::Result<Vec<Text>> {
    let paths = paths(workspace, workspace)?.into_iter();
    paths.map(|path| Ok(Text { text: fs::read_to_string(workspace.join(&path))?, path })).collect()
}

fn paths(workspace: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let inside = path.strip_prefix(workspace).map_err(io::Error::other)?;
        if entry.file_type()?.is_dir() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with('.') && !FOREIGN.contains(&&*name) {
                found.extend(paths(workspace, &path)?);
            }
        } else if is_documentation(inside) {
            found.push(inside.to_owned());
        }
    }
    Ok(found)
}

fn is_documentation(path: &Path) -> bool {
    let mut folders = path.components().map(Component::as_os_str);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("md") => true,
        Some("rs") => {
            folders.next().is_some_and(|first| first == "crates") && folders.nth(1).is_some_and(|it| it == "src")
        }
        _ => false,
    }
}

impl Text {
    pub(crate) fn is_rust(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension == "rs")
    }

    /// Returns the lines of the documentation, without the fences of samples.
    pub(crate) fn lines(&self) -> Vec<Line<'_>> {
        let mut found = Vec::new();
        let mut sample = None;
        for (index, line) in self.text.lines().enumerate() {
            let Some(text) = (if self.is_rust() { documentation(line) } else { Some(line) }) else {
                sample = None;
                continue;
            };
            if let Some(language) = text.trim_start().strip_prefix("```") {
                sample = if sample.is_some() { None } else { Some(language) };
            } else {
                found.push(Line { number: index + 1, text, sample });
            }
        }
        found
    }
}

/// Returns the text of a line that is a documentation comment.
pub(crate) fn documentation(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}
