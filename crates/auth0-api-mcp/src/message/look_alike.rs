//! Members whose names differ from those that the layer reads only by case, or by underscores.

use auth0_api_core::adapter::StrictObject;

/// Whether an object has a member that a lenient parser takes for one of the known members.
///
/// Some parsers, such as Go's `encoding/json`, fold cases. A server that uses one would read `{"name": "a", "NAME": "b"}` as
/// a call of `b`, and the layer as a call of `a`. Models of pydantic accept the names of their fields beside the names of
/// the specification: `task_id` for `taskId`, and `meta` for `_meta`.
pub(super) fn is_in(object: &StrictObject<'_>, known: &[&str]) -> bool {
    object.names().any(|name| known.iter().any(|known| name != *known && is_alike(name, known)))
}

fn is_alike(name: &str, known: &str) -> bool {
    let letters = |name| str::chars(name).filter(|letter| *letter != '_').map(folded);
    letters(name).eq(letters(known))
}

/// Only two characters outside of ASCII fold to letters of ASCII: the long s and the sign of kelvin.
pub(crate) fn folded(character: char) -> char {
    match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

    use auth0_api_core::adapter::StrictObject;

    use super::is_in;

    #[test]
    fn names_are_compared_without_case_and_underscores() {
        for (json, found) in [
            (r"{}", false),
            (r#"{"taskId":1}"#, false),
            (r#"{"taskId":1,"other":2}"#, false),
            (r#"{"taskId":1,"taskid":2}"#, true),
            (r#"{"TASKID":1}"#, true),
            (r#"{"\u0054askId":1}"#, true),
            (r#"{"ta\u017f\u212aId":1}"#, true),
            (r#"{"task\u0131d":1}"#, false),
            (r#"{"task_id":1}"#, true),
            (r#"{"taskId":1,"task_id":2}"#, true),
            (r#"{"_name":1}"#, true),
            (r#"{"tasks_id":1}"#, false),
            (r#"{"x":{"TASKID":1}}"#, false),
        ] {
            assert_eq!(is_in(&StrictObject::read(json).unwrap(), &["name", "taskId"]), found, "{json}");
        }
    }
}
