//! Token exchange profiles: `/api/v2/token-exchange-profiles`.

mod ensure;
mod ensured;
mod permit;
mod profile;
mod restore;
mod wanted;

use std::sync::Arc;

use auth0_api_core::http::{HttpMethod, HttpResponse};

use crate::answer::Members;
use crate::error::ManagementError;
use crate::input::Check;
use crate::page::{Page, PageRequest, PageStream};
use crate::patience::Patience;
use crate::sender::{Call, Sender};

pub use ensured::Ensured;
pub use profile::{ProfileType, TokenExchangeProfile};
pub use wanted::{ProfileChange, WantedProfile};

/// The calls for token exchange profiles, from
/// [`ManagementClient::token_exchange_profiles`](crate::ManagementClient::token_exchange_profiles).
///
/// Each method checks its input before it sends anything, waits for rate limits, and repeats requests that cannot do harm
/// twice: see [the crate](crate#what-a-call-does).
///
/// | method | scope of the application |
/// |---|---|
/// | [`create`](Self::create) | `create:token_exchange_profiles` |
/// | [`delete`](Self::delete) | `delete:token_exchange_profiles` |
/// | [`ensure`](Self::ensure) | `read:…`, `create:…`, `update:…` |
/// | [`ensure_as_seen`](Self::ensure_as_seen), [`ensure_or_replace`](Self::ensure_or_replace) | all four |
/// | [`find`](Self::find), [`get`](Self::get), [`list`](Self::list), [`stream`](Self::stream) | `read:token_exchange_profiles` |
/// | [`update`](Self::update) | `update:token_exchange_profiles` |
#[derive(Clone, Debug)]
pub struct ProfileClient {
    sender: Arc<Sender>,
    /// The patience of the call that these requests belong to; `None` if each request is a call of its own.
    patience: Option<Patience>,
}

impl ProfileClient {
    pub(crate) fn new(sender: Arc<Sender>) -> Self {
        Self { sender, patience: None }
    }

    /// Returns a client whose requests all belong to one call.
    fn for_one_call(&self) -> Self {
        Self { sender: Arc::clone(&self.sender), patience: Some(self.patience()) }
    }

    fn patience(&self) -> Patience {
        self.patience.clone().unwrap_or_else(|| Patience::new(self.sender.longest_wait))
    }

    async fn send(&self, call: &Call) -> Result<HttpResponse, ManagementError> {
        self.sender.send(call, &self.patience()).await
    }

    /// Creates a profile.
    ///
    /// If the answer gets lost, the request is not repeated, and the error
    /// [may have taken effect](ManagementError::may_have_taken_effect). [`ensure`](Self::ensure) has no such doubt.
    ///
    /// # Errors
    ///
    /// [`ManagementError`]; `Conflict` if a profile has this subject token type.
    pub async fn create(&self, wanted: &WantedProfile) -> Result<TokenExchangeProfile, ManagementError> {
        wanted.check()?;
        let call = Call { body: Some(wanted.to_json()), scope: CREATE, ..call(HttpMethod::Post, PATH) };
        let answer = self.send(&call).await?;
        Members::read(&answer.body).and_then(TokenExchangeProfile::read).map_err(ManagementError::after_change)
    }

    /// Returns a profile by its id.
    ///
    /// # Errors
    ///
    /// [`ManagementError`]; `NotFound` if there is none.
    pub async fn get(&self, id: &str) -> Result<TokenExchangeProfile, ManagementError> {
        Check::default().id(id).finish()?;
        let answer = self.send(&call(HttpMethod::Get, &path_of(id))).await?;
        Ok(TokenExchangeProfile::read(Members::read(&answer.body)?)?)
    }

    /// Returns the profile of a subject token type; `None` if there is none. The Management API has no such request, so this
    /// method reads the list.
    ///
    /// # Errors
    ///
    /// [`ManagementError`].
    pub async fn find(&self, subject_token_type: &str) -> Result<Option<TokenExchangeProfile>, ManagementError> {
        let mut profiles = self.stream();
        while let Some(profile) = profiles.try_next().await? {
            if profile.subject_token_type() == subject_token_type {
                return Ok(Some(profile));
            }
        }
        Ok(None)
    }

    /// Returns a page of the list.
    ///
    /// ```no_run
    /// use auth0_api_management::{ManagementError, PageRequest, ProfileClient};
    ///
    /// # async fn run(profiles: ProfileClient) -> Result<(), ManagementError> {
    /// let mut next = Some(PageRequest::first().take(20));
    /// while let Some(request) = next {
    ///     let page = profiles.list(&request).await?;
    ///     println!("{} profiles", page.items.len());
    ///     next = page.next;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ManagementError`].
    pub async fn list(&self, request: &PageRequest) -> Result<Page<TokenExchangeProfile>, ManagementError> {
        let answer = self.send(&Call { query: request.to_query()?, ..call(HttpMethod::Get, PATH) }).await?;
        let mut members = Members::read(&answer.body)?;
        let profiles = members.take_objects("token_exchange_profiles")?;
        let items = profiles.into_iter().map(TokenExchangeProfile::read).collect::<Result<_, _>>()?;
        Ok(Page { items, next: request.following(members.take_optional_text("next")?) })
    }

    /// Returns all profiles, page by page.
    ///
    /// ```no_run
    /// use auth0_api_management::{ManagementError, ProfileClient};
    ///
    /// # async fn run(profiles: ProfileClient) -> Result<(), ManagementError> {
    /// let mut all = profiles.stream();
    /// while let Some(profile) = all.try_next().await? {
    ///     println!("{} {}", profile.id(), profile.subject_token_type());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(&self) -> PageStream<TokenExchangeProfile> {
        let client = self.for_one_call();
        PageStream::new(move |request| {
            let client = client.clone();
            async move { client.list(&request).await }
        })
    }

    /// Changes a profile.
    ///
    /// # Errors
    ///
    /// [`ManagementError`]; `NotFound` if there is no such profile, `Conflict` if another profile has the subject token
    /// type.
    pub async fn update(&self, id: &str, change: &ProfileChange) -> Result<(), ManagementError> {
        change.check(Check::default().id(id))?;
        let call = Call { body: Some(change.to_json()), scope: UPDATE, ..call(HttpMethod::Patch, &path_of(id)) };
        self.send(&call).await.map(drop)
    }

    /// Deletes a profile. From then on, exchanges of its subject token type fail. To delete a profile that does not exist is
    /// no error at Auth0.
    ///
    /// # Errors
    ///
    /// [`ManagementError`].
    pub async fn delete(&self, id: &str) -> Result<(), ManagementError> {
        Check::default().id(id).finish()?;
        let call = Call { scope: DELETE, ..call(HttpMethod::Delete, &path_of(id)) };
        self.send(&call).await.map(drop)
    }
}

/// A call without a body that needs the scope to read.
fn call(method: HttpMethod, path: &str) -> Call {
    Call { method, path: path.to_owned(), query: String::new(), body: None, scope: READ }
}

/// An id has passed [`Check::id`], so it needs no escapes.
fn path_of(id: &str) -> String {
    format!("{PATH}/{id}")
}

const PATH: &str = "token-exchange-profiles";
const CREATE: &str = "create:token_exchange_profiles";
const DELETE: &str = "delete:token_exchange_profiles";
const READ: &str = "read:token_exchange_profiles";
const UPDATE: &str = "update:token_exchange_profiles";
