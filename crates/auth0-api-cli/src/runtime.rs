//! The runtime on which a tool does its work.

use std::io;

use tokio::runtime::Builder;

/// Does the work, and returns its result. The error says why the program cannot start.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let started = Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build();
    let runtime = started.map_err(|error: io::Error| format!("the program cannot start: {error}"))?;
    let result = runtime.block_on(work);
    // The look-up of a name blocks its thread, and may take longer than the result.
    runtime.shutdown_background();
    Ok(result)
}

const WORKERS: usize = 2;
