//! Text for a terminal: no line is longer than 80 columns, apart from values of the user that must stay in one piece.

/// Breaks a text between words. Each line begins with `indent`, and further lines with four spaces more.
pub(super) fn paragraph(indent: &str, text: &str) -> String {
    let mut lines = Vec::new();
    let mut line = String::from(indent);
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && columns(&line) + 1 + columns(word) > COLUMNS {
            lines.push(std::mem::replace(&mut line, format!("{indent}    ")));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

/// Cuts a line that is longer than `longest`, and marks the cut.
pub(super) fn cut(line: &str, longest: usize) -> String {
    if columns(line) <= longest {
        return line.to_owned();
    }
    line.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

/// Continues a shell command that is too long, with a backslash at the end of each line but the last. The shell removes the
/// backslash and the end of the line, so the next line is not indented.
pub(super) fn continued(command: &str) -> String {
    if columns(command) <= COLUMNS {
        return command.to_owned();
    }
    let characters: Vec<_> = command.chars().collect();
    let lines = characters.chunks(COLUMNS - 1).map(|line| line.iter().collect::<String>());
    lines.collect::<Vec<_>>().join("\\\n")
}

/// Counts the columns of a text. A wide character, as in Chinese, counts as one column: the terminal then breaks a line
/// that has many of them, and nothing is lost.
fn columns(text: &str) -> usize {
    text.chars().count()
}

/// The width of a new terminal window on every system.
pub(super) const COLUMNS: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_breaks_between_words() {
        let text = ["word"; 24].join(" ");
        let broken = paragraph("  ", &text);
        let lines: Vec<_> = broken.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.len() <= 80));
        assert!(lines.iter().all(|line| line.starts_with("  word") || line.starts_with("      word")));
        assert_eq!(broken.split_whitespace().count(), 24);
        assert_eq!(paragraph("", "one"), "one");
    }

    #[test]
    fn a_long_line_is_cut() {
        assert_eq!(cut(&"é".repeat(80), 80), "é".repeat(80));
        assert_eq!(cut(&"é".repeat(81), 80), format!("{}…", "é".repeat(79)));
    }

    #[test]
    fn a_long_command_is_continued_on_a_line_without_indentation() {
        assert_eq!(continued(&"x".repeat(80)), "x".repeat(80));
        assert_eq!(continued(&"x".repeat(81)), format!("{}\\\nxx", "x".repeat(79)));
    }
}
