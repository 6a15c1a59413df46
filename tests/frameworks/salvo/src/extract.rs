//! The extractors: what handlers take.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::ops::Deref;

use auth0_api_core::adapter::Admission;
use auth0_api_core::{Guard, Rejection, VerifiedToken};
use salvo::extract::Metadata;
use salvo::{Depot, Extractible, Request};
use serde::de::DeserializeOwned;

use crate::answer::Rejected;
use crate::hoop::{admission, place};

/// What a handler takes from an admitted request, such as `Admitted<VerifiedToken>`.
pub struct Admitted<T>(T);

/// A type that a handler takes as `Admitted<T>`. `Option<VerifiedToken>` is `None` for a
/// request without credentials that an optional [`Auth`] has admitted.
pub trait FromAdmission: Sized {
    fn from_admission(admission: &Admission) -> Result<Self, Rejection>;
}

/// The claims of the token, as a type of the application.
pub struct Claims<T>(pub T);

/// The address of the end user who sent the request.
pub struct EndUserAddress(pub Option<IpAddr>);

/// A verified token that meets the requirement of `G`.
pub struct Scoped<G> {
    pub token: VerifiedToken,
    guard: PhantomData<fn() -> G>,
}

impl FromAdmission for VerifiedToken {
    fn from_admission(admission: &Admission) -> Result<Self, Rejection> {
        admission.demand().cloned()
    }
}

impl FromAdmission for Option<VerifiedToken> {
    fn from_admission(admission: &Admission) -> Result<Self, Rejection> {
        Ok(admission.token().cloned())
    }
}

impl<T: DeserializeOwned> FromAdmission for Claims<T> {
    fn from_admission(admission: &Admission) -> Result<Self, Rejection> {
        admission.claims().map(Self)
    }
}

impl FromAdmission for EndUserAddress {
    fn from_admission(admission: &Admission) -> Result<Self, Rejection> {
        Ok(Self(admission.end_user_address()))
    }
}

impl<G: Guard> FromAdmission for Scoped<G> {
    fn from_admission(admission: &Admission) -> Result<Self, Rejection> {
        let token = admission.demand_that_meets(G::requirement())?.clone();
        Ok(Self { token, guard: PhantomData })
    }
}

impl<T> Deref for Admitted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'ex, T: FromAdmission + Send> Extractible<'ex> for Admitted<T> {
    fn metadata() -> &'static Metadata {
        static METADATA: Metadata = Metadata::new("Admitted");
        &METADATA
    }

    #[allow(refining_impl_trait)]
    async fn extract(
        req: &'ex mut Request,
        depot: &'ex mut Depot,
    ) -> Result<Self, Rejected> {
        let admission = Admission::of(admission(depot), place(req)).map_err(Rejected)?;
        T::from_admission(admission).map(Self).map_err(Rejected)
    }
}
