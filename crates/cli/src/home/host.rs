//! What this program does for its operators, beside what the registry does.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use plugmint::{FileRootKeys, KeyVersion, RootKeys};
use plugmint_http::operators::{OperatorError, OperatorsHost};
use plugmint_redb::RedbStore;
use tokio::runtime::Handle;

use crate::failure::Failure;

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
        let home = self.home.clone();
        let keys = beside(move || home.load_keys()).await?;
        Ok(Arc::new(keys))
    }

    async fn make_root_key(&self, version: KeyVersion) -> Result<(), OperatorError> {
        let home = self.home.clone();
        beside(move || {
            FileRootKeys::create_version(home.root_key(), version)
                .map_err(|error| Failure::from(error).about(&home.key_file(version)))
        })
        .await
    }

    fn root_key_place(&self, version: KeyVersion) -> String {
        self.home.key_file(version).display().to_string()
    }

    async fn back_up(&self, file: &Path) -> Result<u64, OperatorError> {
        let backup = self.store.snapshot(file).await.map_err(Failure::from)?;
        Ok(backup.records())
    }
}

/// Does what waits for a disk where nobody else waits for it; where there is no server, here.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, OperatorError> {
    let done = match Handle::try_current() {
        Ok(runtime) => runtime
            .spawn_blocking(work)
            .await
            .map_err(|error| OperatorError::failed("call-failed", &error))?,
        Err(_) => work(),
    };
    done.map_err(OperatorError::from)
}
