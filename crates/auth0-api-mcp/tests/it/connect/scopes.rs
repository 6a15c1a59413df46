//! The provider grants less than the tool needs.

use auth0_api_core::Connection;

use crate::browser::Browser;
use crate::people::{ADA, World};

#[tokio::test]
async fn a_connection_without_the_scopes_of_the_tool_is_no_success() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let asked = Connection::name("mail").scope("mail.read mail.send mail.<delete>");
    let error = world.api.get_access_token_for_connection(&ada, asked).await.unwrap_err();
    let elicitation = world.accounts.for_error(&ada, &error).unwrap().unwrap();
    let browser = Browser::of(ADA);
    let page = browser.open(elicitation.url()).await;
    assert_eq!(page.status, 403, "{page:?}");
    let text = "is connected, but these permissions are missing: mail.send, mail.&lt;delete&gt;.";
    assert!(page.body.contains(text) && page.body.contains("<h1>Something is missing</h1>"), "{page:?}");
    assert_eq!(browser.get(&page.url).await.body, page.body, "a reload says the same");
}
