//! A user's token is valid only for the API that it was issued for. To call another API for the user, that API
//! exchanges it.

use super::{Servers, Step};

pub(super) fn steps(Servers { tenant, url, calendar_url, .. }: &Servers) -> Vec<Step> {
    let user = Some(format!("Bearer {}", tenant.mint().sign()));
    vec![
        Step {
            title: "the user's token sent to the calendar API, which it was not issued for",
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
