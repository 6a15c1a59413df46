//! Counts the lines that the page about auth0-api-js states.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a failing test may panic")]

/// The lines of the first code block of a section that contains a text, without imports, comments, blank lines, and the lines
/// that rustdoc hides.
fn lines(page: &str, heading: &str, text: &str) -> usize {
    let section = page.split_once(&format!("\n## {heading}\n")).unwrap().1.split("\n## ").next().unwrap();
    // The parts between two fences: text and code by turns.
    let code = section.split("```").skip(1).step_by(2).find(|code| code.contains(text)).unwrap();
    let counts = |line: &&str| !line.is_empty() && !["use ", "# ", "//"].iter().any(|start| line.starts_with(start));
    // The first line has the language.
    code.lines().skip(1).filter(|line| counts(&line.trim())).count()
}

#[test]
fn the_stated_lines_are_those_of_the_examples() {
    let (js, exchange) = (include_str!("auth0_api_js.md"), include_str!("exchange.md"));
    let rows = [
        ("create the client", lines(js, "Create the client", "")),
        ("verify a token", lines(js, "Verify a token", "")),
        ("require a claim", lines(js, "Require a claim", "")),
        ("check the actor", lines(js, "Check the actor", "")),
        ("verify a bound token", lines(js, "Verify a bound token", "")),
        ("publish metadata", ADAPTER + lines(js, "Publish metadata", "")),
        (
            "exchange a token of another system",
            CLIENT + lines(exchange, "With a token of another system", "by_exchange_profile"),
        ),
        ("call an API for the user", ADAPTER + lines(exchange, "For the user", "on_behalf_of")),
        ("get a token of a connection", lines(js, "Get a token of a connection", "")),
        ("create a token exchange profile", lines(exchange, "With a token of another system", "ensure")),
    ];
    let stated = js.lines().filter_map(|line| line.strip_prefix("| [")).map(|row| {
        let (name, cells) = row.split_once(']').unwrap();
        let mut numbers = cells.split(" | ").filter_map(|cell| cell.parse::<usize>().ok());
        (name, numbers.next().unwrap(), numbers.next().unwrap())
    });
    let stated: Vec<_> = stated.collect();
    for (name, there, here) in &stated {
        assert!(here <= there, "{name}");
    }
    let beside = |package: &str, (_, there, here): &(&str, usize, usize)| {
        exchange.contains(&format!("{there} lines with {package}, {here} here"))
    };
    assert!(stated[6..9].iter().all(|row| beside("auth0-api-js", row)));
    assert!(beside("the package `auth0`", &stated[9]));
    let stated: Vec<_> = stated.into_iter().map(|(name, _, here)| (name, here)).collect();
    assert_eq!(stated, rows);
}

/// The lines of the client, which all examples of the page about exchanges share.
const CLIENT: usize = 3;
/// The line that adds the layer or the routes of an adapter to a router.
const ADAPTER: usize = 1;
