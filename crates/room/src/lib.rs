//! One room as a pure state machine.
