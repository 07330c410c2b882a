//! Feeds our estimator from transport-wide feedback, and from nothing else.
//!
//! The library also reports packets for which no such feedback was negotiated (LiveKit negotiates it for video only), as
//! lost: they are left out here.

use std::{sync::Arc, time::Instant};

use rtc::interceptor::{BandwidthEstimator, PacketReport};
use visita_protocol::Bitrate;

use crate::estimator::{Acknowledged, Estimator};

/// Told of a new target.
pub(crate) type OnTarget = Arc<dyn Fn(Bitrate) + Send + Sync>;

/// The least change worth telling, as a share of the last.
const WORTH_TELLING: f64 = 0.03;

/// So many missing at the head of a feedback were told about in the one before, which did not come. The library counts
/// them as lost; of single packets this many in a row are hardly ever.
const LOST_FEEDBACK: usize = 5;

/// Our estimator behind the library's trait.
pub(crate) struct TwccEstimator {
    estimator: Estimator,
    told: Bitrate,
    on_target: OnTarget,
}

impl TwccEstimator {
    /// Starts, telling the first target at once.
    pub(crate) fn new(on_target: OnTarget) -> Self {
        let estimator = Estimator::default();
        let told = estimator.target();
        on_target(told);
        Self { estimator, told, on_target }
    }
}

impl BandwidthEstimator for TwccEstimator {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        let reports: Vec<&PacketReport> = reports.iter().filter(|report| report.is_twcc).collect();
        let unknown = reports.iter().take_while(|report| !report.arrived).count();
        let known = if unknown >= LOST_FEEDBACK { &reports[unknown..] } else { &reports[..] };
        let packets = known.iter().map(|report| Acknowledged {
            departure: report.departure,
            arrival: report.arrival.filter(|_| report.arrived),
            size: report.size,
        });
        self.estimator.on_packets(now, packets);
        let target = self.estimator.target();
        if f64::from(target.bps().abs_diff(self.told.bps())) > f64::from(self.told.bps()) * WORTH_TELLING {
            self.told = target;
            (self.on_target)(target);
        }
    }

    fn target_bitrate(&self) -> f64 {
        f64::from(self.estimator.target().bps())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use parking_lot::Mutex;
    use rtc::rtcp::transport_feedbacks::cc_feedback_report::Ecn;

    use super::*;

    fn report(number: u64, is_twcc: bool, arrived: bool, start: Instant) -> PacketReport {
        let at = Duration::from_millis(number * 5);
        PacketReport {
            ssrc: 1,
            id: number,
            rtp_sequence_number: number as u16,
            is_twcc,
            twcc_sequence_number: number as u16,
            size: 1200,
            arrived,
            departure: start + at,
            arrival: arrived.then_some(at),
            ecn: Ecn::default(),
        }
    }

    fn lowest_target(is_twcc: bool) -> Bitrate {
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = told.clone();
        let mut estimator = TwccEstimator::new(Arc::new(move |target| sink.lock().push(target)));
        let start = Instant::now();
        for second in 0..5 {
            let from = second * 200;
            let mut reports: Vec<_> = (from..from + 200).map(|n| report(n, true, true, start)).collect();
            reports.extend((from..from + 100).map(|n| report(n, is_twcc, false, start)));
            reports.sort_by_key(|report| report.departure);
            estimator.on_reports(start + Duration::from_millis(from * 5 + 1000), &reports);
        }
        let lowest = told.lock().iter().copied().min();
        lowest.expect("the first is told at once")
    }

    #[test]
    fn a_lost_feedback_is_no_loss() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = told.clone();
        let mut estimator = TwccEstimator::new(Arc::new(move |target| sink.lock().push(target)));
        let start = Instant::now();
        for batch in 0..100u64 {
            // Every other feedback of 20 packets went missing.
            let from = batch * 40;
            let reports: Vec<_> = (from..from + 40).map(|n| report(n, true, n >= from + 20, start)).collect();
            estimator.on_reports(start + Duration::from_millis(batch * 200 + 200), &reports);
        }
        assert_eq!(told.lock().iter().min(), Some(&Estimator::default().target()));
    }

    #[test]
    fn packets_without_feedback_are_no_loss() {
        assert!(lowest_target(false) >= Estimator::default().target());
        assert!(lowest_target(true) < Estimator::default().target());
    }
}
