//! How good somebody's connection is.

use std::time::Duration;

use livekit_protocol::ConnectionQuality;

/// From 0 (lost) to 5 (excellent).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quality(pub(crate) u8);

impl Quality {
    pub(crate) const LOST: Self = Self(0);
    pub(crate) const GOOD: Self = Self(4);
    pub(crate) const BEST: Self = Self(5);

    /// Of a way on which this share of the packets is lost.
    pub(crate) fn at_loss(loss: f32) -> Self {
        Self(match loss {
            loss if loss < 0.02 => 5,
            loss if loss < 0.04 => 4,
            loss if loss < 0.06 => 3,
            loss if loss < 0.12 => 2,
            _ => 1,
        })
    }

    /// As LiveKit's clients know it.
    pub(crate) fn category(self) -> ConnectionQuality {
        match self.0 {
            0 => ConnectionQuality::Lost,
            1 | 2 => ConnectionQuality::Poor,
            3 | 4 => ConnectionQuality::Good,
            _ => ConnectionQuality::Excellent,
        }
    }
}

/// What the two ways of somebody were like when they were last measured.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
    /// Share of the packets that is lost on the way to us, 0 to 1.
    pub(crate) loss_in: Option<f32>,
    /// The same on the way from us.
    pub(crate) loss_out: Option<f32>,
    /// There and back.
    pub(crate) round_trip: Option<Duration>,
}

impl Measured {
    /// Share of the packets that is lost on the worse way, 0 to 1.
    pub(crate) fn loss(self) -> Option<f32> {
        self.loss_in.into_iter().chain(self.loss_out).reduce(f32::max)
    }

    /// The worse of the two ways counts.
    pub(crate) fn quality(self) -> Quality {
        self.loss().map_or(Quality::BEST, Quality::at_loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_is_lost_the_worse() {
        let of = |loss| (Quality::at_loss(loss).0, Quality::at_loss(loss).category());
        assert_eq!(of(0.0), (5, ConnectionQuality::Excellent));
        assert_eq!(of(0.03), (4, ConnectionQuality::Good));
        assert_eq!(of(0.05), (3, ConnectionQuality::Good));
        assert_eq!(of(0.1), (2, ConnectionQuality::Poor));
        assert_eq!(of(0.3), (1, ConnectionQuality::Poor));
        assert!(Quality::LOST < Quality::at_loss(1.0) && Quality::LOST.category() == ConnectionQuality::Lost);
    }
}
