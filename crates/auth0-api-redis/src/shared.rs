//! A value that all requests share.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::trouble::Trouble;

/// A value that is made when it is first needed, and made again after a request has discarded it.
///
/// While one request makes the value, all other requests wait for its result. If it cannot be made, these requests
/// share the error, and the next request tries again.
pub(crate) struct Shared<T>(Mutex<Arc<Cell<T>>>);

type Cell<T> = OnceCell<Result<T, Trouble>>;

/// Identifies the value that a request has used, so that the request discards this value and no newer one.
pub(crate) struct Used<T>(Arc<Cell<T>>);

impl<T: Clone> Shared<T> {
    pub(crate) async fn get<F>(&self, make: impl FnOnce() -> F) -> Result<(T, Used<T>), Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let used = Used(Arc::clone(&self.lock()));
        // To connect takes a large future. It is on the heap, so that the future of every request is small.
        match used.0.get_or_init(|| Box::pin(make())).await {
            Ok(value) => Ok((value.clone(), used)),
            Err(error) => {
                let error = error.clone();
                self.discard(&used);
                Err(error)
            }
        }
    }

    /// Discards the value that this request has used, so that the next request makes a new one.
    pub(crate) fn discard(&self, used: &Used<T>) {
        // Several requests may fail with the same value. The first request replaces it. The other requests must not
        // replace a newer value, so the pointers are compared.
        let mut current = self.lock();
        if Arc::ptr_eq(&current, &used.0) {
            *current = Arc::default();
        }
    }

    /// Discards whatever value there is.
    pub(crate) fn discard_current(&self) {
        *self.lock() = Arc::default();
    }

    /// Returns the value if it is made already.
    pub(crate) fn current(&self) -> Option<T> {
        self.lock().get()?.as_ref().ok().cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Cell<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}
