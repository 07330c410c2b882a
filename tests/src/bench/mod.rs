//! What `./dev bench WHAT` measures, one module each.

pub mod api;
pub mod app;
pub mod call;
pub mod page;
mod painted;
pub mod recording;
pub mod sfu;
pub mod tools;
