//! Which statements have a body with semicolons of its own, and where it ends.
//!
//! A [`Tracker`] sees every token of a statement that means something to the server and knows at each
//! whether a terminator would end the statement. One state machine per family of dialects; each holds
//! as little grammar as its answer needs.

mod atomic;
mod block;
mod statement_list;
mod stored_program;
mod tracker;
mod trigger;

pub(super) use tracker::Tracker;
