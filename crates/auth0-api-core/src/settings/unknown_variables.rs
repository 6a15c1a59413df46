//! Finds variables that begin like those of settings, but that no setting has: most are misspelt.

use std::ffi::OsString;

use crate::known_settings::{KNOWN, PREFIX, SettingWarning};
use crate::printable::printable;

/// Returns a warning for each of these variables that looks like one of a setting and is none, at most ten.
pub(super) fn among(variables: impl IntoIterator<Item = OsString>) -> Vec<SettingWarning> {
    let names = variables.into_iter().map(|name| name.to_string_lossy().into_owned());
    let mut unknown: Vec<_> = names.filter(|name| name.starts_with(PREFIX) && !is_known(name)).collect();
    unknown.sort_unstable();
    unknown.truncate(MOST);
    unknown.iter().map(|name| warning(name)).collect()
}

fn is_known(name: &str) -> bool {
    let is_of_setting = KNOWN.iter().any(|setting| {
        let rest = name.strip_prefix(&setting.variable());
        rest.is_some_and(|rest| rest.is_empty() || setting.is_secret && rest == "_FILE")
    });
    is_of_setting || OTHERS.contains(&name) || PREFIXES_OF_OTHERS.iter().any(|prefix| name.starts_with(prefix))
}

fn warning(name: &str) -> SettingWarning {
    SettingWarning::UnknownVariable { variable: printable(name, LONGEST), similar: similar(name).map(Into::into) }
}

/// Returns the variable of a setting whose name differs least, by two characters at most.
fn similar(name: &str) -> Option<String> {
    if name.len() > LONGEST {
        return None;
    }
    let rated = KNOWN.iter().map(|setting| (distance(name, &setting.variable()), setting.variable()));
    rated.filter(|(distance, _)| *distance <= MOST_DIFFERENCES).min().map(|(_, variable)| variable)
}

/// The Levenshtein distance: the number of characters to insert, to remove or to replace. Own code, because it is this small.
///
/// `row` has the distances of the characters of `from` so far to each beginning of `to`. Each character of `from` makes the
/// next row: `diagonal` is the distance without this character and without the last one of the beginning.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (removed, char) in from.chars().enumerate() {
        let (mut diagonal, mut left) = (removed, removed + 1);
        for (cell, other) in row.iter_mut().zip([None].into_iter().chain(to.chars().map(Some))) {
            let above = *cell;
            *cell = match other {
                None => removed + 1,
                Some(other) => (diagonal + usize::from(char != other)).min(above + 1).min(left + 1),
            };
            (diagonal, left) = (above, *cell);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// More would fill a log, and say nothing new.
const MOST: usize = 10;

/// The longest variable of a setting has 36 characters.
const LONGEST: usize = 64;

/// One typing error is one or two characters.
const MOST_DIFFERENCES: usize = 2;

/// The variables of other parts of this project begin with these.
const PREFIXES_OF_OTHERS: [&str; 4] = ["AUTH0_CALENDAR_", "AUTH0_MANAGEMENT_", "AUTH0_PAGE_", "AUTH0_WEB_CLIENT_"];

/// The variables of other parts of this project, of other SDKs of Auth0, and of its tools.
const OTHERS: [&str; 17] = [
    "AUTH0_ACCESS_TOKEN",
    "AUTH0_API_TOKEN",
    "AUTH0_APP_BASE_URL",
    "AUTH0_BASE_URL",
    "AUTH0_CALLBACK_URL",
    "AUTH0_CLIENT_ASSERTION_SIGNING_ALG",
    "AUTH0_CLIENT_ASSERTION_SIGNING_KEY",
    "AUTH0_CONNECTION",
    "AUTH0_COOKIE_SECRET",
    "AUTH0_DEBUG",
    "AUTH0_ISSUER_BASE_URL",
    "AUTH0_ORGANIZATION",
    "AUTH0_ORGANIZATIONS",
    "AUTH0_REDIRECT_URI",
    "AUTH0_SCOPE",
    "AUTH0_SECRET",
    "AUTH0_SESSION_SECRET",
];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::known_settings::KnownSetting;

    fn found(names: &[&str]) -> Vec<(String, Option<String>)> {
        let warnings = among(names.iter().map(OsString::from)).into_iter();
        let facts = warnings.map(|warning| match warning {
            SettingWarning::UnknownVariable { variable, similar } => (variable.into(), similar.map(Into::into)),
            SettingWarning::ShortForm { .. } => (String::new(), None),
        });
        facts.collect()
    }

    #[test]
    fn a_misspelt_variable_is_found_with_the_right_one() {
        for (misspelt, similar) in [
            ("AUTH0_DOPP", Some("AUTH0_DPOP")),
            ("AUTH0_AUDIENC", Some("AUTH0_AUDIENCE")),
            ("AUTH0_TRUSTED_PROXY", None),
            ("AUTH0_TRUSTED_PROXYS", Some("AUTH0_TRUSTED_PROXIES")),
            ("AUTH0_DOMAIN_FILE", None),
            ("AUTH0_", None),
        ] {
            assert_eq!(found(&[misspelt]), [(misspelt.to_owned(), similar.map(ToOwned::to_owned))]);
        }
    }

    #[test]
    fn the_variables_of_settings_and_of_other_programs_are_not_reported() {
        let of_settings: Vec<_> = KNOWN.iter().map(KnownSetting::variable).collect();
        assert_eq!(found(&of_settings.iter().map(String::as_str).collect::<Vec<_>>()), []);
        assert_eq!(found(&OTHERS), []);
        assert_eq!(found(&["AUTH0_CLIENT_SECRET_FILE", "AUTH0_MANAGEMENT_TOKEN", "PATH", "DPOP"]), []);
        for name in OTHERS.iter().chain(&PREFIXES_OF_OTHERS) {
            assert!(include_str!("../guide/settings.md").contains(&format!("`{name}")), "{name}");
        }
    }

    #[test]
    fn at_most_ten_are_reported_in_printable_characters() {
        let many: Vec<_> = (0..100).map(|number| format!("AUTH0_X_LONG_{number}\n\u{1b}[31m")).collect();
        let found = found(&many.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(found.len(), MOST);
        assert!(found.iter().all(|(name, _)| name.chars().all(|char| (' '..='~').contains(&char))), "{found:?}");
    }

    /// A process cannot safely change its own variables, so the test starts itself again with them.
    #[cfg(unix)]
    #[test]
    fn the_variables_of_the_process_are_read_also_if_they_are_not_text() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;

        let settings = crate::Settings::from_env();
        if settings.has("leeway") {
            let found = &settings.entries.warnings;
            assert!(found.contains(&warning("AUTH0_DOPP")), "{found:?}");
            assert!(settings.get("leeway").is_none());
            return;
        }
        let name =
            "settings::unknown_variables::tests::the_variables_of_the_process_are_read_also_if_they_are_not_text";
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let child = child.args([name, "--exact"]).env("AUTH0_DOPP", "require");
        let output = child.env("AUTH0_LEEWAY", OsStr::from_bytes(b"\xff")).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_text_is_no_panic() {
        use std::os::unix::ffi::OsStringExt as _;

        let name = OsString::from_vec(b"AUTH0_\xff\xfe".to_vec());
        assert_eq!(among([name]).len(), 1);
    }
}
