//! The verbs on templates.

use clap::{Args, Subcommand};
use plugmint::{
    AccessLevel, Argon2Cost, CompanyId, ControlClass, ControllerCap, PasswordClass, RepeatPolicy,
    SourceWatch, TemplateId, TemplateName,
};

use super::values;

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// Make a template, and print its id
    ///
    /// It is open at once. The classes of its passwords, what stretching them costs and whether
    /// operators may enroll are settled for good; `template change` changes the rest. A second call
    /// makes another template.
    #[command(after_help = "Examples:
  plugmint template create Refrigerators
  plugmint template create Ovens --password-class chosen --operator-enroll --label line=7")]
    Create(CreateTemplateArgs),
    /// List the templates of a company
    ///
    /// Deleted ones are left out. Nothing is changed.
    #[command(after_help = "Example:\n  plugmint template list")]
    List {
        /// The company; the one of init by default
        #[arg(long, value_name = "ID", value_parser = CompanyId::parse)]
        company: Option<CompanyId>,
    },
    /// Show a template: its state and its settings
    ///
    /// Closed and deleted ones, too. Nothing is changed.
    #[command(after_help = "Example:\n  plugmint template show mod-5c66bc451866d3c62ba0b904")]
    Show(TemplateArgs),
    /// Change the name or the settings of a template
    ///
    /// What is not named stays. It holds for whoever comes from then on, and takes nothing back.
    /// Asking for what is so already says so.
    #[command(after_help = "Examples:
  plugmint template change mod-5c66bc451866d3c62ba0b904 --name Freezers --repeat never
  plugmint template change mod-5c66bc451866d3c62ba0b904 --label line=7 --label plant=Graz")]
    Change(ChangeTemplateArgs),
    /// Close a template: it takes nobody in until it is opened
    ///
    /// Nothing is registered, enrolled or transferred in it, and devices are told what an unknown
    /// template tells them. Who is enrolled goes on connecting. A second call says already.
    #[command(after_help = "Example:\n  plugmint template close mod-5c66bc451866d3c62ba0b904")]
    Close(TemplateArgs),
    /// Open a closed template
    ///
    /// Devices may come to it again. A second call says already.
    #[command(after_help = "Example:\n  plugmint template open mod-5c66bc451866d3c62ba0b904")]
    Open(TemplateArgs),
    /// Delete a template, for good
    ///
    /// It takes nobody in any more and is not listed; its serials and their histories stay to be
    /// looked up. Refused while a serial is Enrolled, Activated or in an overlap, unless all of
    /// them shall be retired. A deletion that is interrupted leaves the template closed and what it
    /// has retired retired: call again, or open it. A second call says already.
    #[command(after_help = "Examples:
  plugmint template delete mod-5c66bc451866d3c62ba0b904
  plugmint template delete mod-5c66bc451866d3c62ba0b904 --retire-all")]
    Delete(DeleteTemplateArgs),
}

#[derive(Args, Debug)]
pub(crate) struct TemplateArgs {
    /// The template's id
    #[arg(value_name = "TEMPLATE", value_parser = TemplateId::parse)]
    pub(crate) template: TemplateId,
}

#[derive(Args, Debug)]
pub(crate) struct CreateTemplateArgs {
    /// What people call it
    #[arg(value_name = "NAME", value_parser = TemplateName::parse)]
    pub(crate) name: TemplateName,
    /// The company that it belongs to; the one of init by default
    #[arg(long, value_name = "ID", value_parser = CompanyId::parse)]
    pub(crate) company: Option<CompanyId>,
    /// How the enroll passwords were made: generated, chosen or shared
    #[arg(long, value_name = "CLASS", default_value_t)]
    pub(crate) password_class: PasswordClass,
    /// How the control passwords were made: generated or chosen
    #[arg(long, value_name = "CLASS", default_value_t)]
    pub(crate) control_class: ControlClass,
    /// What stretching a chosen or shared password costs [default: 19456,2,1]
    #[arg(long, value_name = "KIB,PASSES,LANES", value_parser = values::argon2_cost)]
    pub(crate) argon2: Option<Argon2Cost>,
    /// Keep each serial's enroll key, sealed, until its device connects: only where it is kept can
    /// operators ever enroll a device without its password
    #[arg(long)]
    pub(crate) operator_enroll: bool,
    #[command(flatten)]
    pub(crate) settings: TemplateSettings,
    /// What to remember of it; may be given several times
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = values::label)]
    pub(crate) labels: Vec<(String, String)>,
}

/// What can be settled when a template is made, and changed later.
#[derive(Args, Debug)]
pub(crate) struct TemplateSettings {
    /// Give a device that enrolls again the same credentials: until-activated, always or never
    /// [default: until-activated]
    #[arg(long, value_name = "POLICY", value_parser = values::repeat)]
    pub(crate) repeat: Option<RepeatPolicy>,
    /// How many living Controllers a Thing has at most: 1 to 1024 [default: 64]
    #[arg(long, value_name = "N", value_parser = values::controllers)]
    pub(crate) controllers: Option<ControllerCap>,
    /// What Controllers may do with a Thing that does not say: read-write, read or none
    /// [default: read-write]
    #[arg(long, value_name = "LEVEL", value_parser = values::access)]
    pub(crate) access: Option<AccessLevel>,
    /// From how many sources within a day a device connects before it is suspected to be two: 1 to
    /// 7, or off [default: off]
    #[arg(long, value_name = "N|off", value_parser = values::sources)]
    pub(crate) sources: Option<SourceWatch>,
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true)
    .args(["name", "repeat", "controllers", "access", "sources", "labels", "no_labels"]))]
pub(crate) struct ChangeTemplateArgs {
    /// The template's id
    #[arg(value_name = "TEMPLATE", value_parser = TemplateId::parse)]
    pub(crate) template: TemplateId,
    /// What people shall call it
    #[arg(long, value_name = "NAME", value_parser = TemplateName::parse)]
    pub(crate) name: Option<TemplateName>,
    #[command(flatten)]
    pub(crate) settings: TemplateSettings,
    /// A label in place of all that it has; may be given several times
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = values::label)]
    pub(crate) labels: Vec<(String, String)>,
    /// Take all its labels off
    #[arg(long, conflicts_with = "labels")]
    pub(crate) no_labels: bool,
}

#[derive(Args, Debug)]
pub(crate) struct DeleteTemplateArgs {
    /// The template's id
    #[arg(value_name = "TEMPLATE", value_parser = TemplateId::parse)]
    pub(crate) template: TemplateId,
    /// Retire every serial that is Enrolled, Activated or in an overlap: none of them ever connects
    /// again
    #[arg(long)]
    pub(crate) retire_all: bool,
}
