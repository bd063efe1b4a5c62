//! Production Templates.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use plugmint::{
    Actor, CompanyId, DeletionProgress, Living, Outcome, ProductionTemplate, TemplateChange,
    TemplateDesign, TemplateId,
};

use super::{Operators, Serves, call};

call! {
    /// Makes a template: [`Registry::create_template`](plugmint::Registry::create_template).
    CreateTemplate("template/create") => ProductionTemplate;
    {
        /// Whose; the registry's own company unless another is named.
        #[serde(default)]
        company: Option<CompanyId>,
        /// What is chosen for it.
        design: TemplateDesign,
    }
    |call, operators| {
        let registry = operators.registry();
        let company = call.company.unwrap_or(*registry.company());
        registry.create_template(&company, call.design).await?
    }
}

call! {
    /// A page of templates: [`Registry::templates`](plugmint::Registry::templates).
    ListTemplates("template/list") => Vec<ProductionTemplate>;
    {
        /// Whose; the registry's own company unless another is named.
        #[serde(default)]
        company: Option<CompanyId>,
        /// Behind which one.
        #[serde(default)]
        after: Option<TemplateId>,
        /// How many at most.
        limit: NonZeroUsize,
    }
    |call, operators| {
        let registry = operators.registry();
        let company = call.company.unwrap_or(*registry.company());
        registry.templates(&company, call.after.as_ref(), call.limit).await?
    }
}

call! {
    /// One template: [`Registry::template`](plugmint::Registry::template).
    ShowTemplate("template/show") => ProductionTemplate;
    {
        /// Which one.
        template: TemplateId,
    }
    |call, operators| operators.registry().template(&call.template).await?
}

call! {
    /// Changes what may change: [`Registry::change_template`](plugmint::Registry::change_template).
    ChangeTemplate("template/change") => Outcome;
    {
        /// Which one.
        template: TemplateId,
        /// What shall change.
        change: TemplateChange,
    }
    |call, operators| operators.registry().change_template(&call.template, &call.change).await?
}

call! {
    /// Takes nobody in any more: [`Registry::close_template`](plugmint::Registry::close_template).
    CloseTemplate("template/close") => Outcome;
    {
        /// Which one.
        template: TemplateId,
    }
    |call, operators| operators.registry().close_template(&call.template).await?
}

call! {
    /// Takes devices in again: [`Registry::open_template`](plugmint::Registry::open_template).
    OpenTemplate("template/open") => Outcome;
    {
        /// Which one.
        template: TemplateId,
    }
    |call, operators| operators.registry().open_template(&call.template).await?
}

call! {
    /// Deletes a template: [`TemplateDeletion`](plugmint::TemplateDeletion) to its end; tells each
    /// step. Given up by who asked, it leaves the template closed.
    DeleteTemplate("template/delete") while DeletionProgress => DeletionProgress;
    {
        /// Which one.
        template: TemplateId,
        /// What becomes of serials that are in use.
        living: Living,
        /// Who asks.
        by: Actor,
    }
    |call, operators, steps| {
        let registry = operators.registry();
        let mut deletion = registry.template_deletion(&call.template, call.living, &call.by);
        loop {
            let progress = deletion.step().await?;
            if progress.outcome.is_some() {
                break progress;
            }
            steps.tell(progress).await?;
        }
    }
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router
        .serves::<CreateTemplate>()
        .serves::<ListTemplates>()
        .serves::<ShowTemplate>()
        .serves::<ChangeTemplate>()
        .serves::<CloseTemplate>()
        .serves::<OpenTemplate>()
        .serves::<DeleteTemplate>()
}
