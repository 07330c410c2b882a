//! Recordings of people who send through our own media server, by a recorder in its own process. What it wrote is read back:
//! the test pattern tells whose picture it is and when it was drawn, the tones tell whose voice it is and when it was said.

mod bench;
mod common;
mod consent;
mod grid;
mod layouts;
mod other_files;
mod process;
mod trouble;
