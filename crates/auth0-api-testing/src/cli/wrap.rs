//! Text for a terminal: no line is longer than 100 columns.

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

/// Cuts a line that is too long, and marks the cut.
pub(super) fn cut(line: &str) -> String {
    if columns(line) <= COLUMNS {
        return line.to_owned();
    }
    line.chars().take(COLUMNS - 1).chain(['…']).collect()
}

/// Counts the columns of a text. A wide character, as in Chinese, counts as one column: the terminal then breaks a line
/// that has many of them, and nothing is lost.
fn columns(text: &str) -> usize {
    text.chars().count()
}

/// The width of a terminal that shows two windows side by side on a common screen.
pub(super) const COLUMNS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_breaks_between_words() {
        let text = ["word"; 30].join(" ");
        let broken = paragraph("  ", &text);
        let lines: Vec<_> = broken.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.len() <= 100));
        assert!(lines.iter().all(|line| line.starts_with("  word") || line.starts_with("      word")));
        assert_eq!(broken.split_whitespace().count(), 30);
        assert_eq!(paragraph("", "one"), "one");
    }

    #[test]
    fn a_long_line_is_cut_at_100_columns() {
        assert_eq!(cut(&"é".repeat(100)), "é".repeat(100));
        assert_eq!(cut(&"é".repeat(101)), format!("{}…", "é".repeat(99)));
    }
}
