//! A user's token is valid only for the API for which the tenant issued it. To call another API for the user, this API
//! exchanges the token for a new one.

use super::{Servers, Step};

pub(super) fn steps(Servers { tenant, url, calendar_url, .. }: &Servers) -> Vec<Step> {
    let user = Some(format!("Bearer {}", tenant.mint().sign()));
    vec![
        Step {
            title: "the user's token sent to the calendar API, although the token is for another API",
            url: format!("{calendar_url}/events"),
            authorization: user.clone(),
            expected_status: 401,
            expected_challenge: "the access token is not for this API",
            ..Step::default()
        },
        Step {
            title: "the API exchanges the token, and the calendar API sees which API acts for the user",
            url: format!("{url}/api/calendar"),
            authorization: user,
            expected_status: 200,
            expected_body: r#""delegation_chain":["local-api-client"]"#,
            ..Step::default()
        },
    ]
}
