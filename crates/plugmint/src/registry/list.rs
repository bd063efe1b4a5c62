//! Listing and counting serials: by scanning, page by page, and never by a counter that all share.

use std::num::NonZeroUsize;
use std::ops::AddAssign;

use plugmint_core::lifecycle::{Mark, SerialRecord, StageName};
use plugmint_core::{CompanyId, SerialId, SerialNumber, SerialStatus, TemplateId, UnixMillis};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tracing::instrument;

use crate::{Fault, Unknown, keys};

use super::drive::defect;
use super::{LookUpError, Registry};

impl Registry {
    /// The serials that a filter lets through, behind `after`, at most `limit`: template by
    /// template in the order of their ids, serials in the byte order of their numbers.
    ///
    /// A page looks at 4,096 serials at most, so one under a narrow filter may be short or empty:
    /// there are more while it says what comes [`next`](SerialPage::next). Serials that come or go
    /// while pages are read may be in or out; each other one is there exactly once.
    ///
    /// # Errors
    /// * [`ListError::Unknown`] template. A company that has no templates has no serials.
    /// * [`ListError::ForeignCursor`]: `after` is a serial of another template or company.
    /// * [`ListError::Fault`]
    #[instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn serials(
        &self,
        filter: &SerialFilter,
        after: Option<&SerialId>,
        limit: NonZeroUsize,
    ) -> Result<SerialPage, ListError> {
        let mut serials = Vec::new();
        let next = self
            .walk(filter, after, limit.get().max(READ_AT_ONCE), |id, record, now| {
                serials.push(SerialStatus::new(id, record, now));
                serials.len() < limit.get()
            })
            .await?;
        Ok(SerialPage { serials, next })
    }

    /// Counts what a filter lets through among the next 65,536 serials behind `after`, and says
    /// from where to go on; `None` when that were all. Add the counts up.
    ///
    /// # Errors
    /// Those of [`serials`](Self::serials).
    #[instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn count_serials(
        &self,
        filter: &SerialFilter,
        after: Option<&SerialId>,
    ) -> Result<(SerialCounts, Option<SerialId>), ListError> {
        let mut counts = SerialCounts::default();
        let mut after = after.copied();
        for _ in 0..PAGES_TO_COUNT {
            let page = self.walk(filter, after.as_ref(), LOOKED_AT, |_, record, now| {
                counts.count(record, now);
                true
            });
            after = page.await?;
            if after.is_none() {
                break;
            }
        }
        Ok((counts, after))
    }

    /// Shows the serials behind `after` that a filter lets through, until `seen` has enough or
    /// enough were looked at. Where to go on, if there may be more.
    async fn walk(
        &self,
        filter: &SerialFilter,
        after: Option<&SerialId>,
        at_once: usize,
        mut seen: impl FnMut(SerialId, &SerialRecord, UnixMillis) -> bool + Send,
    ) -> Result<Option<SerialId>, ListError> {
        self.ensure_open()?;
        let mut after = after.copied();
        let mut left = LOOKED_AT;
        let mut template = self.first_template(filter, after.as_ref()).await?;
        while let Some(of) = template {
            let behind = after.filter(|after| *after.template() == of);
            let behind = behind.map(|after| keys::serial(&after)).transpose();
            let behind = behind.map_err(Fault::from)?;
            let at_once = NonZeroUsize::new(at_once.min(left)).unwrap_or(NonZeroUsize::MIN);
            let page = self.0.store.scan(&keys::serials(&of), behind.as_ref(), at_once).await;
            let page = page.map_err(Fault::from)?;
            let now = self.0.clock.now();
            for (key, record) in &page {
                let serial = keys::serial_of(key).and_then(|text| SerialNumber::parse(text).ok());
                let serial = serial.ok_or_else(|| defect("a key names no serial"))?;
                let record = SerialRecord::decode(record.value()).map_err(Fault::from)?;
                let id = SerialId::new(of, serial);
                after = Some(id);
                if filter.lets_through(&record) && !seen(id, &record, now) {
                    return Ok(after);
                }
            }
            left = left.saturating_sub(page.len());
            if left == 0 {
                return Ok(after);
            }
            if page.len() < at_once.get() {
                template = self.next_template(filter, &of).await?;
            }
        }
        Ok(None)
    }

    async fn first_template(
        &self,
        filter: &SerialFilter,
        after: Option<&SerialId>,
    ) -> Result<Option<TemplateId>, ListError> {
        match (&filter.scope, after) {
            (SerialScope::Template(id), after) => {
                let id = *self.template(id).await?.id();
                let foreign = after.is_some_and(|after| *after.template() != id);
                if foreign { Err(ListError::ForeignCursor) } else { Ok(Some(id)) }
            }
            (SerialScope::Company(company), None) => {
                Ok(self.template_behind(company, None).await?)
            }
            (SerialScope::Company(company), Some(after)) => {
                let loaded = self.load_template(after.template()).await?;
                let template = loaded.map(|(template, _)| template);
                match template.filter(|template| template.company() == company) {
                    None => Err(ListError::ForeignCursor),
                    // It was deleted while pages were read: the next one follows it.
                    Some(template) if template.is_deleted() => {
                        Ok(self.template_behind(company, Some(template.id())).await?)
                    }
                    Some(template) => Ok(Some(*template.id())),
                }
            }
        }
    }

    async fn next_template(
        &self,
        filter: &SerialFilter,
        of: &TemplateId,
    ) -> Result<Option<TemplateId>, Fault> {
        match &filter.scope {
            SerialScope::Template(_) => Ok(None),
            SerialScope::Company(company) => self.template_behind(company, Some(of)).await,
        }
    }

    async fn template_behind(
        &self,
        company: &CompanyId,
        after: Option<&TemplateId>,
    ) -> Result<Option<TemplateId>, Fault> {
        let after = after.map(|id| keys::company_template(company, id)).transpose()?;
        let prefix = keys::company_templates(company);
        let page = self.0.store.scan(&prefix, after.as_ref(), NonZeroUsize::MIN).await?;
        let id = page.first().map(|(key, _)| keys::template_of(key));
        id.map(|id| id.ok_or_else(|| defect("an index key is too short"))).transpose()
    }
}

/// Which serials are listed or counted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SerialFilter {
    scope: SerialScope,
    stage: Option<StageName>,
    mark: Option<Mark>,
}

/// Whose serials.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a serial is a template's, and that a company's")]
pub enum SerialScope {
    /// Those of one template, also of one that was deleted.
    Template(TemplateId),
    /// Those of every template of a company, deleted ones left out.
    Company(CompanyId),
}

impl SerialFilter {
    /// All serials of a template or of a company.
    #[must_use]
    pub const fn of(scope: SerialScope) -> Self {
        Self { scope, stage: None, mark: None }
    }

    /// Only those in that stage.
    #[must_use]
    pub fn in_stage(self, stage: StageName) -> Self {
        Self { stage: Some(stage), ..self }
    }

    /// Only those with that mark; a retired serial has none.
    #[must_use]
    pub fn marked(self, mark: Mark) -> Self {
        Self { mark: Some(mark), ..self }
    }

    fn lets_through(&self, record: &SerialRecord) -> bool {
        self.stage.is_none_or(|stage| record.stage().name() == stage)
            && self.mark.is_none_or(|mark| record.mark() == Some(mark))
    }
}

/// Why serials were not listed or counted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ListError {
    /// There is no such template.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The list does not go on behind that serial: it is of another template or company.
    #[error("the serial to go on behind is of another list: expected one that this list gave")]
    ForeignCursor,
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl ListError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::ForeignCursor => "foreign-cursor",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::ForeignCursor => false,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }
}

impl From<LookUpError> for ListError {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::Unknown(unknown) => unknown.into(),
            LookUpError::Fault(fault) => fault.into(),
        }
    }
}

/// A page of serials.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SerialPage {
    /// What is on it.
    pub serials: Vec<SerialStatus>,
    /// Where the next page begins: behind this serial. `None` when this is the last one; the page
    /// behind one that is just full may be empty.
    pub next: Option<SerialId>,
}

/// How many serials there are.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SerialCounts {
    /// Those that wait for their device.
    pub registered: u64,
    /// Those whose device has its credentials.
    pub enrolled: u64,
    /// Those whose device has connected.
    pub activated: u64,
    /// Those that are over.
    pub retired: u64,
    /// Those of the first three that are disabled.
    pub disabled: u64,
    /// Those of the first two whose password of before still connects.
    pub in_overlap: u64,
}

impl SerialCounts {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.registered + self.enrolled + self.activated + self.retired
    }

    fn count(&mut self, record: &SerialRecord, now: UnixMillis) {
        match record.stage().name() {
            StageName::Registered => self.registered += 1,
            StageName::Enrolled => self.enrolled += 1,
            StageName::Activated => self.activated += 1,
            StageName::Retired => self.retired += 1,
        }
        if record.mark() == Some(Mark::Disabled) {
            self.disabled += 1;
        }
        if record.stage().overlap().is_some_and(|overlap| overlap.is_running(now)) {
            self.in_overlap += 1;
        }
    }
}

impl AddAssign for SerialCounts {
    fn add_assign(&mut self, other: Self) {
        self.registered += other.registered;
        self.enrolled += other.enrolled;
        self.activated += other.activated;
        self.retired += other.retired;
        self.disabled += other.disabled;
        self.in_overlap += other.in_overlap;
    }
}

/// How many serials are read at once at least: under a filter most are not on the page.
const READ_AT_ONCE: usize = 64;

/// How many serials a page looks at.
const LOOKED_AT: usize = 4096;

/// How many pages one call counts.
const PAGES_TO_COUNT: usize = 16;
