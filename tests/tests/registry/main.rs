//! What a registry answers, operation by operation.

#![cfg(test)]

mod accounts;
mod attempts;
mod authenticating;
mod controllers;
mod enrolling;
mod events;
mod explaining;
mod feeding;
mod grants;
mod hooks;
mod key_files;
mod listing;
mod looking_up;
mod opening;
mod operating;
mod prelude;
mod profiles;
mod registering;
mod renewing;
mod revoking;
mod root_keys;
mod slow;
mod template_life;
mod troubles;
