//! Bad networks for tests and benches: a [`Link`] in invented time, and a [`Relay`] that puts two of them between a real
//! client and a real LiveKit server.

mod frames;
mod link;
mod relay;
mod rewrite;

pub use link::{Conditions, Fate, Link, LinkCounters};
pub use relay::{Relay, RelayCounters};
