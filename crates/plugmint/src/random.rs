//! Where a registry takes random bytes from.

use std::error::Error as StdError;
use std::sync::{Mutex, PoisonError};

use rand_core::TryCryptoRng;

use crate::Fault;

/// One source for all callers: ids and nonces are drawn seldom.
pub(crate) struct Random(Mutex<Box<dyn Fill + Send>>);

impl Random {
    pub(crate) fn new<R>(source: R) -> Self
    where
        R: TryCryptoRng<Error: StdError + Send + Sync + 'static> + Send + 'static,
    {
        Self(Mutex::new(Box::new(source)))
    }

    pub(crate) fn bytes<const N: usize>(&self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        source.fill(&mut bytes).map_err(Fault::Random)?;
        Ok(bytes)
    }
}

/// A random source without the type of its error.
trait Fill {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Box<dyn StdError + Send + Sync>>;
}

impl<R> Fill for R
where
    R: TryCryptoRng<Error: StdError + Send + Sync + 'static>,
{
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Box<dyn StdError + Send + Sync>> {
        self.try_fill_bytes(bytes).map_err(Into::into)
    }
}
