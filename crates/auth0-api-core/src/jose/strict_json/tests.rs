#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn parse(json: &str) -> Result<Object, JsonError> {
    Object::parse(json.into())
}

fn reject(table: &[&str], expected: JsonError) {
    for json in table {
        assert_eq!(parse(json).unwrap_err(), expected, "{json:?}");
    }
}

#[test]
fn duplicate_members_are_rejected_at_every_depth() {
    reject(
        &[
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"b":2,"a":3}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"\u0061":1,"a":1}"#,
            r#"{"\u0061":1,"\u0061":1}"#,
            r#"{"é":1,"\u00E9":1}"#,
            r#"{"\ud83d\ude00":1,"😀":1}"#,
            r#"{"/":1,"\/":1}"#,
            r#"{"":1,"":2}"#,
            r#"{"x":{"a":1,"a":1}}"#,
            r#"{"x":{"a":1,"\u0061":1}}"#,
            r#"{"x":[{"a":1,"a":1}]}"#,
            r#"{"x":[[],[{}],[{"y":{"z":[0,{"a":1,"a":1}]}}]]}"#,
        ],
        JsonError::DuplicateMember,
    );
}

#[test]
fn the_reserved_members_of_serde_json_are_rejected_at_every_depth() {
    reject(
        &[
            r#"{"$serde_json::private::RawValue":"[1]"}"#,
            r#"{"meta":{"$serde_json::private::RawValue":5}}"#,
            r#"{"meta":{"$serde_json::private::RawValue":"[1]"}}"#,
            r#"{"meta":[{"a":1,"\u0024serde_json::private::RawValue":"{}"}]}"#,
            r#"{"$serde_json::private::Number":"zzz"}"#,
            r#"{"meta":{"$serde_json::private::Number":"zzz"},"suspended":true}"#,
            r#"{"meta":[[{"$serde_json::private::Numbe\u0072":"1"}]]}"#,
        ],
        JsonError::ReservedMember,
    );
}

#[test]
fn all_members_are_read_as_serde_json_reads_them() {
    for json in [
        "{}",
        r#"{ "a" : [ ] , "b" : { } , "c" : [ 1 , -2.5e3,true , false,null, "" ] }"#,
        r#"{"s":"\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00","\u006e\\":"\\","é":"é\u0000😀"}"#,
        r#"{"x":[{"y":[[{"z":"]}"}],","]},9007199254740993,18446744073709551615,-0,1e-7]}"#,
        "{\r\n\t\"a\":1\r\n\t}",
    ] {
        assert_eq!(parse(json).unwrap().to_map(), serde_json::from_str(json).unwrap(), "{json}");
    }
}

#[test]
fn names_that_differ_are_different_members() {
    for json in [
        r#"{"a":1,"A":2}"#,
        r#"{"a":1,"a ":2}"#,
        r#"{"a":1,"a\u0000":2}"#,
        r#"{"a":1,"\\u0061":2}"#,
        "{\"\u{e9}\":1,\"e\u{301}\":2}",
        r#"{"a":{"a":{"a":1}}}"#,
        r#"{"x":[{"a":1},{"a":2}],"y":{"a":3}}"#,
    ] {
        assert!(parse(json).is_ok(), "{json}");
    }
}

#[test]
fn thousands_of_members_are_compared() {
    let members = |last: &str| {
        let members: Vec<String> = (0..20_000).map(|number| format!(r#""m{number}":{number}"#)).collect();
        format!(r#"{{{},"{last}":0}}"#, members.join(","))
    };
    assert_eq!(parse(&members("m20000")).unwrap().get("m19999"), Ok(Some(19_999)));
    assert_eq!(parse(&members("m7")).unwrap_err(), JsonError::DuplicateMember);
    assert!(parse(&format!(r#"{{"x":[{}]}}"#, members("m20000"))).is_ok());
    assert_eq!(parse(&format!(r#"{{"x":[{}]}}"#, members("m7"))).unwrap_err(), JsonError::DuplicateMember);
}

#[test]
fn a_duplicate_is_found_at_any_place_among_any_number_of_members() {
    for count in [2_usize, 6, 7, 16, 17, 31, 32, 33, 34, 64, 65, 128, 129, 2048, 2049] {
        let names: Vec<String> = (0..count).map(|number| format!("a{number}")).collect();
        let object = |names: &[String]| {
            let members: Vec<String> = names.iter().map(|name| format!(r#""{name}":0"#)).collect();
            format!(r#"{{"x":[{{{}}}]}}"#, members.join(","))
        };
        assert!(parse(&object(&names)).is_ok(), "{count}");
        for place in (1..count).step_by(count.div_ceil(65)) {
            let mut repeated = names.clone();
            repeated.splice(place..=place, names.get(place / 2).cloned());
            assert_eq!(parse(&object(&repeated)).unwrap_err(), JsonError::DuplicateMember, "{place} of {count}");
        }
    }
}

/// The search for equal keys, which precedes the comparison of names, also stops at some keys that differ: at every fiftieth
/// set of 16 names, and at most sets of 2000. The seed of the keys is random, so each run has other sets.
#[test]
fn names_whose_keys_are_similar_are_no_duplicates() {
    for (sets, count) in [(2_000, 16), (20, 2_000)] {
        for set in 0..sets {
            let members: Vec<String> = (0..count).map(|number| format!(r#""{set}.{number}":0"#)).collect();
            assert!(parse(&format!("{{{}}}", members.join(","))).is_ok(), "{count}");
        }
    }
}

#[test]
fn the_memory_of_an_object_is_that_of_its_text_its_names_and_its_members() {
    let text = |members: &str| format!("{{{members}}}");
    let small = text(r#""a":1"#);
    assert_eq!(parse(&small).unwrap().allocated(), small.len());

    let escaped = text(r#""\u0061bcdefgh":1"#);
    assert!(parse(&escaped).unwrap().allocated() >= escaped.len() + "abcdefgh".len());

    let members: Vec<String> = (0..50).map(|number| format!(r#""{number}":0"#)).collect();
    let large = text(&members.join(","));
    let of_members = parse(&large).unwrap().allocated() - large.len();
    assert!((50 * 16..50 * 64).contains(&of_members), "{of_members}");
}

#[test]
fn containers_nest_32_levels_deep() {
    let objects = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let arrays = |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth - 1), "]".repeat(depth - 1));
    for nested in [2, 3, 31, 32] {
        assert!(parse(&objects(nested)).is_ok(), "{nested}");
        assert!(parse(&arrays(nested)).is_ok(), "{nested}");
    }
    for nested in [33, 34, 127, 128, 129, 100_000] {
        assert_eq!(parse(&objects(nested)).unwrap_err(), JsonError::TooDeep, "{nested}");
        assert_eq!(parse(&arrays(nested)).unwrap_err(), JsonError::TooDeep, "{nested}");
    }
    assert_eq!(parse(&"[".repeat(100_000)).unwrap_err(), JsonError::NotAnObject);
    assert_eq!(parse(&r#"{"a":"#.repeat(100_000)).unwrap_err(), JsonError::TooDeep, "never closed");
}

#[test]
fn a_text_is_one_object_and_nothing_else() {
    reject(
        &[
            "",
            " ",
            "[]",
            "1",
            "null",
            "true",
            r#""{}""#,
            "{",
            "}",
            "{}{}",
            "{} {}",
            "{}x",
            "{},",
            "{}\0",
            "[{}]",
            "\u{feff}{}",
        ],
        JsonError::NotAnObject,
    );
    for json in ["{}", " {} ", "\r\n\t{ }\r\n\t"] {
        assert!(parse(json).is_ok(), "{json:?}");
    }
}

#[test]
fn texts_that_are_not_json_are_rejected() {
    reject(
        &[
            r#"{"a":NaN}"#,
            r#"{"a":Infinity}"#,
            r#"{"a":-Infinity}"#,
            r#"{"a":[NaN]}"#,
            r#"{"a":01}"#,
            r#"{"a":+1}"#,
            r#"{"a":.5}"#,
            r#"{"a":1.}"#,
            r#"{"a":0x1}"#,
            r#"{"a":-}"#,
            r#"{"a":True}"#,
            r#"{"a":undefined}"#,
            r#"{"a":}"#,
            r#"{"a"}"#,
            r#"{"a":1,}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":1"b":2}"#,
            r"{a:1}",
            r"{'a':1}",
            r"{1:1}",
            r"{null:1}",
            r#"{"a":1/**/}"#,
            r#"{"a":"\x41"}"#,
            r#"{"a":"\u00g0"}"#,
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":[\"\t\"]}",
            "{\"\u{1f}\":1}",
            "{\u{a0}}",
        ],
        JsonError::NotAnObject,
    );
}

#[test]
fn numbers_out_of_range_are_rejected() {
    reject(
        &[r#"{"a":1e400}"#, r#"{"a":-1e400}"#, r#"{"a":[1e400]}"#, r#"{"a":{"b":{"c":1e309}}}"#],
        JsonError::NotAnObject,
    );
    let digits = |count: usize, rest: &str| format!(r#"{{"a":1{}{rest}}}"#, "0".repeat(count - 1));
    for in_range in [digits(300, ""), digits(309, ""), digits(200, "e100"), digits(200, "e108"), digits(400, "e-100")] {
        assert!(parse(&in_range).is_ok(), "{in_range}");
    }
    for out_of_range in [digits(310, ""), digits(200, "e110"), digits(1, "e00309"), digits(1, "e99999999999999999999")]
    {
        assert_eq!(parse(&out_of_range).unwrap_err(), JsonError::NotAnObject, "{out_of_range}");
    }
    let object = parse(r#"{"a":1e-400,"b":18446744073709551615,"c":18446744073709551616,"d":-0}"#).unwrap();
    assert_eq!(object.get::<u64>("b"), Ok(Some(u64::MAX)));
    assert_eq!(object.get::<u64>("c"), Err(WrongType));
}

#[test]
fn lone_surrogates_in_a_value_are_replaced_as_a_whole_and_rejected_when_requested() {
    for (json, replaced) in [
        (r#"{"a":"\ud800"}"#, r#"{"a":"\ufffd"}"#),
        (r#"{"a":"\uDFFF"}"#, r#"{"a":"\ufffd"}"#),
        (r#"{"a":"\ud800x"}"#, r#"{"a":"\ufffdx"}"#),
        (r#"{"a":"\ud800\n"}"#, r#"{"a":"\ufffd\n"}"#),
        (r#"{"a":"\ud83d\\ude00"}"#, r#"{"a":"\ufffd\\ude00"}"#),
        (r#"{"a":"\udc00\ud800"}"#, r#"{"a":"\ufffd\ufffd"}"#),
        (r#"{"a":"é\ud83d\ud83d\ude00"}"#, r#"{"a":"é\ufffd\ud83d\ude00"}"#),
        (r#"{"a":["\udfff"]}"#, r#"{"a":["\ufffd"]}"#),
        (r#"{"a":{"b":["😀",{"c":"\ud800"}]}}"#, r#"{"a":{"b":["😀",{"c":"\ufffd"}]}}"#),
    ] {
        let object = parse(json).unwrap();
        assert_eq!(object.as_str(), replaced);
        assert_eq!(object.to_map(), serde_json::from_str(replaced).unwrap(), "{json}");
        assert_eq!(Object::read(json).unwrap().to_map(), object.to_map(), "{json}");
        assert!(object.has_lone_surrogate("a"), "{json}");
        assert_eq!(object.string("a"), Err(WrongType), "{json}");
        assert_eq!(object.get::<Value>("a"), Err(WrongType), "{json}");
    }
    let object = parse(r#"{"a":{"b":"\ud800"},"c":"\ud83d\ude00","d":[1]}"#).unwrap();
    assert_eq!(object.string("c").unwrap().as_deref(), Some("😀"));
    assert_eq!(object.get::<Vec<u8>>("d"), Ok(Some(vec![1])));
    assert!(!object.has_lone_surrogate("c") && !object.has_lone_surrogate("d") && !object.has_lone_surrogate("e"));
    assert!(Object::read(r#"{"a":"\ud800"}"#).unwrap().has_lone_surrogate("a"));
}

#[test]
fn lone_surrogates_in_a_name_and_incomplete_escapes_are_rejected() {
    reject(
        &[
            r#"{"\ud800":1}"#,
            r#"{"\udc00":1}"#,
            r#"{"a\ud800b":1}"#,
            r#"{"\ud83d\ud83d\ude00":1}"#,
            r#"{"a":{"\ud800":1}}"#,
            r#"{"a":[{"b":"\ud800","\ud800":1}]}"#,
            r#"{"a":"\ud80"}"#,
            r#"{"a":"\ud800\u"}"#,
            r#"{"a":"\ud800\udc0"}"#,
            r#"{"a":"\ud800\udc0g"}"#,
            r#"{"a":"\ud800\"}"#,
            r#"{"a":"\ud800"#,
        ],
        JsonError::NotAnObject,
    );
}

#[test]
fn octets_that_are_not_utf8_are_rejected() {
    for octets in [
        b"{\"a\":\"\xff\"}".as_slice(),
        b"{\"\xff\":1}",
        b"{\"a\":\"\xc0\x80\"}",
        b"{\"a\":\"\xed\xa0\x80\"}",
        b"{}\xff",
        b"\xff\xfe{\0}\0",
    ] {
        assert_eq!(Object::parse(octets.into()).unwrap_err(), JsonError::NotUtf8, "{octets:?}");
    }
}

#[test]
fn members_are_converted_to_the_requested_type() {
    let object =
        parse(r#"{ "text" : "caf\u00e9", "plain":"x", "number":1.5, "none":null, "list":["a"], "n\u0061me":true }"#);
    let object = object.unwrap();
    assert_eq!(object.string("text").unwrap().as_deref(), Some("café"));
    assert!(matches!(object.string("plain"), Ok(Some(Cow::Borrowed("x")))));
    assert_eq!(object.get::<f64>("number"), Ok(Some(1.5)));
    assert_eq!(object.get::<Vec<String>>("list"), Ok(Some(vec!["a".to_owned()])));
    assert_eq!(object.get::<bool>("name"), Ok(Some(true)));
    assert_eq!(object.get::<bool>("absent"), Ok(None));
    assert_eq!(object.raw("text"), Some(r#""caf\u00e9""#));
    assert!(object.contains("none"));
    for name in ["number", "none", "list", "name"] {
        assert_eq!(object.string(name), Err(WrongType), "{name}");
    }
    for name in ["text", "none", "list"] {
        assert_eq!(object.get::<u64>(name), Err(WrongType), "{name}");
    }
}

#[test]
fn numbers_have_the_nearest_value_and_other_types_are_rejected() {
    for (json, value) in [
        ("0", 0.0),
        ("1700000000", 1_700_000_000.0),
        ("4294967295", 4_294_967_295.0),
        ("4294967296", 4_294_967_296.0),
        ("9007199254740993", 9_007_199_254_740_992.0),
        ("-1", -1.0),
        ("1700000000.5", 1_700_000_000.5),
        ("1.7e9", 1_700_000_000.0),
    ] {
        let object = Object::read(format!(r#"{{"a":{json}}}"#)).unwrap();
        assert_eq!(object.number("a"), Ok(Some(value)), "{json}");
        assert_eq!(object.number("b"), Ok(None), "{json}");
    }
    for json in [r#""1""#, "null", "true", "[1]", "{}", r#""\ud83d""#] {
        let object = Object::read(format!(r#"{{"a":{json}}}"#)).unwrap();
        assert_eq!(object.number("a"), Err(WrongType), "{json}");
    }
}

#[test]
fn debug_shows_names_and_no_values() {
    let object = parse(r#"{"sub":"auth0|secret","\u0069ss":"hidden"}"#).unwrap();
    assert_eq!(format!("{object:?}"), r#"{"sub", "iss"}"#);
}

proptest! {
    #[test]
    fn an_object_has_the_same_members_as_with_serde_json(object in any_object()) {
        let json = object.to_string();
        let read = parse(&json).unwrap();
        let expected: Map<String, Value> = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read.members.iter().len(), expected.len());
        for (name, value) in &expected {
            prop_assert_eq!(&read.get::<Value>(name), &Ok(Some(value.clone())));
        }
        prop_assert_eq!(read.to_map(), expected);
    }

    #[test]
    fn a_text_is_accepted_if_serde_json_reads_it_as_an_object(text in almost_json()) {
        let expected =
            serde_json::from_str::<Value>(&text).is_ok_and(|value| value.is_object() && has_numbers_in_range(&value));
        match parse(&text) {
            Err(JsonError::DuplicateMember) => prop_assert!(expected || text.contains("\"a\"")),
            // `serde_json` rejects lone surrogates, which the object has replaced.
            Ok(read) => prop_assert!(expected || serde_json::from_str::<Value>(read.as_str()).is_ok(), "{}", text),
            Err(_) => prop_assert!(!expected, "{}", text),
        }
    }

    #[test]
    fn a_duplicate_anywhere_is_rejected(object in any_object(), index: prop::sample::Index) {
        let json = written(&object, &mut Some(index.index(objects_in(&object))));
        prop_assert!(serde_json::from_str::<Value>(&json).is_ok());
        prop_assert_eq!(parse(&json).unwrap_err(), JsonError::DuplicateMember);
    }
}

/// Always true, unless the feature `arbitrary_precision` of `serde_json` is on.
fn has_numbers_in_range(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(f64::is_finite),
        Value::Array(items) => items.iter().all(has_numbers_in_range),
        Value::Object(members) => members.values().all(has_numbers_in_range),
        _ => true,
    }
}

/// Texts that are JSON, or that are not JSON because of one wrong piece.
fn almost_json() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "\"", "\\", "\\u0061", "\\ud83d", "\\ude00", "\\n", "true",
        "false", "null", "0", "-", "12", ".5", "e9", "E+2", "1e999", " ", "\n", "\u{0}", "é", "x",
    ]);
    let noise = vec(pieces.clone(), 0..12).prop_map(|pieces| pieces.concat());
    let broken =
        (any_object(), pieces, any::<prop::sample::Index>(), 0..3_usize).prop_map(|(object, piece, at, cut)| {
            let json: Vec<char> = object.to_string().chars().collect();
            let (before, after) = json.split_at(at.index(json.len()));
            before.iter().copied().chain(piece.chars()).chain(after.iter().copied().skip(cut)).collect()
        });
    prop_oneof![noise.prop_map(|noise| format!("{{{noise}}}")), broken]
}

/// Objects with at least one member each, so that each can get a duplicate member.
fn any_object() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let value = scalar.prop_recursive(5, 40, 5, |value| {
        prop_oneof![vec(value.clone(), 0..5).prop_map(Value::from), object_of(value)]
    });
    object_of(value)
}

fn object_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    btree_map(any::<String>(), value, 1..5).prop_map(|members| members.into_iter().collect())
}

fn objects_in(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(objects_in).sum(),
        Value::Object(members) => 1 + members.values().map(objects_in).sum::<usize>(),
        _ => 0,
    }
}

/// Writes a value as JSON. The object with the number `remaining`, counted from 0, gets a duplicate member at its end.
/// The name of the duplicate is written in escapes.
fn written(value: &Value, remaining: &mut Option<usize>) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, remaining)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let chosen = *remaining == Some(0);
            *remaining = remaining.and_then(|remaining| remaining.checked_sub(1));
            let mut texts: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), written(value, remaining)))
                .collect();
            let twice = members.keys().next().filter(|_| chosen);
            texts.extend(twice.map(|name| format!(r#""{}":null"#, escaped(name))));
            format!("{{{}}}", texts.join(","))
        }
        scalar => scalar.to_string(),
    }
}

fn escaped(name: &str) -> String {
    let units: Vec<String> = name.encode_utf16().map(|unit| format!(r"\u{unit:04x}")).collect();
    units.concat()
}

#[test]
fn the_elements_of_an_array_are_found_and_checked() {
    let elements = |json| elements(json, 4, 3);
    for (json, found) in [
        ("[]", vec![]),
        (" [ ] ", vec![]),
        ("[7]", vec!["7"]),
        (r#"[ {"a":[1]} , "]," ,[] ]"#, vec![r#"{"a":[1]}"#, r#""],""#, "[]"]),
        (r#"[{"a":1},{"a":2}]"#, vec![r#"{"a":1}"#, r#"{"a":2}"#]),
    ] {
        assert_eq!(elements(json), Ok(Some(found)), "{json}");
    }
    for json in ["", "{}", "7", "[", "[7", "[,]", "[7,]", "[7 8]", "[7]]", "[7] 8", "[{]"] {
        assert_eq!(elements(json), Err(JsonError::NotAnObject), "{json}");
    }
    assert_eq!(elements(r#"[{"a":1,"\u0061":2}]"#), Err(JsonError::DuplicateMember));
    assert_eq!(elements(r"[[[[[]]]]]"), Err(JsonError::TooDeep));
    assert_eq!(elements("[1,2,3]"), Ok(Some(vec!["1", "2", "3"])));
    assert_eq!(elements("[1,2,3,"), Ok(None));
}

#[test]
fn the_depth_of_an_object_can_be_limited_otherwise() {
    let nested = |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth - 1), "]".repeat(depth - 1));
    for limit in [2, 32, 127] {
        let allowed = nested(limit);
        let object = Object::read_to_depth(&allowed, limit).unwrap();
        assert_eq!(object.borrowed("a").map(str::len), Some(2 * limit - 2));
        assert_eq!(Object::read_to_depth(&nested(limit + 1), limit).unwrap_err(), JsonError::TooDeep);
    }
}
