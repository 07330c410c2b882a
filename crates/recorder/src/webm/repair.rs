use std::{
    fs::OpenOptions,
    io::{Read, SeekFrom},
    path::Path,
};

use super::{
    Finished, Reader, Storage, WebmError, ebml,
    index::{self, Cue},
};

/// What became of a file that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The file as it is now.
    pub file: Finished,
    /// Whether anything had to be done.
    pub changed: bool,
    /// Bytes that were cut off its end: a block by half.
    pub cut: u64,
}

/// Mends a file whose writer died: cuts what is there by half and puts in sizes, index and duration. A file that is whole
/// is left alone.
///
/// # Errors
/// [`WebmError::NotOurs`] for another kind of file, or one cut before its first block.
pub fn repair(path: &Path) -> Result<Repaired, WebmError> {
    repair_in(OpenOptions::new().read(true).write(true).open(path)?)
}

/// [`repair`] of what lies elsewhere than in a file.
pub(super) fn repair_in<S: Storage + Read>(storage: S) -> Result<Repaired, WebmError> {
    let mut reader = Reader::open(storage)?;
    let block_ms: Vec<u64> = reader.tracks().iter().map(|track| track.block_ns.div_ceil(1_000_000)).collect();
    let video: Vec<bool> = reader.tracks().iter().map(|track| track.is_video()).collect();
    let only_sound = !video.contains(&true);
    let (mut cues, mut sizes) = (Vec::<Cue>::new(), Vec::new());
    let (mut duration_ms, mut end) = (0, None);
    let mut cluster: Option<(u64, u64, u64)> = None;
    while let Some(found) = reader.next_found()? {
        let track = usize::from(found.track) - 1;
        duration_ms = duration_ms.max(found.at_ms + block_ms[track]);
        if cluster.is_none_or(|(start, ..)| start != found.cluster) {
            sizes.extend(cluster);
        }
        cluster = Some((found.cluster, found.cluster_size_at, found.end));
        let jump = found.key && (video[track] || only_sound);
        if jump && cues.last().is_none_or(|cue| cue.cluster != found.cluster) {
            cues.push(Cue { at_ms: found.at_ms, track: found.track, cluster: found.cluster });
        }
        end = Some(found.end);
    }
    sizes.extend(cluster);
    let Some(end) = end else { return Err(WebmError::NotOurs("nothing was recorded")) };
    let (places, length, told) = (*reader.places(), reader.length(), reader.duration_ms());
    let index = index::cues(&cues, &places);
    let mut storage = reader.into_inner();
    let whole = end + index.len() as u64;
    if told == Some(duration_ms)
        && length == whole
        && is_closed(&mut storage, places.segment_size, length - places.segment)?
    {
        return Ok(Repaired { file: Finished { duration_ms, bytes: length }, changed: false, cut: 0 });
    }
    for (_, size_at, end) in sizes {
        storage.seek(SeekFrom::Start(size_at))?;
        storage.write_all(&ebml::long_size(end - size_at - ebml::LONG_SIZE as u64))?;
    }
    storage.set_len(end)?;
    storage.seek(SeekFrom::Start(end))?;
    storage.write_all(&index)?;
    index::put_in(&mut storage, &places, Some(end), duration_ms, whole)?;
    Ok(Repaired { file: Finished { duration_ms, bytes: whole }, changed: true, cut: length.saturating_sub(end) })
}

/// Whether the size at a place is this one.
fn is_closed<S: Storage + Read>(storage: &mut S, at: u64, size: u64) -> Result<bool, WebmError> {
    let mut there = [0; ebml::LONG_SIZE];
    storage.seek(SeekFrom::Start(at))?;
    storage.read_exact(&mut there)?;
    Ok(there == ebml::long_size(size))
}
