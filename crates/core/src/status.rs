//! What an operator is shown of one serial.

use serde::{Deserialize, Serialize};

use crate::lifecycle::{Mark, Overlap, Registration, SerialRecord, Stage, StageName};
use crate::{AccessLevel, Epoch, KeyVersion, Labels, Ordinal, PlugId, SerialId, UnixMillis};

/// All that a host may show of a serial: no verifier, no key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SerialStatus {
    /// Its template and serial number.
    #[serde(flatten)]
    pub id: SerialId,
    /// Where in its life it is.
    pub stage: StageName,
    /// Whether it is disabled; `None` when it is Retired.
    pub mark: Option<Mark>,
    /// What the device is or was called, once it has enrolled.
    pub plug_id: Option<PlugId>,
    /// The epoch of its connection password.
    pub epoch: Epoch,
    /// Until when the password of before connects, while it does.
    pub overlap_until: Option<UnixMillis>,
    /// The ordinal of its next Controller.
    pub next_ordinal: Ordinal,
    /// Which root key it hangs on.
    pub key_version: KeyVersion,
    /// Whether it has a control password.
    pub controllable: bool,
    /// What Controllers may do with it; `None` is what its template says.
    pub access: Option<AccessLevel>,
    /// Whether an operator may enroll it: a sealed key is kept.
    pub sealed: bool,
    /// What the host wants to remember.
    pub labels: Labels,
    /// When it was registered.
    pub registered_at: UnixMillis,
    /// When its device connected for the first time under these passwords, at whatever epoch;
    /// `None` when it is Retired.
    pub connected_at: Option<UnixMillis>,
    /// When its device enrolled, while that is on record.
    pub enrolled_at: Option<UnixMillis>,
    /// When its device first connected, while that is on record.
    pub activated_at: Option<UnixMillis>,
    /// When it was retired.
    pub retired_at: Option<UnixMillis>,
    /// How many events its history has.
    pub events: u64,
}

impl SerialStatus {
    /// What `record` shows of the serial `id` at that time.
    #[must_use]
    pub fn new(id: SerialId, record: &SerialRecord, at: UnixMillis) -> Self {
        match record.stage() {
            Stage::Registered(registered) => Self {
                sealed: registered.sealed_key().is_some(),
                ..Self::of_living(id, record, registered.registration(), at)
            },
            Stage::Enrolled(enrolled) => Self {
                sealed: enrolled.sealed_key().is_some(),
                enrolled_at: Some(enrolled.enrolled_at()),
                ..Self::of_living(id, record, enrolled.registration(), at)
            },
            Stage::Activated(activated) => Self {
                enrolled_at: Some(activated.enrolled_at()),
                activated_at: Some(activated.activated_at()),
                ..Self::of_living(id, record, activated.registration(), at)
            },
            Stage::Retired(retired) => Self {
                id,
                stage: StageName::Retired,
                mark: None,
                plug_id: retired.plug_id().copied(),
                epoch: retired.epoch(),
                overlap_until: None,
                next_ordinal: retired.next_ordinal(),
                key_version: retired.key_version(),
                controllable: false,
                access: None,
                sealed: false,
                labels: retired.labels().clone(),
                registered_at: retired.registered_at(),
                connected_at: None,
                enrolled_at: None,
                activated_at: None,
                retired_at: Some(retired.retired_at()),
                events: record.head().count(),
            },
        }
    }

    fn of_living(
        id: SerialId,
        record: &SerialRecord,
        registration: &Registration,
        at: UnixMillis,
    ) -> Self {
        let overlap = record.stage().overlap().filter(|overlap| overlap.is_running(at));
        Self {
            id,
            stage: record.stage().name(),
            mark: Some(registration.mark()),
            plug_id: record.stage().plug_id().copied(),
            epoch: registration.epoch(),
            overlap_until: overlap.map(Overlap::until),
            next_ordinal: registration.next_ordinal(),
            key_version: registration.key_version(),
            controllable: registration.control_verifier().is_some(),
            access: registration.access(),
            sealed: false,
            labels: registration.labels().clone(),
            registered_at: registration.registered_at(),
            connected_at: registration.connected_at(),
            enrolled_at: None,
            activated_at: None,
            retired_at: None,
            events: record.head().count(),
        }
    }
}
