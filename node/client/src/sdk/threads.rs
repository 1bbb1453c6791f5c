//! Work that computes or waits for the disk, beside the asynchronous work.

use super::Error;

/// Runs it on a thread where it holds up nobody.
pub(crate) async fn blocking<T: Send + 'static>(
	work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
	tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::BrokenOff))
}
