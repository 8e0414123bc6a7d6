//! Scripts that are being read while something else is done.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use super::scripts::Scripts;
use crate::error::MigrationError;
use crate::execute::offload;

type Result<T> = std::result::Result<T, MigrationError>;

/// What comes of a reading.
pub(super) type Scripted = Pin<Box<dyn Future<Output = Result<Arc<Scripts>>> + Send>>;

/// A reading of scripts that goes on, on a thread of its own: a program begins it before it loads the adapter.
///
/// The first operation that needs scripts takes what was read, or why it could not be; later ones read anew.
#[derive(Clone)]
pub struct ScriptReading(Arc<Mutex<Option<Scripted>>>);

impl ScriptReading {
    /// Begins to read.
    pub fn begin(read: impl FnOnce() -> Result<Arc<Scripts>> + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::pin(offload(read))))))
    }

    /// What comes of it; nothing once somebody has it.
    pub(super) fn take(&self) -> Option<Scripted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for ScriptReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptReading").finish_non_exhaustive()
    }
}
