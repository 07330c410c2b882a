//! One participant in a LiveKit room: encoded frames in and out.
