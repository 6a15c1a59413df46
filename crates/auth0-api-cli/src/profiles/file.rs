//! The file that describes profiles. All its problems are reported at once, each with its line.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use auth0_api_management::{InputError, ProfileType};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::failure::Failure;
use super::wanted::Wanted;
use crate::file;
use crate::printable::{count, printable};

/// Reads the profiles of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Wanted>, Failure> {
    let text = file::read(path).map_err(|error| Failure::settings(vec![error.to_string()]))?;
    let mut problems = Problems { text: &text, found: Vec::new() };
    let wanted = profiles(&text, &mut problems);
    if problems.found.is_empty() {
        return Ok(wanted);
    }
    problems.found.sort_unstable();
    let others = problems.found.split_off(problems.found.len().min(MOST_PROBLEMS)).len();
    let lines = problems.found.into_iter().map(|(line, problem)| format!("{}:{line}: {problem}", path.display()));
    let others = (others > 0).then(|| format!("{}: and {}", path.display(), count(others, "further problem")));
    Err(Failure::settings(lines.chain(others).collect()))
}

struct Problems<'a> {
    text: &'a str,
    found: Vec<(usize, String)>,
}

impl Problems<'_> {
    fn add(&mut self, span: &Range<usize>, problem: impl Into<String>) {
        let line = self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1;
        self.found.push((line, problem.into()));
    }
}

fn profiles(text: &str, problems: &mut Problems<'_>) -> Vec<Wanted> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        problems.add(&error.span().unwrap_or_default(), error.message());
    }
    let (mut wanted, mut types) = (Vec::new(), HashSet::new());
    for (key, value) in table.get_ref() {
        match value.get_ref().as_array().filter(|_| key.get_ref() == PROFILES) {
            Some(tables) => wanted.extend(tables.iter().filter_map(|table| profile(table, &mut types, problems))),
            None => problems.add(&key.span(), format!("a file has only tables [[{PROFILES}]]")),
        }
    }
    if wanted.is_empty() && problems.found.is_empty() {
        problems.add(&(0..0), format!("there is no table [[{PROFILES}]]"));
    }
    wanted
}

/// Reads one table. What has a problem is reported, and left out.
fn profile(value: &Spanned<DeValue<'_>>, types: &mut HashSet<String>, problems: &mut Problems<'_>) -> Option<Wanted> {
    let span = value.span();
    let Some(table) = value.get_ref().as_table() else {
        problems.add(&span, format!("{PROFILES} is a list of tables [[{PROFILES}]]"));
        return None;
    };
    for key in table.keys().filter(|key| !MEMBERS.contains(&key.get_ref().as_ref())) {
        let problem = format!("{} is unknown; known are {}", printable(key.get_ref()), MEMBERS.join(", "));
        problems.add(&key.span(), problem);
    }
    let mut text = |name: &str| {
        let found = table.iter().find(|(key, _)| key.get_ref() == name);
        let (key, value) = found?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            problems.add(&key.span(), format!("{name} is not a text"));
        }
        text.map(str::to_owned)
    };
    let (name, subject_token_type, action_id, profile_type) =
        (text(NAME), text(SUBJECT_TOKEN_TYPE), text(ACTION_ID), text(TYPE));
    for mandatory in [NAME, SUBJECT_TOKEN_TYPE, ACTION_ID] {
        if !table.keys().any(|key| key.get_ref() == mandatory) {
            problems.add(&span, format!("{mandatory} is missing"));
        }
    }
    let wanted = Wanted {
        name: name?,
        subject_token_type: subject_token_type?,
        action_id: action_id?,
        profile_type: profile_type.as_deref().map(ProfileType::from).unwrap_or_default(),
    };
    for problem in wanted.check().err().iter().flat_map(InputError::problems) {
        problems.add(&span, problem.to_string());
    }
    if !types.insert(wanted.subject_token_type.clone()) {
        problems.add(&span, "another table has the same subject_token_type");
    }
    Some(wanted)
}

/// A file of another kind has a problem in each line.
const MOST_PROBLEMS: usize = 10;
const PROFILES: &str = "exchange_profiles";
const NAME: &str = "name";
const SUBJECT_TOKEN_TYPE: &str = "subject_token_type";
const ACTION_ID: &str = "action_id";
const TYPE: &str = "type";
const MEMBERS: [&str; 4] = [NAME, SUBJECT_TOKEN_TYPE, ACTION_ID, TYPE];
