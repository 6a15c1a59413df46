//! Reads inputs as text, so that people can read and edit seeds and findings.

/// A first line, header lines `name: value`, an empty line, and a body.
pub struct Message<'d> {
    /// The first line; empty if it is not UTF-8.
    pub first: &'d str,
    /// The names and values of the headers, in their order. `read` skips lines without a colon.
    pub headers: Vec<(&'d str, Vec<u8>)>,
    /// Everything after the empty line.
    pub body: &'d [u8],
}

impl<'d> Message<'d> {
    /// Reads a message. This never fails: any bytes can be read as a message.
    pub fn read(data: &'d [u8]) -> Self {
        let (first, mut rest) = split_line(data);
        let mut headers = Vec::new();
        loop {
            let (line, body) = split_line(rest);
            if line.is_empty() {
                return Self { first: str::from_utf8(first).unwrap_or_default(), headers, body };
            }
            headers.extend(header(line));
            rest = body;
        }
    }
}

/// Returns the first line and the rest.
pub fn split_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|octet| *octet == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}

/// Replaces every `placeholder` in `data`. An input uses placeholders for values that it cannot contain, such as a
/// hash.
pub fn replaced(data: &[u8], placeholder: &str, value: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(data.len()), data);
    while let Some(found) = rest.windows(placeholder.len()).position(|window| window == placeholder.as_bytes()) {
        out.extend_from_slice(&rest[..found]);
        out.extend_from_slice(value.as_bytes());
        rest = &rest[found + placeholder.len()..];
    }
    out.extend_from_slice(rest);
    out
}

fn header(line: &[u8]) -> Option<(&str, Vec<u8>)> {
    let colon = line.iter().position(|octet| *octet == b':')?;
    let name = str::from_utf8(&line[..colon]).ok()?;
    let value = line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..]);
    Some((name, value.to_vec()))
}
