//! What this program does for its operators, beside what the registry does.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use plugmint::RootKeys;
use plugmint_http::operators::{OperatorError, OperatorsHost};
use plugmint_redb::RedbStore;

use super::Home;

/// Has the key files and the store.
#[derive(Debug)]
pub(crate) struct Host {
    home: Home,
    store: Arc<RedbStore>,
}

impl Host {
    pub(crate) const fn new(home: Home, store: Arc<RedbStore>) -> Self {
        Self { home, store }
    }
}

#[async_trait]
impl OperatorsHost for Host {
    async fn root_keys(&self) -> Result<Arc<dyn RootKeys>, OperatorError> {
        match self.home.load_keys() {
            Ok(keys) => Ok(Arc::new(keys)),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn back_up(&self, file: &Path) -> Result<u64, OperatorError> {
        let backup = self.store.snapshot(file).await;
        let backup = backup.map_err(|error| OperatorError::failed(error.code(), &error))?;
        Ok(backup.records())
    }
}
