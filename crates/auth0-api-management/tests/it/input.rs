//! Invalid input: nothing is sent, and all problems are reported at once.

use auth0_api_management::InputProblem as P;
use auth0_api_management::{ManagementError, PageRequest, ProfileChange, ProfileType, WantedProfile};

use crate::world::{ACTION, TYPE, World, told};

fn problems<T: std::fmt::Debug>(outcome: Result<T, ManagementError>) -> Vec<P> {
    match outcome.unwrap_err() {
        ManagementError::Input(error) => error.problems().to_vec(),
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_is_sent_for_invalid_input() {
    let world = World::new().await;
    let profiles = &world.profiles;
    let wrong = WantedProfile::new("ab", "urn:auth0:mine", "a".repeat(37)).profile_type("".into());
    let all = [P::Name, P::SubjectTokenType, P::ActionId, P::ProfileType];
    assert_eq!(problems(profiles.create(&wrong).await), all);
    assert_eq!(problems(profiles.ensure(&wrong).await), all);
    assert_eq!(problems(profiles.ensure_or_replace(&wrong).await), all);
    for id in ["", "../clients", "tep_1/x", "tep_1?x", "tep 1", "t\u{e9}p"] {
        assert_eq!(problems(profiles.get(id).await), [P::Id], "{id}");
        assert_eq!(problems(profiles.delete(id).await), [P::Id], "{id}");
        let change = ProfileChange::new().name("x").subject_token_type("urn:a");
        assert_eq!(problems(profiles.update(id, &change).await), [P::Id, P::Name, P::SubjectTokenType], "{id}");
    }
    assert_eq!(problems(profiles.update("tep_1", &ProfileChange::new()).await), [P::NothingToChange]);
    for take in [0, 101, 255] {
        assert_eq!(problems(profiles.list(&PageRequest::first().take(take)).await), [P::Take]);
    }
    assert_eq!(problems(profiles.list(&PageRequest::from(" ").take(0)).await), [P::From, P::Take]);
    assert_eq!(world.http.requests().len(), 0);
}

#[tokio::test]
async fn a_type_that_this_crate_does_not_know_is_for_the_tenant_to_judge() {
    let world = World::new().await;
    let unknown = WantedProfile::new("Legacy sessions", TYPE, ACTION).profile_type(ProfileType::from("another"));
    let (label, text) = told(world.profiles.create(&unknown).await);
    assert_eq!((label, &*text), ("management_bad_request", "the Management API answered 400 invalid_body"));
}
