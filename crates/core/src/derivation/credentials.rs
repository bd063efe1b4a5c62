//! What a device is told when it has enrolled.

use plugmint_mac::MacKey;

use crate::secret::Secret;
use crate::{ConnectionPassword, PlugId, PlugIdKind};

use super::mac::mac_into;

/// A Plug-ID and the connection password that goes with it.
#[derive(Debug)]
pub struct Credentials {
    plug_id: PlugId,
    connection_password: ConnectionPassword,
}

impl Credentials {
    pub(super) const fn new(plug_id: PlugId, connection_password: ConnectionPassword) -> Self {
        Self { plug_id, connection_password }
    }

    /// What the device is called from now on.
    #[must_use]
    pub const fn plug_id(&self) -> &PlugId {
        &self.plug_id
    }

    /// What it connects with.
    #[must_use]
    pub const fn connection_password(&self) -> &ConnectionPassword {
        &self.connection_password
    }

    /// Both, to be handed on.
    #[must_use]
    pub fn into_parts(self) -> (PlugId, ConnectionPassword) {
        (self.plug_id, self.connection_password)
    }
}

/// The Plug-ID that begins `mac(key, msg(label, fields...))`.
pub(super) fn device_id(key: &MacKey, label: &str, fields: &[&[u8]]) -> PlugId {
    let mut id = Secret::zeros();
    mac_into(key, id.bytes_mut(), label, fields);
    PlugId::from_parts(PlugIdKind::Device, id.first())
}
