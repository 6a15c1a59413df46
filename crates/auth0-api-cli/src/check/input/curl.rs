//! Commands for curl, as people write them and as "Copy as cURL" of a browser does, for POSIX shells and for Windows.

use std::borrow::Cow;

use super::{Request, keep};

/// Reads a command; `None` if the text is none.
pub(super) fn read(text: &str) -> Option<Result<Request, &'static str>> {
    let command = text.strip_prefix("$ ").unwrap_or(text);
    let rest = command.strip_prefix("curl").map(|rest| rest.strip_prefix(".exe").unwrap_or(rest))?;
    rest.starts_with(char::is_whitespace).then(|| {
        let arguments = shlex::split(&in_one_line(rest)).ok_or("the curl command has an open quotation mark")?;
        of_arguments(arguments.into_iter())
    })
}

fn of_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Request, &'static str> {
    let mut request = Request::default();
    let mut implied = None;
    while let Some(argument) = arguments.next() {
        // `$'…'`, which browsers write if a value has special characters.
        let argument = argument.strip_prefix('$').map(str::to_owned).unwrap_or(argument);
        let (flag, joined) = split(&argument);
        let mut value = || joined.map(str::to_owned).or_else(|| arguments.next()).unwrap_or_default();
        match &*flag {
            "-H" | "--header" => {
                let header = value();
                let header = header.strip_prefix('$').unwrap_or(&header);
                if header.starts_with('@') {
                    return Err("the curl command reads headers from a file: pass the output of curl -v instead");
                }
                let (name, value) = header.split_once(':').unwrap_or((header, ""));
                keep(&mut request.headers, name, value);
            }
            "--oauth2-bearer" => keep(&mut request.headers, "authorization", &format!("Bearer {}", value())),
            "-X" | "--request" => request.method = Some(value()),
            "--url" => request.url = Some(value()),
            "-I" | "--head" => implied = Some("HEAD"),
            "-G" | "--get" => implied = Some("GET"),
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--data-urlencode" | "--json"
            | "-F" | "--form" => {
                value();
                implied = implied.or(Some("POST"));
            }
            "-A" | "-b" | "-c" | "-e" | "-m" | "-o" | "-u" | "-w" | "-x" | "--cacert" | "--cert"
            | "--connect-timeout" | "--cookie" | "--key" | "--max-time" | "--output" | "--proxy" | "--referer"
            | "--resolve" | "--user" | "--user-agent" | "--write-out" => {
                value();
            }
            _ if flag.starts_with('-') => {}
            // A word without a scheme may be the value of a flag that is not known here.
            word => {
                let is_url = |text: &str| text.contains("://");
                if request.url.as_deref().is_none_or(|url| is_url(word) && !is_url(url)) {
                    request.url = Some(word.to_owned());
                }
            }
        }
    }
    request.method = request.method.or(implied.map(str::to_owned)).or_else(|| Some("GET".to_owned()));
    request.url = request.url.map(|url| if url.contains("://") { url } else { format!("http://{url}") });
    if request.headers.is_empty() {
        return Err("the curl command sends no Authorization header: it carries no token that could be checked");
    }
    if request.headers.iter().any(|(_, value)| value.contains('$')) {
        return Err("the curl command contains a variable, and not the token: pass the output of curl -v instead");
    }
    Ok(request)
}

/// Separates a flag from a value that is joined to it: `-XPOST`, `--request=POST`. Of several short flags in one, such as
/// `-sX` and `-sI`, returns the one that matters.
fn split(argument: &str) -> (Cow<'_, str>, Option<&str>) {
    if argument.starts_with("--") {
        return argument.split_once('=').map_or((argument.into(), None), |(flag, value)| (flag.into(), Some(value)));
    }
    let Some(letters) = argument.strip_prefix('-') else { return (argument.into(), None) };
    match letters.char_indices().find(|(_, letter)| WITH_VALUE.contains(*letter) || "IG".contains(*letter)) {
        Some((_, letter @ ('I' | 'G'))) => (format!("-{letter}").into(), None),
        Some((at, letter)) => {
            let value = letters.get(at + letter.len_utf8()..).filter(|value| !value.is_empty());
            (format!("-{letter}").into(), value)
        }
        None => (argument.into(), None),
    }
}

/// Joins the lines of a command. A command for `cmd` of Windows, where `^` escapes a character or a line break, becomes
/// one for a POSIX shell.
fn in_one_line(command: &str) -> String {
    let is_of_cmd = command.contains("^\"") || command.lines().any(|line| line.ends_with('^'));
    if !is_of_cmd {
        return command.replace("\\\r\n", " ").replace("\\\n", " ");
    }
    let mut posix = String::with_capacity(command.len());
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match character {
            '^' => posix.extend(characters.next().filter(|escaped| !matches!(escaped, '\n' | '\r'))),
            character => posix.push(character),
        }
    }
    posix
}

/// The short flags that have a value.
const WITH_VALUE: &str = "AFHXbcdemouwx";

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    #[test]
    fn the_method_and_the_url_are_found_among_other_flags() {
        for (command, method, url) in [
            ("curl -sX POST https://api/x", "POST", "https://api/x"),
            ("curl -sSXPUT https://api/x", "PUT", "https://api/x"),
            ("curl -sI https://api/x", "HEAD", "https://api/x"),
            ("curl https://api/x --retry 3", "GET", "https://api/x"),
            ("curl --retry 3 https://api/x", "GET", "https://api/x"),
            ("curl -so out https://api/x -d a=b", "POST", "https://api/x"),
            ("curl api/x", "GET", "http://api/x"),
        ] {
            let request = read(&format!("{command} -H 'Authorization: Bearer t'")).unwrap().unwrap();
            assert_eq!((request.method.as_deref(), request.url.as_deref()), (Some(method), Some(url)), "{command}");
        }
    }
}
