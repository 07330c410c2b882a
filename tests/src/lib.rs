//! Scenarios of the whole system.
