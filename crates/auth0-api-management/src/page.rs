//! Lists in pages, and as streams.

use std::collections::HashSet;
use std::future::{Future, poll_fn};
use std::hash::{BuildHasher as _, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::TryStreamExt as _;
use futures_util::stream;

use crate::answer::AnswerError;
use crate::error::ManagementError;
use crate::input::{Check, InputError, InputProblem};

/// Which page of a list to get.
///
/// ```
/// use auth0_api_management::PageRequest;
///
/// let first = PageRequest::first().take(20);
/// let later = PageRequest::from("the checkpoint that a page named as its next");
/// # drop((first, later));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct PageRequest {
    from: Option<Box<str>>,
    take: u8,
}

/// A page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The members of the page.
    pub items: Vec<T>,
    /// The next page; `None` if this is the last one. Its checkpoint is good for 24 hours.
    pub next: Option<PageRequest>,
}

/// The members of a list, from all its pages. Each page is requested when the members of the page before it have been
/// taken. After an error, the stream ends.
///
/// It is a [`Stream`]. Without a crate for streams, use [`try_next`](Self::try_next).
#[must_use = "a stream requests nothing before it is polled"]
pub struct PageStream<T>(Pin<Box<dyn Stream<Item = Result<T, ManagementError>> + Send>>);

impl PageRequest {
    /// Requests the first page, with 50 members, as Auth0's SDKs do.
    pub fn first() -> Self {
        Self { from: None, take: DEFAULT_TAKE }
    }

    /// Requests the page at a [checkpoint](Self::checkpoint), with 50 members.
    pub fn from(checkpoint: impl Into<Box<str>>) -> Self {
        Self { from: Some(checkpoint.into()), take: DEFAULT_TAKE }
    }

    /// Sets the largest number of members, from 1 to 100.
    pub fn take(mut self, members: u8) -> Self {
        self.take = members;
        self
    }

    /// The checkpoint at which the page begins; `None` for the first page.
    pub fn checkpoint(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// The request for the page after this one.
    pub(crate) fn following(&self, checkpoint: Option<Box<str>>) -> Option<Self> {
        checkpoint.map(|from| Self { from: Some(from), take: self.take })
    }

    pub(crate) fn to_query(&self) -> Result<String, InputError> {
        let is_blank = self.from.as_deref().is_some_and(|from| from.trim().is_empty());
        Check::default()
            .require(!is_blank, InputProblem::From)
            .require((1..=MAX_TAKE).contains(&self.take), InputProblem::Take)
            .finish()?;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("take", &self.take.to_string());
        if let Some(from) = &self.from {
            query.append_pair("from", from);
        }
        Ok(query.finish())
    }
}

impl<T: Send + 'static> PageStream<T> {
    /// Returns the members of the pages that `get` requests, from the first one to the last.
    pub(crate) fn new<F>(get: impl Fn(PageRequest) -> F + Clone + Send + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>, ManagementError>> + Send + 'static,
    {
        let first = Some((PageRequest::first().take(MAX_TAKE), SeenCheckpoints::default()));
        let pages = stream::try_unfold(first, move |wanted| {
            let get = get.clone();
            async move {
                let Some((request, mut seen)) = wanted else { return Ok(None) };
                let page = get(request).await?;
                // A tenant that names a page again, or new pages for ever, must not keep this loop busy.
                if page.next.as_ref().and_then(PageRequest::checkpoint).is_some_and(|next| !seen.is_new(next)) {
                    return Err(ManagementError::from(AnswerError::Pages));
                }
                let items = stream::iter(page.items.into_iter().map(Ok));
                Ok(Some((items, page.next.map(|next| (next, seen)))))
            }
        });
        Self(Box::pin(pages.try_flatten()))
    }
}

/// The checkpoints that a tenant has named. Only their hashes are kept, because the tenant chooses their length. The keys of
/// the hash are random, so two of a thousand checkpoints have the same hash with a chance of 1 to 10¹³.
#[derive(Default)]
struct SeenCheckpoints {
    hashes: HashSet<u64>,
    keys: RandomState,
}

impl SeenCheckpoints {
    /// Whether a list may go on at this checkpoint: it is new, and there are not too many.
    fn is_new(&mut self, checkpoint: &str) -> bool {
        self.hashes.insert(self.keys.hash_one(checkpoint)) && self.hashes.len() < MOST_PAGES
    }
}

impl<T> PageStream<T> {
    /// Returns the next member; `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`ManagementError`] if its page is unavailable.
    pub async fn try_next(&mut self) -> Result<Option<T>, ManagementError> {
        poll_fn(|context| self.0.as_mut().poll_next(context)).await.transpose()
    }
}

impl<T> Stream for PageStream<T> {
    type Item = Result<T, ManagementError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T> std::fmt::Debug for PageStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageStream").finish_non_exhaustive()
    }
}

/// As Auth0's SDKs.
const DEFAULT_TAKE: u8 = 50;
/// Auth0's limit.
const MAX_TAKE: u8 = 100;
/// 100 000 members. No tenant has so many profiles.
const MOST_PAGES: usize = 1_000;
