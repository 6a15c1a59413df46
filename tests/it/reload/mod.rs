//! Settings that are replaced while the client serves: what changes, what stays, and that nothing sees a mixture.

mod load;
mod refreshed;
mod rejected;
mod replaced;
mod stays;

use auth0_api_core::{ApiClient, Reloadable};
use auth0_api_testing::status_and_label;
use tokio::time::timeout;

use crate::world::seconds;

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    let verified = timeout(seconds(60), api.verify_access_token(token)).await.unwrap();
    status_and_label(&verified)
}

pub(crate) async fn reload(api: &ApiClient, change: impl FnOnce(Reloadable) -> Reloadable + Send) {
    timeout(seconds(60), api.reload(change)).await.unwrap().unwrap();
}
