//! `docs/operators.md` against what operators are answered.
//!
//! What the page asks is asked of a registry that is the same each time, over the socket, and what
//! it says is answered must be answered. After a change, `PLUGMINT_WRITE_PAGE=1 cargo test -p
//! plugmint-tests --test operators_page` brings the page along.

#![cfg(test)]
#![cfg(unix)]

mod calls;
mod house;
mod page;
mod words;
