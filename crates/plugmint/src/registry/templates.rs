//! Production Templates: making, listing, changing and deleting them.

mod change;
mod closed;
mod delete;

use std::num::NonZeroUsize;

use plugmint_core::{Argon2Cost, CompanyId, ProductionTemplate, TemplateDesign, TemplateId};
use plugmint_store::{Batch, CommitError, Guard};
use thiserror::Error;
use tracing::instrument;

use crate::{Fault, Unknown, keys};

use super::drive::{TRIES, defect};
use super::{LookUpError, Registry};

pub use change::ChangeTemplateError;
pub use closed::TemplateClosed;
pub use delete::{DeleteTemplateError, DeletionProgress, Living, TemplateDeletion};

impl Registry {
    /// Makes a Production Template of a company, under an id drawn at random. One commit.
    ///
    /// Asked again it makes another one: after an unknown outcome, look at
    /// [`templates`](Self::templates) first.
    ///
    /// # Errors
    /// * [`CreateTemplateError::TooCostly`] when its Argon2id costs more than this registry's
    ///   policy allows.
    /// * [`CreateTemplateError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%company), err(level = "debug"))]
    pub async fn create_template(
        &self,
        company: &CompanyId,
        design: TemplateDesign,
    ) -> Result<ProductionTemplate, CreateTemplateError> {
        self.ensure_open()?;
        let (found, most) = (design.argon2(), self.0.most_argon2);
        if !found.is_within(most) {
            return Err(CreateTemplateError::TooCostly { found, most });
        }
        let at = self.0.clock.now();
        for _ in 0..TRIES {
            let id = TemplateId::from_parts(self.0.random.bytes()?);
            let template = ProductionTemplate::create(id, *company, design.clone(), at);
            match self.0.store.commit(batch(&template)?).await {
                Ok(_) => return Ok(template),
                // The id is taken: draw another one.
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }

    /// A template, also a closed or deleted one: its state says so.
    ///
    /// # Errors
    /// * [`LookUpError::Unknown`] template.
    /// * [`LookUpError::Fault`]
    #[instrument(level = "debug", skip_all, fields(template = %id), err(level = "debug"))]
    pub async fn template(&self, id: &TemplateId) -> Result<ProductionTemplate, LookUpError> {
        self.ensure_open()?;
        match self.load_template(id).await? {
            Some((template, _)) => Ok(template),
            None => Err(Unknown::template(id).into()),
        }
    }

    /// The templates of a company, deleted ones left out, in the order of their ids, behind
    /// `after`, at most `limit`. Fewer than `limit` means that there are no more.
    ///
    /// # Errors
    /// [`Fault`]
    #[instrument(level = "debug", skip_all, fields(%company), err(level = "debug"))]
    pub async fn templates(
        &self,
        company: &CompanyId,
        after: Option<&TemplateId>,
        limit: NonZeroUsize,
    ) -> Result<Vec<ProductionTemplate>, Fault> {
        self.ensure_open()?;
        let prefix = keys::company_templates(company);
        let after = after.map(|id| keys::company_template(company, id));
        let mut after = after.transpose()?;
        let mut templates = Vec::new();
        while let Some(left) = NonZeroUsize::new(limit.get() - templates.len()) {
            let page = self.0.store.scan(&prefix, after.as_ref(), left).await?;
            after = page.last().map(|(key, _)| key.clone());
            for (key, _) in &page {
                let id =
                    keys::template_of(key).ok_or_else(|| defect("an index key is too short"))?;
                let loaded = self.load_template(&id).await?;
                let (template, _) = loaded.ok_or_else(|| defect("an index names no template"))?;
                // It may have been deleted since the index was read.
                if !template.is_deleted() {
                    templates.push(template);
                }
            }
            if page.len() < left.get() {
                break;
            }
        }
        Ok(templates)
    }
}

fn batch(template: &ProductionTemplate) -> Result<Batch, Fault> {
    let index = keys::company_template(template.company(), template.id())?;
    Ok(Batch::new().put(keys::template(template.id())?, Guard::Absent, template.encode())?.put(
        index,
        Guard::Absent,
        Vec::new(),
    )?)
}

/// Why a template was not made. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CreateTemplateError {
    /// Its Argon2id costs more than this registry allows.
    #[error("an argon2 cost of {found}: expected at most {most}")]
    TooCostly {
        /// What the template asks for.
        found: Argon2Cost,
        /// The most of each that this registry allows.
        most: Argon2Cost,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl CreateTemplateError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooCostly { .. } => "too-costly",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::TooCostly { .. } => false,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }
}
