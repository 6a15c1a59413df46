//! The terminal: its width, its characters and its colours. Nothing else in this crate knows them.

use std::fmt::Display;
use std::io;

use anstyle::{AnsiColor, Effects, Style};
use textwrap::{Options, WordSplitter};

use crate::environment::variable;
use crate::printable::escaped;

/// What the program knows about the place where its text goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    columns: usize,
    characters: Characters,
}

/// The characters that the place can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Characters {
    Ascii,
    Unicode,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Failed,
    Passed,
    /// It was not needed, not reached, or not possible.
    Skipped,
    /// It works, and is worth a look.
    Warning,
}

impl Terminal {
    /// Describes standard output. A file or a pipe has 80 columns.
    pub(crate) fn of_stdout() -> Self {
        let columns = terminal_size::terminal_size_of(io::stdout()).map_or(COLUMNS, |(width, _)| width.0.into());
        Self::new(columns, Characters::of_locale(variable))
    }

    /// Describes standard error.
    pub(crate) fn of_stderr() -> Self {
        let columns = terminal_size::terminal_size_of(io::stderr()).map_or(COLUMNS, |(width, _)| width.0.into());
        Self::new(columns, Characters::of_locale(variable))
    }

    pub(crate) fn new(columns: usize, characters: Characters) -> Self {
        Self { columns: columns.clamp(NARROWEST, WIDEST), characters }
    }

    /// Returns a mark of one column.
    pub(crate) fn mark(&self, mark: Mark) -> String {
        let (ascii, unicode, style) = match mark {
            Mark::Failed => ("x", "✗", AnsiColor::Red.on_default().bold()),
            Mark::Passed => ("+", "✓", AnsiColor::Green.on_default()),
            Mark::Skipped => ("-", "–", Style::new().effects(Effects::DIMMED)),
            Mark::Warning => ("!", "!", AnsiColor::Yellow.on_default().bold()),
        };
        styled(style, if self.characters == Characters::Unicode { unicode } else { ascii })
    }

    /// Returns a text as a heading.
    pub(crate) fn strong(&self, text: &str) -> String {
        styled(Style::new().bold(), self.shown(text))
    }

    /// Returns a text that is less important than those around it.
    pub(crate) fn dim(&self, text: &str) -> String {
        styled(Style::new().effects(Effects::DIMMED), self.shown(text))
    }

    /// Returns a text from elsewhere, such as a claim of a token, so that it cannot command the terminal: control
    /// characters and invisible ones are escaped, and what the locale cannot show.
    pub(crate) fn shown(&self, text: &str) -> String {
        let escaped = escaped(text);
        if self.characters == Characters::Unicode || escaped.is_ascii() {
            return escaped;
        }
        let mut shown = String::with_capacity(escaped.len());
        for character in escaped.chars() {
            if character.is_ascii() {
                shown.push(character);
            } else {
                shown.extend(character.escape_unicode());
            }
        }
        shown
    }

    /// Breaks a text between words. The first line begins with `first`, and the others with as many blanks.
    pub(crate) fn wrap(&self, first: &str, text: &str) -> String {
        let indent = " ".repeat(textwrap::core::display_width(first));
        let options = Options::new(self.columns).initial_indent(first).subsequent_indent(&indent);
        // A command or a name of a setting is not broken at its hyphens, because people copy it.
        textwrap::fill(text, options.word_splitter(WordSplitter::NoHyphenation))
    }
}

impl Characters {
    /// Reads the locale: the first of these variables that is set counts (POSIX, Base Definitions §8.2). Windows has no
    /// such variables, and its terminals show Unicode.
    pub(crate) fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default().to_ascii_lowercase();
        let is_unicode = cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8");
        if is_unicode { Self::Unicode } else { Self::Ascii }
    }
}

/// Writes a text to standard output. Its colours are removed unless standard output is a terminal that shows them, or
/// the environment forces them (`NO_COLOR`, `CLICOLOR_FORCE`).
pub(crate) fn print(text: &str) -> io::Result<()> {
    write(&mut anstream::stdout().lock(), text)
}

/// Writes a text to standard error, by the same rules.
pub(crate) fn print_error(text: &str) -> io::Result<()> {
    write(&mut anstream::stderr().lock(), text)
}

/// Writes a paragraph with its mark to standard error.
pub(crate) fn tell(mark: Mark, text: &str) {
    let terminal = Terminal::of_stderr();
    let paragraph = terminal.wrap(&format!("{} ", terminal.mark(mark)), &terminal.shown(text));
    // If standard error is closed, the exit status still says how the program ended.
    drop(print_error(&(paragraph + "\n")));
}

/// Writes a text. A reader that closes its pipe early, such as `head`, has what it wants.
fn write(to: &mut impl io::Write, text: &str) -> io::Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The width if it is unknown: that of the first terminals, which mail and consoles still have.
const COLUMNS: usize = 80;
/// Below this width, a text in columns cannot be read anyway.
const NARROWEST: usize = 40;
/// Longer lines are hard to read.
const WIDEST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_between_words_within_the_width() {
        let terminal = Terminal::new(40, Characters::Ascii);
        let lines = terminal.wrap("  fix  ", "let the client set --decryption-key FILE in the tenant");
        assert_eq!(lines, "  fix  let the client set\n       --decryption-key FILE in the\n       tenant");
        let coloured = terminal.wrap(&format!("{} ", terminal.mark(Mark::Passed)), &"word ".repeat(20));
        assert!(coloured.lines().skip(1).all(|line| line.starts_with("  word") && line.len() <= 40), "{coloured}");
        assert!(terminal.wrap("", &"x".repeat(100)).lines().all(|line| line.len() <= 40));
    }

    #[test]
    fn a_width_is_within_bounds() {
        for (columns, used) in [(0, 40), (40, 40), (80, 80), (100, 100), (400, 100)] {
            assert_eq!(Terminal::new(columns, Characters::Ascii).columns, used);
        }
    }

    #[test]
    fn the_first_variable_of_the_locale_that_is_set_counts() {
        for (variables, expected) in [
            (&[][..], Characters::Ascii),
            (&[("LANG", "en_GB.UTF-8")], Characters::Unicode),
            (&[("LANG", "de_DE.utf8")], Characters::Unicode),
            (&[("LANG", "C")], Characters::Ascii),
            (&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")], Characters::Ascii),
            (&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8"), ("LC_ALL", "")], Characters::Unicode),
        ] {
            let variable = |name: &str| {
                let (_, value) = variables.iter().find(|(candidate, _)| *candidate == name)?;
                Some((*value).to_owned())
            };
            let expected = if cfg!(windows) { Characters::Unicode } else { expected };
            assert_eq!(Characters::of_locale(variable), expected, "{variables:?}");
        }
    }

    #[test]
    fn text_from_elsewhere_cannot_command_the_terminal() {
        let (ascii, unicode) = (Terminal::new(80, Characters::Ascii), Terminal::new(80, Characters::Unicode));
        for (text, in_ascii, in_unicode) in [
            ("https://a.example/?q='\"\\", "https://a.example/?q='\"\\", "https://a.example/?q='\"\\"),
            ("Zoë", "Zo\\u{eb}", "Zoë"),
            ("\u{1b}[2J", "\\u{1b}[2J", "\\u{1b}[2J"),
            ("a\nb\tc\u{7f}", "a\\nb\\tc\\u{7f}", "a\\nb\\tc\\u{7f}"),
            ("\u{202e}evil\u{200b}\u{9b}", "\\u{202e}evil\\u{200b}\\u{9b}", "\\u{202e}evil\\u{200b}\\u{9b}"),
        ] {
            assert_eq!((ascii.shown(text), unicode.shown(text)), (in_ascii.to_owned(), in_unicode.to_owned()));
        }
    }

    #[test]
    fn marks_have_one_column() {
        for characters in [Characters::Ascii, Characters::Unicode] {
            let terminal = Terminal::new(80, characters);
            let marks = [Mark::Failed, Mark::Passed, Mark::Skipped, Mark::Warning].map(|mark| terminal.mark(mark));
            assert!(marks.iter().all(|mark| textwrap::core::display_width(mark) == 1));
            let texts = marks.map(|mark| anstream::adapter::strip_str(&mark).to_string());
            let expected =
                if characters == Characters::Ascii { ["x", "+", "-", "!"] } else { ["✗", "✓", "–", "!"] };
            assert_eq!(texts, expected);
        }
    }
}
