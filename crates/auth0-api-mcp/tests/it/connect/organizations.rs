//! The organization in which a person acts.

use crate::browser::Browser;
use crate::people::{ACME, ADA, BOB, GLOBEX, World};

#[tokio::test]
async fn the_log_in_is_for_the_organization_of_the_caller() {
    let world = World::new().await;
    let ada = world.caller_in(ADA, ACME).await;
    let elicitation = world.elicitation(&ada).await;
    let redirect = Browser::of(ADA).get(elicitation.url()).await;
    assert!(redirect.location().contains("&organization=org_acme"), "{redirect:?}");
    let page = Browser::of(ADA).open(elicitation.url()).await;
    assert_eq!(page.status, 200, "{page:?}");
    // A caller without an organization.
    let redirect = Browser::of(ADA).get(world.elicitation(&world.caller(BOB).await).await.url()).await;
    assert!(!redirect.location().contains("organization"), "{redirect:?}");
}

/// The person changes the URL of the login: to another organization, or to none.
#[tokio::test]
async fn a_log_in_for_another_organization_is_that_of_another_person() {
    let world = World::new().await;
    let ada = world.caller_in(ADA, ACME).await;
    for (other, status) in [("&organization=org_globex", 403), ("", 403), ("&organization=org_acme", 200)] {
        let browser = Browser::of(ADA);
        let redirect = browser.get(world.elicitation(&ada).await.url()).await;
        let changed = redirect.location().replace("&organization=org_acme", other);
        let page = browser.open(&changed).await;
        assert_eq!(page.status, status, "{other}: {page:?}");
        assert_eq!(page.body.contains("This link is for somebody else"), status == 403, "{other}: {page:?}");
        assert_eq!(world.is_connected(ADA).await, status == 200, "{other}");
    }
    assert_ne!(ACME, GLOBEX);
}
