//! After the call.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    channel::LeaveReason,
    desktop::{QualityReport, RatingView},
};

/// After the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AfterView {
    /// Why it is over.
    pub reason: LeaveReason,
    /// Seconds I was in with others; alone, where nobody came.
    pub seconds: u32,
    /// The link is still good: joining again is offered.
    pub can_rejoin: bool,
    /// This was a test call.
    pub is_test_call: bool,
    /// Name of the company that hosted it; empty where it is not known.
    pub company: String,
    /// With whom.
    pub with_names: Vec<String>,
    /// Until when the link is good, Unix seconds.
    pub good_until: Option<f64>,
    /// I led it.
    pub was_admin: bool,
    /// It is asked how it was.
    pub asks_rating: bool,
    /// What became of the rating.
    pub rating: Option<RatingView>,
    /// How the line and the devices were.
    pub report: Option<QualityReport>,
}
