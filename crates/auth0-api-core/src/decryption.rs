//! Decrypts the access tokens that a tenant encrypts for this API, and bounds this work.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::jose::JweError;
use crate::jose::jwe::{HeldKeys, Jwe, OpenedToken};

/// Why an encrypted token is not decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecryptionError {
    /// As many tokens are decrypted, or wait for a processor, as the configuration allows. The token was not looked at.
    #[error("too many tokens are decrypted at once")]
    Busy {
        /// When the client may try again.
        retry_after: Duration,
    },
    /// The token is not an encrypted token that this API accepts, or no key decrypts it.
    #[error(transparent)]
    Token(#[from] JweError),
}

/// Decrypts tokens, if the API has keys for it.
#[derive(Debug)]
pub(crate) struct Decryption(Option<Decryptor>);

/// # The bounds of the work
///
/// A decryption is an operation with a private RSA key: about 0.4 ms of a processor with a key of 2048 bits, and more
/// with a longer one. Anyone can cause it, because the public key and the `kid` are no secrets. That is many times the
/// work for a token that is only signed. So the work has two bounds:
///
/// 1. `running` has one permit for each processor. The work runs on a blocking thread, and not in the task of the
///    request: that task shares its thread with other requests, which would wait for as long as the decryption takes.
///    More threads than processors would not decrypt faster.
/// 2. `places` limits the tokens that are decrypted or wait for a permit of `running`. It bounds the memory that they
///    take, and the time that the last of them waits. Another token is rejected with 503 at once.
///
/// Both permits belong to the work and not to the request. A client that closes its connection does not free its place
/// before the work ends.
#[derive(Debug)]
struct Decryptor {
    keys: HeldKeys,
    bounds: DecryptionPlaces,
}

/// The bounds of the work. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct DecryptionPlaces {
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl DecryptionPlaces {
    /// `at_once` is the number of places, and must be valid.
    pub(crate) fn new(at_once: usize) -> Self {
        let running = available_parallelism().map_or(1, NonZero::get);
        Self { places: Arc::new(Semaphore::new(at_once)), running: Arc::new(Semaphore::new(running)) }
    }
}

impl Decryption {
    /// Without keys, no token is decrypted.
    pub(crate) fn new(keys: Option<HeldKeys>, bounds: &DecryptionPlaces) -> Self {
        Self(keys.map(|keys| Decryptor { keys, bounds: bounds.clone() }))
    }

    /// Whether there are keys. Without keys, no token waits to be decrypted.
    pub(crate) fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// Decrypts a token of five parts. Any other token, and any token if there are no keys, is returned as it is: the
    /// parser of signed tokens accepts or rejects it.
    pub(crate) async fn open<'t>(&self, presented: &'t str) -> Result<OpenedToken<'t>, DecryptionError> {
        let Some(decryptor) = &self.0 else { return Ok(OpenedToken::plain(presented)) };
        match Jwe::read(presented)? {
            None => Ok(OpenedToken::plain(presented)),
            // A box: in it, this rare step does not enlarge the future of every verification.
            Some(jwe) => Ok(OpenedToken::decrypted(presented, Box::pin(decryptor.decrypt(jwe)).await?)),
        }
    }
}

impl Decryptor {
    async fn decrypt(&self, jwe: Jwe) -> Result<Box<str>, DecryptionError> {
        let keys = self.keys.find(&jwe)?;
        let place = Arc::clone(&self.bounds.places).try_acquire_owned().map_err(|_| BUSY)?;
        let permit = Arc::clone(&self.bounds.running).acquire_owned().await.map_err(|_| BUSY)?;
        let sealed = jwe.into_sealed();
        let work = spawn_blocking(move || {
            let jwt = sealed.decrypt(&keys);
            drop((permit, place));
            jwt
        });
        // The work does not panic. So joining it fails only if the runtime is shutting down.
        Ok(work.await.map_err(|_| BUSY)??)
    }
}

/// All places are free again within this time, unless the keys are very long.
const BUSY: DecryptionError = DecryptionError::Busy { retry_after: Duration::from_secs(1) };

/// With two processors and a key of 2048 bits, the last of 64 tokens waits for about 12 ms.
pub(crate) const DEFAULT_DECRYPTIONS: usize = 64;
/// The tokens that wait take at most 16 MiB each thousand.
pub(crate) const MOST_DECRYPTIONS: usize = 10_000;
