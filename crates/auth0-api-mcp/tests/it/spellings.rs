//! Other spellings of the URI of a resource do not escape its requirement.

use auth0_api_core::Requirement;
use auth0_api_mcp::McpRequirements;
use serde_json::{Value, json};

use crate::world::Server;

fn read(uri: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": "resources/read", "params": { "uri": uri } })
}

/// Spellings of URIs, most of which some server takes for a stricter resource or template.
const OTHER_SPELLINGS: [&str; 62] = [
    "file:///docs/HR/pay.pdf",
    "file:///docs/Hr/x/pay.pdf",
    "file:///docs/hr;x/pay.pdf",
    "file:///docs/hr./pay.pdf",
    "file:///docs/hr%20/pay.pdf",
    "file:///docs/hr.%20./pay.pdf",
    "file:///docs/%20/hr/pay.pdf",
    "file:///docs/HR",
    "file:///docs/hr;x",
    "file:///docs/PAY(2026).pdf",
    "file:///docs/pay(2026).pdf;x",
    "file:///docs/pay(2026).pdf.",
    "file:///docs/pay(2026).pdf%20",
    "file:///docs/raw%5B1%5D;x",
    "file:///docs//hr/pay.pdf",
    "file:///docs/hr//pay.pdf",
    "file:////docs/hr/pay.pdf",
    "file:///docs/hr/pay.pdf?",
    "file:///docs/hr/pay.pdf?x",
    "file:///docs/hr/pay.pdf#x",
    "file:///docs/hr/pay.pdf#",
    "file:///docs/hr/pay.pdf/",
    "file:///docs/hr/",
    "file:///docs/./hr/pay.pdf",
    "file:///docs/x/../hr/pay.pdf",
    "file:///docs/%2e/hr/pay.pdf",
    "file:///docs/%68r/pay.pdf",
    "file:///docs/hr%2Fpay.pdf",
    "file:///docs\\hr\\pay.pdf",
    "FILE:///docs/hr/pay.pdf",
    "file:/docs/hr/pay.pdf",
    "file:docs/hr/pay.pdf",
    "file:///c:/docs/hr/pay.pdf",
    "file:///C:/docs/pay(2026).pdf",
    "file://localhost/docs/hr/pay.pdf",
    "file:///docs/pay%282026%29.pdf",
    "file:///docs/a%3ab",
    "file:///docs/a%3Ab",
    "file:///docs/a%40b",
    "file:///docs/a%2bb",
    "file:///docs/geh%c3%a4lter",
    "file:///docs/geh\u{e4}lter",
    "file:///docs/GEH%C3%84LTER",
    "file:///docs/geh%C3%84lter.",
    "file:///docs/B%C3%9CRO/a",
    "file:///docs/B%C3%9CRO",
    "file:///docs/li%C5%BFt%5B1%5D",
    "file:///docs/hr:$I30:$INDEX_ALLOCATION/pay.pdf",
    "file:///docs/hr%3A$I30:$INDEX_ALLOCATION/pay.pdf",
    "file:///docs/pay(2026).pdf::$DATA",
    "file:///docs/other:b",
    "file:///docs/a::$DATA",
    "file:///docs/abc:/hr/pay.pdf",
    "file:///docs/hr%7C/pay.pdf",
    "file:///docs/list[1]",
    "file:///docs/list%5b1%5d",
    "file:///docs/RAW%5B1%5D",
    "file:///docs/raw%5B1%5D",
    "https://API.example.com/secret",
    "https://api.example.com:443/secret",
    "https://ada@api.example.com/secret",
    "https:/api.example.com/secret",
];

#[tokio::test]
async fn another_spelling_of_a_uri_does_not_escape_a_stricter_requirement() {
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("file:///docs/{+path}", Requirement::scope("docs"))
        .resource_template("file:///docs/hr/{+path}", Requirement::scope("hr"))
        .resource_template("file:///docs/b%C3%BCro/{+path}", Requirement::scope("hr"))
        .resource("file:///docs/pay(2026).pdf", Requirement::scope("pay"))
        .resource("file:///docs/a:b", Requirement::scope("pay"))
        .resource("file:///docs/a@b", Requirement::scope("pay"))
        .resource("file:///docs/a+b", Requirement::scope("pay"))
        .resource("file:///docs/geh%C3%A4lter", Requirement::scope("pay"))
        .resource("file:///docs/list%5B1%5D", Requirement::scope("pay"))
        // Not the canonical spelling, which is denied for that reason.
        .resource("file:///docs/raw[1]", Requirement::scope("pay"))
        .resource("https://api.example.com/secret", Requirement::scope("pay"));
    for requirements in [requirements.clone(), requirements.otherwise_base()] {
        let server = Server::start_with(requirements, |layer| layer).await;
        for uri in OTHER_SPELLINGS {
            assert_eq!(
                server.send_2025("use:tools docs hr pay", &read(uri)).await.unknown(),
                "unknown resource",
                "{uri}"
            );
        }
        for (uri, needed) in [
            ("file:///docs/plan.pdf", "use:tools docs"),
            ("file:///docs/b%C3%BCcher/a%20b", "use:tools docs"),
            ("file:///docs/B%C3%9CCHER/a%20b", "use:tools docs"),
            ("file:///docs/b%C3%BCro/a", "use:tools hr docs"),
            ("file:///docs/hr", "use:tools docs hr"),
            ("file:///docs/hr/pay.pdf", "use:tools hr docs"),
            ("file:///docs/pay(2026).pdf", "use:tools pay"),
            ("file:///docs/a:b", "use:tools pay"),
            ("file:///docs/a@b", "use:tools pay"),
            ("file:///docs/a+b", "use:tools pay"),
            ("file:///docs/geh%C3%A4lter", "use:tools pay"),
            ("file:///docs/list%5B1%5D", "use:tools pay"),
            ("file:///docs/raw[1]", "use:tools pay"),
            ("https://api.example.com/secret", "use:tools pay"),
        ] {
            assert_eq!(server.send_2025("use:tools", &read(uri)).await.scopes(), needed, "{uri}");
            assert_eq!(server.send_2025(needed, &read(uri)).await.status, 200, "{uri}");
        }
    }
}

/// Windows has a current drive. On it, a path is the same file with and without the drive.
#[tokio::test]
async fn a_drive_does_not_escape_the_requirement_of_a_path() {
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("file:///{+path}", Requirement::scope("public"))
        .resource_template("file:///hr/{+path}", Requirement::scope("hr"))
        .resource_template("file:///staff/{name}", Requirement::scope("staff"))
        .resource_template("file:///{dept}/salaries/{+path}", Requirement::scope("salaries"))
        .resource_template("file:///d:/pay/{+path}", Requirement::scope("pay"))
        .resource_template("file:///pay/{name}", Requirement::scope("names"))
        .resource("file:///list.txt", Requirement::scope("list"))
        .resource("file:///e:/plan", Requirement::scope("plan"));
    let server = Server::start_with(requirements, |layer| layer).await;
    let message =
        |method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
    let directory = |uri: &str| message("resources/directory/read", json!({ "uri": uri }));
    let complete = |uri: &str| {
        message("completion/complete", json!({ "ref": { "type": "ref/resource", "uri": uri }, "argument": {} }))
    };
    for (message, needed) in [
        (read("file:///c:/docs/a"), "use:tools public"),
        (read("file:///c:/hr/pay.pdf"), "use:tools public hr"),
        (read("file:///C:/HR/pay.pdf"), "use:tools public hr"),
        (read("file:///c:/hr"), "use:tools public hr"),
        (read("file:///c:/it/salaries/a"), "use:tools public salaries"),
        (read("file:///c:/staff/ada"), "use:tools public staff"),
        (directory("file:///c:/staff"), "use:tools public staff"),
        (read("file:///d:/pay/a"), "use:tools pay public names"),
        (read("file:///e:/pay/a"), "use:tools public names"),
        (read("file:///pay/a"), "use:tools names public pay"),
        (read("file:///pay/a/b"), "use:tools public pay"),
        (complete("file:///pay/{name}"), "use:tools names pay public"),
        // The resource is on another drive.
        (read("file:///f:/plan"), "use:tools public"),
    ] {
        assert_eq!(server.send_2025("use:tools", &message).await.scopes(), needed, "{message}");
        assert_eq!(server.send_2025(needed, &message).await.status, 200, "{message}");
    }
    for uri in ["file:///c:/list.txt", "file:///C:/LIST.txt", "file:///plan", "file:///c:/salaries/a"] {
        let all = "use:tools public hr staff salaries pay names list plan";
        assert_eq!(server.send_2025(all, &read(uri)).await.unknown(), "unknown resource", "{uri}");
    }
}

#[tokio::test]
async fn another_spelling_of_the_drive_of_a_resource_does_not_open_it() {
    for resource in [
        "file:///c%3A/hr/pay.pdf",
        "file:///C%3a/hr/pay.pdf",
        "file:///c|/hr/pay.pdf",
        "file:///c%7C/hr/pay.pdf",
        "file:////c:/hr/pay.pdf",
        "file:///./c:/hr/pay.pdf",
        "file:///c%3A/hr/pay.pdf;x",
    ] {
        let requirements = McpRequirements::new(Requirement::scope("use:tools"))
            .resource_template("file:///{+path}", Requirement::scope("public"))
            .resource(resource, Requirement::scope("hr"));
        let server = Server::start_with(requirements, |layer| layer).await;
        for uri in ["file:///hr/pay.pdf", "file:///HR/pay.pdf;x", "file:///c:/hr/pay.pdf", "file:///C:/hr/pay.pdf"] {
            let answer = server.send_2025("use:tools public hr", &read(uri)).await;
            assert_eq!(answer.unknown(), "unknown resource", "{resource} {uri}");
        }
        for (uri, needed) in [(resource, "use:tools hr"), ("file:///d:/hr/pay.pdf", "use:tools public")] {
            assert_eq!(server.send_2025("use:tools", &read(uri)).await.scopes(), needed, "{resource} {uri}");
            assert_eq!(server.send_2025(needed, &read(uri)).await.status, 200, "{resource} {uri}");
        }
    }
}

/// Windows takes the letter of a drive alone for the current directory of this drive, which is perhaps a stricter one.
#[tokio::test]
async fn a_drive_alone_does_not_escape_the_requirement_of_a_directory() {
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("file:///{+path}", Requirement::scope("public"))
        .resource_template("file:///{drive}:", Requirement::scope("drives"))
        .resource_template("file:///c:/hr/{+path}", Requirement::scope("hr"))
        .resource_template("file:///d:/{+path}", Requirement::scope("d"))
        .resource("file:///e:", Requirement::scope("e"));
    let server = Server::start_with(requirements, |layer| layer).await;
    let list = |uri: &str| {
        let params = json!({ "uri": uri });
        json!({ "jsonrpc": "2.0", "id": 7, "method": "resources/directory/read", "params": params })
    };
    for uri in ["file:///c:", "file:///C:", "file:///c:;x", "file:///c:.", "file:///c:%20", "file:///c::$DATA"] {
        for message in [read(uri), list(uri)] {
            let answer = server.send_2025("use:tools public drives hr d e", &message).await;
            assert_eq!(answer.unknown(), "unknown resource", "{message}");
        }
    }
    for (message, needed) in [
        (read("file:///c:/docs"), "use:tools public"),
        (list("file:///c:/docs"), "use:tools public"),
        // The operator has named these drives.
        (read("file:///d:"), "use:tools public drives d"),
        (list("file:///d:"), "use:tools public drives d"),
        (read("file:///e:"), "use:tools e"),
        (list("file:///e:"), "use:tools e"),
    ] {
        assert_eq!(server.send_2025("use:tools", &message).await.scopes(), needed, "{message}");
        assert_eq!(server.send_2025(needed, &message).await.status, 200, "{message}");
    }
}

/// RFC 8089 §2: the host `localhost` is the same as no host.
#[tokio::test]
async fn localhost_is_no_other_host() {
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("file:///{+path}", Requirement::scope("public"))
        .resource("file://LOCALHOST/hr/pay.pdf", Requirement::scope("hr"));
    let server = Server::start_with(requirements, |layer| layer).await;
    for uri in ["file:///hr/pay.pdf", "file://localhost/hr/pay.pdf", "file://localhost/docs/a"] {
        assert_eq!(server.send_2025("use:tools public hr", &read(uri)).await.unknown(), "unknown resource", "{uri}");
    }
    assert_eq!(server.send_2025("use:tools hr", &read("file://LOCALHOST/hr/pay.pdf")).await.status, 200);
    assert_eq!(server.send_2025("use:tools public", &read("file:///docs/a")).await.status, 200);
}

/// Python ignores the host: it takes `file://server/c:/hr` for `C:\hr`.
#[tokio::test]
async fn a_host_does_not_hide_a_drive() {
    let requirements = || {
        McpRequirements::new(Requirement::scope("use:tools"))
            .resource_template("file://server/{+path}", Requirement::scope("share"))
            .resource_template("file://server/d:/{+path}", Requirement::scope("d"))
    };
    let on_drive = requirements().resource_template("file:///c:/hr/{+path}", Requirement::scope("hr"));
    let without_drive = requirements().resource_template("file:///hr/{+path}", Requirement::scope("hr"));
    let resource = requirements().resource("file:///c:/hr/pay.pdf", Requirement::scope("hr"));
    for requirements in [on_drive, without_drive, resource] {
        let server = Server::start_with(requirements, |layer| layer).await;
        for uri in [
            "file://server/c:/hr/pay.pdf",
            "file://server/C:/hr/pay.pdf",
            "file://server/c:",
            "file://server/share/c:/hr/pay.pdf",
            "file://localhost/c:/hr/pay.pdf",
        ] {
            let answer = server.send_2025("use:tools share d hr", &read(uri)).await;
            assert_eq!(answer.unknown(), "unknown resource", "{uri}");
        }
        for (uri, needed) in
            [("file://server/docs/a", "use:tools share"), ("file://server/d:/docs/a", "use:tools d share")]
        {
            assert_eq!(server.send_2025("use:tools", &read(uri)).await.scopes(), needed, "{uri}");
            assert_eq!(server.send_2025(needed, &read(uri)).await.status, 200, "{uri}");
        }
    }
}

/// A colon begins the name of a stream in NTFS, and a letter before it is perhaps a drive. Elsewhere, both are parts of names.
#[tokio::test]
async fn a_colon_does_not_escape_a_stricter_requirement() {
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("file:///logs/{+path}", Requirement::scope("logs"))
        .resource_template("file:///logs/2026/{+path}", Requirement::scope("old"))
        .resource_template("file:///logs/day-{day}.txt", Requirement::scope("day"))
        .resource_template("file:///times/{hour}:00", Requirement::scope("times"))
        .resource_template("file:///srv/{+path}", Requirement::scope("srv"))
        .resource_template("file:///srv/a:b/{+path}", Requirement::scope("a:b"))
        .resource("file:///logs/7", Requirement::scope("seven"));
    let server = Server::start_with(requirements, |layer| layer).await;
    for uri in [
        "file:///logs/2026:1/a.log",
        "file:///logs/2026:/a.log",
        "file:///logs/2026:$I30:$INDEX_ALLOCATION/a.log",
        "file:///logs/2026::$INDEX_ALLOCATION/1:2",
        "file:///logs/2026:1",
        "file:///logs/7::$DATA",
        "file:///logs/7:1:$DATA",
        // The stream of a file that the template does not name.
        "file:///logs/day-1:2.txt",
        "file:///logs/day-1;2.txt",
        // `C:\2026\a.log`.
        "file:///logs/abc:/2026/a.log",
        "file:///logs/abc:2026/a.log",
        "file:///logs/c:/2026/a.log",
        "file:///logs/c%7C/2026/a.log",
        "file:///logs/a.log:1",
        "file:///logs/:1",
        "file:///logs/12%3A00",
        "file:///times/x:00",
        // Perhaps the directory of which the operator has named a stream.
        "file:///srv/a/x",
        "file:///srv/a:c/x",
        "file:///srv/a:b/c:d",
    ] {
        let answer = server.send_2025("use:tools logs old day times srv a:b seven", &read(uri)).await;
        assert_eq!(answer.unknown(), "unknown resource", "{uri}");
    }
    for (uri, needed) in [
        ("file:///logs/2026-01-01T12:00:00.log", "use:tools logs"),
        ("file:///logs/12:00/a.log", "use:tools logs"),
        ("file:///logs/2026/12:00", "use:tools old logs"),
        ("file:///times/12:00", "use:tools times"),
        ("file:///srv/12:00", "use:tools srv"),
        ("file:///srv/a:b/x", "use:tools a:b srv"),
        ("file:///srv/a:b", "use:tools srv a:b"),
    ] {
        assert_eq!(server.send_2025("use:tools", &read(uri)).await.scopes(), needed, "{uri}");
        assert_eq!(server.send_2025(needed, &read(uri)).await.status, 200, "{uri}");
    }
}

#[tokio::test]
async fn templates_that_differ_after_a_colon_apply_together() {
    let base = || McpRequirements::new(Requirement::scope("use:tools"));
    let times = base()
        .resource_template("file:///times/{hour}:00", Requirement::scope("full"))
        .resource_template("file:///times/{hour}:30", Requirement::scope("half"))
        .resource_template("file:///logs/{+path}", Requirement::scope("logs"))
        .resource_template("file:///logs/12:00/{+path}", Requirement::scope("noon"))
        .resource_template("file:///logs/12:30/{+path}", Requirement::scope("later"))
        .resource("file:///times/7", Requirement::scope("seven"));
    let drives = base()
        .resource_template("file:///c:/{+path}", Requirement::scope("c"))
        .resource_template("file:///{dept}/{+path}", Requirement::scope("dept"));
    let named_times = [
        ("file:///times/12:00", "use:tools full half"),
        ("file:///times/12:30", "use:tools half full"),
        ("file:///logs/12:00/a", "use:tools noon logs later"),
        ("file:///logs/12:30/a:1", ""),
        ("file:///logs/12:30/1:2", "use:tools later logs noon"),
        ("file:///logs/12:30", "use:tools logs noon later"),
        ("file:///logs/12:15/a", ""),
        ("file:///logs/12/a", ""),
        ("file:///LOGS/12:00/a", ""),
        ("file:///times/12:15", ""),
        ("file:///times/12", ""),
        ("file:///times/7:00", ""),
        ("file:///times/x:00", ""),
    ];
    let named_drives = [
        ("file:///c:/docs/a", "use:tools c dept"),
        ("file:///c:/docs/12:00", "use:tools c dept"),
        ("file:///docs/a", "use:tools dept c"),
        ("file:///d:/docs/a", ""),
        ("file:///C:/docs/a", ""),
        ("file:///c:/docs/a:b", ""),
    ];
    for (requirements, named) in [(times, &named_times[..]), (drives, &named_drives[..])] {
        let server = Server::start_with(requirements, |layer| layer).await;
        for (uri, needed) in named {
            if needed.is_empty() {
                let all = "use:tools full half logs noon later seven c dept";
                assert_eq!(server.send_2025(all, &read(uri)).await.unknown(), "unknown resource", "{uri}");
            } else {
                assert_eq!(server.send_2025("use:tools", &read(uri)).await.scopes(), *needed, "{uri}");
                assert_eq!(server.send_2025(needed, &read(uri)).await.status, 200, "{uri}");
            }
        }
    }
}

/// A server takes several texts for the same host.
#[tokio::test]
async fn another_spelling_of_a_host_does_not_escape_a_stricter_requirement() {
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("https://{host}/{+path}", Requirement::scope("web"))
        .resource_template("https://api.example.com/hr/{+path}", Requirement::scope("hr"))
        .resource_template("https://127.0.0.1/hr/{+path}", Requirement::scope("hr"));
    let server = Server::start_with(requirements, |layer| layer).await;
    for uri in [
        "https://api.example.com./hr/pay",
        "https://%EF%BD%81pi.example.com/hr/pay",
        "https://a%C2%ADpi.example.com/hr/pay",
        "https://b%C3%BCcher.example/x",
        "https://2130706433/hr/x",
        "https://127.1/hr/x",
        "https://localhost/hr/x",
        // Not all of the templates could be compared.
        "https://127.0.0.1/hr/x",
    ] {
        assert_eq!(server.send_2025("use:tools web hr", &read(uri)).await.unknown(), "unknown resource", "{uri}");
    }
    for (uri, needed) in
        [("https://api.example.com/x", "use:tools web"), ("https://api.example.com/hr/pay", "use:tools hr web")]
    {
        assert_eq!(server.send_2025("use:tools", &read(uri)).await.scopes(), needed, "{uri}");
        assert_eq!(server.send_2025(needed, &read(uri)).await.status, 200, "{uri}");
    }
}

#[tokio::test]
async fn one_named_resource_closes_the_others() {
    let base = || McpRequirements::new(Requirement::scope("use:tools")).otherwise_base();
    let uris = [
        "file:///public",
        "file:///secret?",
        "file:///secret#f",
        "file:/secret",
        "file://localhost/secret",
        "file:////secret",
        "nothing",
    ];
    let named = base().resource("file:///secret", Requirement::scope("secret"));
    let template = base().resource_template("file:///secret/{+path}", Requirement::scope("secret"));
    for (requirements, is_open) in [(base(), true), (named, false), (template, false)] {
        let server = Server::start_with(requirements, |layer| layer).await;
        for uri in uris {
            let answer = server.send_2025("use:tools secret", &read(uri)).await;
            assert_eq!(answer.status, if is_open { 200 } else { 403 }, "{uri}");
        }
    }
}
