//! A user's token is valid only for the API for which the tenant issued it. To call another API for the user, this API
//! exchanges the token for a new one.

use super::{Servers, Step};

pub(super) fn steps(Servers { tenant, url, calendar_url, .. }: &Servers) -> Vec<Step> {
    let user = Some(format!("Bearer {}", tenant.mint().sign()));
    vec![
        Step {
            title: "the user's token, sent to the calendar API",
            url: format!("{calendar_url}/events"),
            authorization: user.clone(),
            status: 401,
            part: "the access token is not for this API",
            reason: "not for this API",
            ..Step::default()
        },
        Step {
            title: "the API exchanges it, and calls the calendar",
            url: format!("{url}/api/calendar"),
            authorization: user,
            status: 200,
            part: r#""delegation_chain":["local-api-client"]"#,
            reason: "acting: local-api-client",
            ..Step::default()
        },
    ]
}
