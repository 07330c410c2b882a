//! Waiting for pictures of a source.

use std::time::Duration;

use visita_codec::{I420Frame, pattern};
use visita_media::{DeviceError, camera::VideoSource};

use super::inside::until_some;

/// Long enough for a picture that must not come.
pub(crate) const SHORT: Duration = Duration::from_millis(300);

/// Until a picture carries a time.
pub(crate) fn until_time(source: &mut dyn VideoSource, time: u64) -> I420Frame {
    until_some(|| {
        let frame = source.next(Duration::from_secs(1)).unwrap();
        frame.filter(|frame| pattern::read_timecode(frame) == Some(time))
    })
}

pub(crate) fn until_error(source: &mut dyn VideoSource) -> DeviceError {
    until_some(|| source.next(Duration::from_millis(100)).err())
}

/// Takes what still comes.
pub(crate) fn drain(source: &mut dyn VideoSource) {
    until_some(|| source.next(SHORT).unwrap().is_none().then_some(()));
}
