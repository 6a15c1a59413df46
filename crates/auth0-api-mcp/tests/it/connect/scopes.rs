//! The provider grants less than the tool needs.

use auth0_api_core::Connection;

use crate::browser::Browser;
use crate::faults::Faults;
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
    let text = "is connected, but these permissions may be missing: mail.send, mail.&lt;delete&gt;.";
    assert!(page.body.contains(text) && page.body.contains("<h1>Something may be missing</h1>"), "{page:?}");
    assert_eq!(browser.get(&page.url).await.body, page.body, "a reload says the same");
}

#[tokio::test]
async fn an_answer_without_scopes_says_nothing_of_missing_ones() {
    let faults = Faults::default();
    let world = faults.world().await;
    faults.hide_scopes();
    let page = Browser::of(ADA).open(world.elicitation(&world.caller(ADA).await).await.url()).await;
    assert!(page.status == 200 && page.body.contains("<h1>Your account is connected</h1>"), "{page:?}");
}
