//! A host's say in who may enroll.

use plugmint_core::{Author, DenyReason, EnrollOutcome, Labels, SerialId};

use crate::Source;

/// Asked before credentials are given: the host may refuse, or remember something about the device.
///
/// It is asked about devices, and not about Controllers. It is asked only once the device has
/// proved its password, or an operator has asked for it, and only when nothing else refuses. It may
/// be asked more than once for one enrollment, when others change the serial at the same time, and
/// what it allowed may still fail: so it decides, and does nothing. It is called inside the
/// operation, on the caller's thread: be quick, do not block, and do not call the registry.
///
/// ```
/// use plugmint::{Decider, DenyReason, EnrollRequest, Labels, Verdict};
///
/// /// Nobody enrolls from outside the factory.
/// struct FactoryOnly;
///
/// impl Decider for FactoryOnly {
///     fn decide(&self, request: &EnrollRequest<'_>) -> Verdict {
///         let factory = plugmint::Source::new("factory").ok();
///         if request.source == factory.as_ref() {
///             let mut labels = Labels::new();
///             let _ = labels.insert("line", "7");
///             Verdict::AllowWith(labels)
///         } else {
///             DenyReason::parse("enroll at the factory").map_or(Verdict::Allow, Verdict::Deny)
///         }
///     }
/// }
/// ```
pub trait Decider: Send + Sync {
    /// Whether the device may have credentials.
    fn decide(&self, request: &EnrollRequest<'_>) -> Verdict;
}

/// Who would be given credentials.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EnrollRequest<'a> {
    /// The serial.
    pub id: &'a SerialId,
    /// Who asks.
    pub author: &'a Author,
    /// Where the call came from, where the host said so.
    pub source: Option<&'a Source>,
    /// What the device would be told.
    pub outcome: EnrollOutcome,
    /// The labels that the serial has.
    pub labels: &'a Labels,
}

/// What a [`Decider`] says.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a host says one of these")]
pub enum Verdict {
    /// It may.
    Allow,
    /// It may, and these labels are added to the serial's in the same commit; one of a name that is
    /// there gets the new value. A repeat, which writes nothing, adds none.
    AllowWith(Labels),
    /// It may not, and is told why.
    Deny(DenyReason),
}
