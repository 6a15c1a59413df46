//! A user's token goes as far as the API that it is for; from there on, the API speaks for the user.

use super::{Places, Step};

pub(super) fn steps(Places { tenant, url, calendar_url, .. }: &Places) -> Vec<Step> {
    let user = Some(format!("Bearer {}", tenant.mint().sign()));
    vec![
        Step {
            title: "the user's token, passed on to the calendar API: it is not for that one",
            url: format!("{calendar_url}/events"),
            authorization: user.clone(),
            promised_status: 401,
            promised_challenge: "the access token is not for this API",
            ..Step::default()
        },
        Step {
            title: "our API exchanges the token, and the calendar API sees who acts for whom",
            url: format!("{url}/api/calendar"),
            authorization: user,
            promised_status: 200,
            promised_body: r#""delegation_chain":["local-api-client"]"#,
            ..Step::default()
        },
    ]
}
