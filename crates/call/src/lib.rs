//! The client side of a call: commands in, view snapshots out.
