//! What the verbs that list are told.

use std::num::NonZeroUsize;

use clap::Args;
use plugmint::{
    CompanyId, HistoryHead, Mark, SerialFilter, SerialId, SerialScope, StageName, TemplateId,
};

use crate::args::values;

use super::SerialArgs;

#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Print so many at most
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<NonZeroUsize>,
    /// Begin behind this serial, as `next` said
    #[arg(long, value_name = "TEMPLATE/SERIAL", value_parser = values::serial_id)]
    pub(crate) after: Option<SerialId>,
}

/// Which serials are meant.
#[derive(Args, Debug)]
pub(crate) struct FilterArgs {
    /// Those of all templates of a company but deleted ones; the company of init by default
    #[arg(long, value_name = "ID", value_parser = CompanyId::parse, conflicts_with = "template")]
    company: Option<CompanyId>,
    /// Those of one template, also of a deleted one
    #[arg(long, value_name = "ID", value_parser = TemplateId::parse)]
    template: Option<TemplateId>,
    /// Only those in that stage: registered, enrolled, activated or retired
    #[arg(long, value_name = "STAGE", value_parser = values::stage)]
    stage: Option<StageName>,
    /// Only those that are disabled
    #[arg(long, conflicts_with = "enabled")]
    disabled: bool,
    /// Only those that are neither disabled nor retired
    #[arg(long)]
    enabled: bool,
}

impl FilterArgs {
    /// Whose serials, in a registry of that company.
    pub(crate) fn scope(&self, own: &CompanyId) -> SerialScope {
        match self.template {
            Some(template) => SerialScope::Template(template),
            None => SerialScope::Company(self.company.unwrap_or(*own)),
        }
    }

    pub(crate) fn filter(&self, own: &CompanyId) -> SerialFilter {
        let filter = SerialFilter::of(self.scope(own));
        let filter = self.stage.into_iter().fold(filter, SerialFilter::in_stage);
        let mark = match (self.disabled, self.enabled) {
            (true, _) => Some(Mark::Disabled),
            (false, true) => Some(Mark::Enabled),
            (false, false) => None,
        };
        mark.into_iter().fold(filter, SerialFilter::marked)
    }
}

#[derive(Args, Debug)]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    pub(crate) serial: SerialArgs,
    /// Begin behind the event of that number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) after: Option<u64>,
    /// Print so many at most
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<NonZeroUsize>,
}

#[derive(Args, Debug)]
pub(crate) struct VerifyHistoryArgs {
    #[command(flatten)]
    pub(crate) serial: SerialArgs,
    /// A head that was kept elsewhere: the history must lead over it
    #[arg(long, value_name = "COUNT:HASH")]
    pub(crate) head: Option<HistoryHead>,
}
