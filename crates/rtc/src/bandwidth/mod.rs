//! What the way to the server carries, and how fast packets may leave: pure, time is an argument.
//!
//! [`Controller`] turns transport-wide feedback into a target: a delay trend finds a queue that builds up, losses a queue
//! that is too short to build up, probes find what is free. [`Pacer`] holds packets back so that they leave at that pace.

mod controller;
mod delay;
mod loss;
mod meter;
mod pacer;
mod probe;

pub(crate) use controller::{Acknowledged, Controller};
pub(crate) use pacer::{Class, Pacer};
