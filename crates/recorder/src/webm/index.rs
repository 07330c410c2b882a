//! What makes a file seekable: index, duration and sizes, put in at its end.

use std::io::SeekFrom;

use super::{Storage, WebmError, ebml};

/// Bytes reserved for the SeekHead: three entries of 21 bytes at most, and the head of a Void behind them.
pub(super) const SEEK_HEAD_SPACE: usize = 96;

/// Bytes of a Duration, and of the Void in its place.
pub(super) const DURATION_SPACE: usize = 11;

/// Where in a file the things lie that are put in at the end. Positions are counted from the file's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// The size of the Segment.
    pub(super) segment_size: u64,
    /// Its content; positions within the index are counted from here (RFC 9559 section 5.1.1.1.2).
    pub(super) segment: u64,
    /// The reserved space.
    pub(super) seek_head: u64,
    pub(super) info: u64,
    pub(super) duration: u64,
    pub(super) tracks: u64,
}

/// A cluster that one can jump to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cue {
    pub(super) at_ms: u64,
    pub(super) track: u8,
    /// From the file's start.
    pub(super) cluster: u64,
}

/// The Cues element (RFC 9559 section 5.1.5).
pub(super) fn cues(cues: &[Cue], places: &Places) -> Vec<u8> {
    let mut points = Vec::new();
    for cue in cues {
        let mut position = Vec::new();
        ebml::put_uint(&mut position, ebml::CUE_TRACK, cue.track.into());
        ebml::put_uint(&mut position, ebml::CUE_CLUSTER_POSITION, cue.cluster - places.segment);
        let mut point = Vec::new();
        ebml::put_uint(&mut point, ebml::CUE_TIME, cue.at_ms);
        ebml::put(&mut point, ebml::CUE_TRACK_POSITIONS, &position);
        ebml::put(&mut points, ebml::CUE_POINT, &point);
    }
    let mut out = Vec::new();
    ebml::put(&mut out, ebml::CUES, &points);
    out
}

/// Puts in what is only known at the end: where things are, how long it is, how large. `end` is the file's length; nothing
/// grows by this, so that it works on a full disk.
pub(super) fn put_in(
    storage: &mut impl Storage,
    places: &Places,
    cues_at: Option<u64>,
    duration_ms: u64,
    end: u64,
) -> Result<(), WebmError> {
    let mut seeks = Vec::new();
    let entries = [(ebml::INFO, Some(places.info)), (ebml::TRACKS, Some(places.tracks)), (ebml::CUES, cues_at)];
    for (id, at) in entries.into_iter().filter_map(|(id, at)| Some((id, at?))) {
        let mut id_bytes = Vec::new();
        ebml::put_id(&mut id_bytes, id);
        let mut seek = Vec::new();
        ebml::put(&mut seek, ebml::SEEK_ID, &id_bytes);
        ebml::put_uint(&mut seek, ebml::SEEK_POSITION, at - places.segment);
        ebml::put(&mut seeks, ebml::SEEK, &seek);
    }
    let mut head = Vec::new();
    ebml::put(&mut head, ebml::SEEK_HEAD, &seeks);
    let rest = SEEK_HEAD_SPACE - head.len();
    ebml::put_void(&mut head, rest);
    let mut duration = Vec::new();
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of a recording")]
    ebml::put_float(&mut duration, ebml::DURATION, duration_ms as f64);
    for (at, bytes) in [
        (places.seek_head, &head[..]),
        (places.duration, &duration[..]),
        (places.segment_size, &ebml::long_size(end - places.segment)[..]),
    ] {
        storage.seek(SeekFrom::Start(at))?;
        storage.write_all(bytes)?;
    }
    storage.seek(SeekFrom::Start(end))?;
    storage.flush()?;
    storage.sync()?;
    Ok(())
}
