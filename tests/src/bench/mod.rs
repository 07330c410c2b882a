//! What `./dev bench WHAT` measures, one module each.

pub mod app;
pub mod call;
mod painted;
pub mod rest;
pub mod sfu;
pub mod tools;
