//! Cameras, microphones and speakers.
