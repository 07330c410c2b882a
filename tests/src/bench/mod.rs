//! What `./dev bench WHAT` measures, one module each.

pub mod rest;
pub mod sfu;
