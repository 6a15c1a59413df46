//! The samples of the documentation: how wide their lines are.

use crate::Violation;
use crate::texts::{Line, Text};

/// The widest line of a sample. A page of the documentation shows about 96 columns, and cuts off the rest.
const WIDEST: usize = 92;

/// Returns the lines of samples that are too wide: in the documentation of `crates/*/src`, and in all Markdown files.
pub(crate) fn too_wide(texts: &[Text]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for text in texts {
        for line in text.lines().iter().filter(|line| is_cut_off(line)) {
            let width = line.text.chars().count();
            let problem = format!("the line of the sample has {width} columns; a page shows {WIDEST}");
            violations.push(Violation { file: text.path.display().to_string(), line: line.number, problem });
        }
    }
    violations
}

/// rustdoc hides the lines that begin with `# `.
fn is_cut_off(line: &Line<'_>) -> bool {
    let is_hidden = line.text.trim_start().starts_with("# ");
    line.sample.is_some_and(is_code) && line.text.chars().count() > WIDEST && !is_hidden
}

/// Rust is the language of a sample without a name. The lines of other languages, such as the configuration of a proxy,
/// cannot always be broken.
fn is_code(language: &str) -> bool {
    let mut words = language.split([',', ' ']);
    words.all(|word| {
        ["", "compile_fail", "ignore", "js", "no_run", "rust", "sh", "should_panic", "toml"].contains(&word)
    })
}
