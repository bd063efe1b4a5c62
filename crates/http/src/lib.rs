//! HTTP for plugmint.
//!
//! * [`DeviceApi`] is the router that devices in the field talk to: they enroll, connect, and work
//!   on their own lists, as the protocol says that they were built for.
//! * [`Owners`] says whose password the owner of a company's devices has. It is the host's.
//! * [`Operators`](operators::Operators) is the router of operators, on a Unix socket.
//! * [`DeviceListener`] reads what some devices send without saying how long it is.

mod devices;
mod lengthless;
mod openapi;
pub mod operators;
mod owners;
mod wiped;

pub use devices::{DeviceApi, OwnReads, TrustedProxies, no_such_path};
pub use lengthless::{DeviceListener, DeviceStream, Peer};
pub use owners::{Account, Claim, NobodyOwns, Owners, OwnersUnavailable};
