//! Clients of all kinds on a real server of this crate's, each subject in a file of its own. One program: each would be linked
//! with all that a media server is.

mod codecs;
mod hostile;
mod one_connection;
mod permissions;
mod python_client;
mod resume;
mod support;
mod tcp;
mod twirp;
