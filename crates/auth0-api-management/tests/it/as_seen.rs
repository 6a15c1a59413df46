//! `ensure_as_seen`: it changes only what its caller has seen.

use auth0_api_management::{Ensured, ManagementError, ProfileChange, TokenExchangeProfile, WantedProfile};

use crate::world::{ACTION, OTHER_ACTION, TYPE, World, wanted, within_a_minute};

fn other_action() -> WantedProfile {
    WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION)
}

fn changes(world: &World) -> usize {
    world.http.calls().iter().filter(|call| !call.starts_with("GET ")).count()
}

/// Returns the profile that the error says the tenant has now.
#[track_caller]
fn changed(outcome: &Result<Ensured, ManagementError>) -> Option<&TokenExchangeProfile> {
    assert!(matches!(outcome, Err(ManagementError::ChangedMeanwhile { .. })), "{outcome:?}");
    let Err(ManagementError::ChangedMeanwhile { profile }) = outcome else { return None };
    profile.as_deref()
}

#[tokio::test]
async fn what_was_seen_is_created_renamed_and_replaced() {
    let world = World::new().await;
    let created = world.profiles.ensure_as_seen(None, &wanted()).await.unwrap();
    assert!(matches!(created, Ensured::Created(_)), "{created:?}");
    let renaming = WantedProfile::new("Old sessions", TYPE, ACTION);
    let renamed = world.profiles.ensure_as_seen(Some(created.profile()), &renaming).await.unwrap();
    assert!(matches!(renamed, Ensured::Changed(_)), "{renamed:?}");
    let replaced = world.profiles.ensure_as_seen(Some(renamed.profile()), &other_action()).await.unwrap();
    assert!(matches!(replaced, Ensured::Replaced(_)), "{replaced:?}");
    // The same plan once more, of another deployment: it is fulfilled.
    let again = world.profiles.ensure_as_seen(Some(renamed.profile()), &other_action()).await.unwrap();
    assert_eq!(again, Ensured::Present(replaced.into_profile()));
}

#[tokio::test]
async fn a_profile_that_was_not_seen_stays_as_it_is() {
    let world = World::new().await;
    let seen = world.profiles.create(&wanted()).await.unwrap();
    world.profiles.update(seen.id(), &ProfileChange::new().name("Renamed since")).await.unwrap();
    let now = world.all().await;
    let before = changes(&world);
    for seen in [Some(&seen), None] {
        for plan in [other_action(), wanted()] {
            let outcome = world.profiles.ensure_as_seen(seen, &plan).await;
            assert_eq!(changed(&outcome), now.first());
        }
    }
    assert_eq!((changes(&world), world.all().await), (before, now));
}

#[tokio::test]
async fn a_profile_that_is_gone_is_not_created_again() {
    let world = World::new().await;
    let seen = world.profiles.create(&wanted()).await.unwrap();
    world.profiles.delete(seen.id()).await.unwrap();
    let before = changes(&world);
    let outcome = within_a_minute(world.profiles.ensure_as_seen(Some(&seen), &other_action())).await;
    let error = outcome.as_ref().unwrap_err();
    assert_eq!(error.to_string(), "the profile has changed since it was read: it is gone");
    assert_eq!(error.label(), "management_changed_meanwhile");
    assert!(error.hint().unwrap().contains("read it again"));
    assert_eq!(changed(&outcome), None);
    assert_eq!((changes(&world), world.all().await.len()), (before, 0));
}
