//! Finds from one-way delays whether a queue builds up: draft-ietf-rmcat-gcc-02 sections 4.2 to 4.4, with a line fitted
//! through the accumulated delays in place of the Kalman filter, as browsers do.

use std::collections::VecDeque;

/// Packets that left within this time are one group: a pacer's burst says nothing about the way. Milliseconds.
const GROUP_MS: f64 = 5.0;
/// Groups the line is fitted through: two thirds of a second of 30 frames.
const POINTS: usize = 20;
/// Smoothing of the accumulated delay.
const SMOOTHING: f64 = 0.9;
/// Makes the slope comparable with the threshold.
const GAIN: f64 = 4.0;
/// The slope counts fully after so many groups.
const MAX_DELTAS: u32 = 60;
/// The slope must stay over the threshold for this long. Milliseconds.
const OVERUSE_MS: f64 = 10.0;
/// How fast the threshold follows upwards and downwards (section 4.4), per millisecond.
const FOLLOW_UP: f64 = 0.0087;
const FOLLOW_DOWN: f64 = 0.039;

/// What the delay says of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    /// Delays stay.
    Normal,
    /// Delays grow: more is sent than is carried.
    Over,
    /// Delays shrink: a queue empties.
    Under,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    first_departure: f64,
    last_departure: f64,
    first_arrival: f64,
    last_arrival: f64,
}

/// The detector. All times in milliseconds, departures and arrivals each on a clock of their own.
#[derive(Debug)]
pub(super) struct DelayTrend {
    group: Option<Group>,
    previous: Option<Group>,
    /// Sum of the delay differences, and the same smoothed.
    accumulated: f64,
    smoothed: f64,
    points: VecDeque<(f64, f64)>,
    deltas: u32,
    threshold: f64,
    threshold_at: Option<f64>,
    over_ms: f64,
    over_count: u32,
    last_slope: f64,
    usage: Usage,
}

impl Default for DelayTrend {
    fn default() -> Self {
        Self {
            group: None,
            previous: None,
            accumulated: 0.0,
            smoothed: 0.0,
            points: VecDeque::new(),
            deltas: 0,
            threshold: 12.5,
            threshold_at: None,
            over_ms: 0.0,
            over_count: 0,
            last_slope: 0.0,
            usage: Usage::Normal,
        }
    }
}

impl DelayTrend {
    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    /// Takes a packet that arrived, in the order of departure.
    pub(super) fn on_packet(&mut self, departure: f64, arrival: f64) {
        let Some(group) = &mut self.group else {
            self.group = Some(Group::new(departure, arrival));
            return;
        };
        if group.takes(departure, arrival) {
            group.last_departure = departure;
            group.last_arrival = group.last_arrival.max(arrival);
            return;
        }
        let complete = *group;
        *group = Group::new(departure, arrival);
        if let Some(previous) = self.previous.replace(complete) {
            let sent = complete.last_departure - previous.last_departure;
            let received = complete.last_arrival - previous.last_arrival;
            self.on_delta(received - sent, sent, complete.last_arrival);
        }
    }

    fn on_delta(&mut self, delta: f64, sent: f64, arrival: f64) {
        // The receiver's clock jumped, or packets were held back for seconds: nothing to learn for a line.
        if delta.abs() > 3000.0 {
            *self = Self::default();
            return;
        }
        self.deltas = (self.deltas + 1).min(1000);
        self.accumulated += delta;
        self.smoothed = SMOOTHING * self.smoothed + (1.0 - SMOOTHING) * self.accumulated;
        self.points.push_back((arrival, self.smoothed));
        if self.points.len() > POINTS {
            self.points.pop_front();
        }
        let slope = if self.points.len() == POINTS { self.slope().unwrap_or(self.last_slope) } else { 0.0 };
        self.judge(slope, sent, arrival);
    }

    /// Least squares.
    fn slope(&self) -> Option<f64> {
        let count = self.points.len() as f64;
        let (x, y) = self.points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
        let (x, y) = (x / count, y / count);
        let (mut above, mut below) = (0.0, 0.0);
        for point in &self.points {
            above += (point.0 - x) * (point.1 - y);
            below += (point.0 - x).powi(2);
        }
        (below > 0.0).then(|| above / below)
    }

    fn judge(&mut self, slope: f64, sent: f64, now: f64) {
        let value = f64::from(self.deltas.min(MAX_DELTAS)) * slope * GAIN;
        if value > self.threshold {
            self.over_ms += if self.over_count == 0 { sent / 2.0 } else { sent };
            self.over_count += 1;
            if self.over_ms > OVERUSE_MS && self.over_count > 1 && slope >= self.last_slope {
                self.over_ms = 0.0;
                self.over_count = 0;
                self.usage = Usage::Over;
            }
        } else {
            self.over_ms = 0.0;
            self.over_count = 0;
            self.usage = if value < -self.threshold { Usage::Under } else { Usage::Normal };
        }
        self.last_slope = slope;
        let since = self.threshold_at.map_or(0.0, |at| now - at).clamp(0.0, 100.0);
        self.threshold_at = Some(now);
        // A sudden peak is no reason to become blind.
        if value.abs() <= self.threshold + 15.0 {
            let follow = if value.abs() < self.threshold { FOLLOW_DOWN } else { FOLLOW_UP };
            self.threshold = (self.threshold + follow * (value.abs() - self.threshold) * since).clamp(6.0, 600.0);
        }
    }
}

impl Group {
    fn new(departure: f64, arrival: f64) -> Self {
        Self { first_departure: departure, last_departure: departure, first_arrival: arrival, last_arrival: arrival }
    }

    fn takes(&self, departure: f64, arrival: f64) -> bool {
        if departure - self.first_departure <= GROUP_MS {
            return true;
        }
        // Packets that waited together somewhere come out together: a burst of the way's own (section 4.2).
        let held_up = (arrival - self.last_arrival) - (departure - self.last_departure) < 0.0;
        held_up && arrival - self.last_arrival <= GROUP_MS && arrival - self.first_arrival < 100.0
    }
}

/// How deep the queue on the way is: the one-way delay above the least seen lately. Milliseconds.
#[derive(Debug, Default)]
pub(super) struct QueueDelay {
    /// Least delay of each second.
    bases: VecDeque<(f64, f64)>,
    smoothed: f64,
    newest: f64,
    last_arrival: Option<f64>,
}

/// Time constant of the smoothing, and bounds of a packet's weight: where few packets pass each counts for more.
const SMOOTHING_MS: f64 = 60.0;
const LEAST_WEIGHT: f64 = 0.05;
const MOST_WEIGHT: f64 = 0.3;

/// For how long the least delay counts; clocks drift apart by a millisecond or so in this time.
const BASE_MEMORY_MS: f64 = 20_000.0;

impl QueueDelay {
    /// Takes a packet that arrived.
    pub(super) fn on_packet(&mut self, departure: f64, arrival: f64) {
        let way = arrival - departure;
        match self.bases.back_mut() {
            Some((since, base)) if departure - *since < 1000.0 => *base = base.min(way),
            _ => self.bases.push_back((departure, way)),
        }
        while self.bases.front().is_some_and(|(since, _)| departure - since > BASE_MEMORY_MS) {
            self.bases.pop_front();
        }
        let base = self.bases.iter().map(|(_, base)| *base).fold(f64::INFINITY, f64::min);
        self.newest = way - base;
        let since = self.last_arrival.replace(arrival).map_or(0.0, |last| arrival - last);
        let weight = (since / SMOOTHING_MS).clamp(LEAST_WEIGHT, MOST_WEIGHT);
        self.smoothed += weight * (self.newest - self.smoothed);
    }

    /// Of the newest packet.
    pub(super) fn newest_ms(&self) -> f64 {
        self.newest
    }

    pub(super) fn ms(&self) -> f64 {
        self.smoothed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends a packet each 10 ms over a way that delays by `delay(ms)`; counts how often it was over.
    fn overs(delay: impl Fn(f64) -> f64) -> usize {
        let mut trend = DelayTrend::default();
        (0..1000)
            .filter(|number| {
                let departure = f64::from(*number) * 10.0;
                trend.on_packet(departure, departure + 5000.0 + delay(departure));
                trend.usage() == Usage::Over
            })
            .count()
    }

    #[test]
    fn a_growing_delay_is_found_and_a_steady_one_is_not() {
        assert_eq!(overs(|_| 40.0), 0);
        // Jitter of 10 ms that means nothing.
        assert_eq!(overs(|ms| (ms * 7.77).sin().abs() * 10.0), 0);
        assert!(overs(|ms| if ms < 5000.0 { 40.0 } else { 40.0 + (ms - 5000.0) * 0.2 }) > 50);
    }

    #[test]
    fn the_queue_is_what_comes_on_top() {
        let mut queue = QueueDelay::default();
        for number in 0..200 {
            let departure = f64::from(number) * 10.0;
            queue.on_packet(departure, departure + 1e6 + if number < 100 { 30.0 } else { 150.0 });
        }
        assert!((queue.ms() - 120.0).abs() < 5.0, "{}", queue.ms());
    }
}
