//! A LiveKit-compatible media server on str0m.
