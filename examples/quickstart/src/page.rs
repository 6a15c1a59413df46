//! What a terminal shows: lines of at most 80 columns, and colours. [`anstream`] writes the colours only to a terminal, and
//! obeys `NO_COLOR` and `CLICOLOR_FORCE`.

use anstyle::{AnsiColor, Style};

/// A request that the API accepts.
pub(crate) const ACCEPTED: Style = AnsiColor::Green.on_default();
/// A request that the API rejects, as it should.
pub(crate) const REJECTED: Style = AnsiColor::Cyan.on_default();
/// A promise that the API breaks.
pub(crate) const BROKEN: Style = AnsiColor::Red.on_default().bold();
pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// The width of a new terminal window on every system.
pub(crate) const COLUMNS: usize = 80;
const FURTHER: usize = 2;

/// Breaks a text into lines that fit with this indentation: between words, and within a word that is longer than a line. All
/// lines but the first are indented further.
pub(crate) fn wrapped(text: &str, indentation: usize) -> Vec<String> {
    let width = COLUMNS - indentation - FURTHER;
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        if !line.is_empty() && columns(&line) + 1 + columns(word) > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for character in word.chars() {
            if columns(&line) == width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line);
    let indented = |(at, line)| format!("{:1$}{line}", "", if at == 0 { indentation } else { indentation + FURTHER });
    lines.into_iter().enumerate().map(indented).collect()
}

/// Every character that this program prints takes one column.
fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_breaks_between_words_and_within_a_long_word() {
        let (words, long) = (["word"; 20].join(" "), "x".repeat(100));
        for (text, expected) in [
            ("one", vec!["    one".to_owned()]),
            ("", vec!["    ".to_owned()]),
            (&*words, vec![format!("    {}", ["word"; 15].join(" ")), format!("      {}", ["word"; 5].join(" "))]),
            (
                &*format!("a {long}"),
                vec!["    a".into(), format!("      {}", "x".repeat(74)), format!("      {}", "x".repeat(26))],
            ),
        ] {
            assert_eq!(wrapped(text, 4), expected, "{text}");
        }
    }
}
