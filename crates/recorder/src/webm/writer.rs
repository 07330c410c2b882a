use std::io::{self, SeekFrom};

use super::{
    Content, Storage, Track, WebmError, ebml,
    index::{self, Cue, DURATION_SPACE, Places, SEEK_HEAD_SPACE},
};

/// A cluster lasts this long at most: what is in a finished one is on the disk.
const CLUSTER_MS: u64 = 1_000;

/// Seconds from 1970 to 2001, where Matroska's dates begin (RFC 8794 section 7.6).
const MATROSKA_EPOCH_S: i128 = 978_307_200;

/// What an Opus decoder needs before a place to be right there: 80 ms (RFC 7845 section 4.6).
const OPUS_PRE_ROLL_NS: u64 = 80_000_000;

/// Writes a file, block by block.
pub struct Writer<S: Storage> {
    storage: S,
    tracks: Vec<Track>,
    places: Places,
    cluster: Option<Cluster>,
    cues: Vec<Cue>,
    /// The end of the last whole block.
    end: u64,
    duration_ms: u64,
}

struct Cluster {
    start: u64,
    size_at: u64,
    at_ms: u64,
    duration_before_ms: u64,
}

/// What a finished file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Its length in milliseconds.
    pub duration_ms: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

impl<S: Storage> Writer<S> {
    /// Begins a file with these tracks, whose numbers are 1 and on. `unix_ms` is the time of its beginning.
    ///
    /// # Errors
    /// As the system says.
    pub fn new(mut storage: S, tracks: Vec<Track>, unix_ms: u64) -> Result<Self, WebmError> {
        let (head, places) = head(&tracks, unix_ms);
        storage.write_all(&head)?;
        storage.flush()?;
        storage.sync()?;
        let end = head.len() as u64;
        Ok(Self { storage, tracks, places, cluster: None, cues: Vec::new(), end, duration_ms: 0 })
    }

    /// Adds a block to track `track` (from 1). Blocks come in the order of their times. When this returns, the block is the
    /// system's to keep.
    ///
    /// # Errors
    /// As the system says; what was written before stays good.
    pub fn write(&mut self, track: u8, at_ms: u64, key: bool, data: &[u8]) -> Result<(), WebmError> {
        let Some(described) = self.tracks.get(usize::from(track).saturating_sub(1)) else {
            return Err(WebmError::NotOurs("there is no such track"));
        };
        let (video, block_ms) = (described.is_video(), described.block_ns.div_ceil(1_000_000));
        let only_sound = !self.tracks.iter().any(Track::is_video);
        // Players jump to clusters, so every picture that can be jumped to begins one.
        let over = self.cluster.as_ref().is_none_or(|cluster| {
            at_ms < cluster.at_ms || at_ms - cluster.at_ms >= CLUSTER_MS || (video && key && at_ms > cluster.at_ms)
        });
        let mut out = Vec::with_capacity(data.len() + 32);
        if over {
            self.close_cluster()?;
            let start = self.end;
            ebml::put_id(&mut out, ebml::CLUSTER);
            let size_at = start + out.len() as u64;
            out.extend(ebml::UNKNOWN_SIZE);
            ebml::put_uint(&mut out, ebml::TIMESTAMP, at_ms);
            self.cluster = Some(Cluster { start, size_at, at_ms, duration_before_ms: self.duration_ms });
        }
        let Some((start, cluster_ms)) = self.cluster.as_ref().map(|cluster| (cluster.start, cluster.at_ms)) else {
            return Ok(());
        };
        // Less than CLUSTER_MS.
        let offset = i16::try_from(at_ms - cluster_ms).unwrap_or(i16::MAX);
        ebml::put_id(&mut out, ebml::SIMPLE_BLOCK);
        ebml::put_size(&mut out, data.len() as u64 + 4);
        ebml::put_size(&mut out, track.into());
        out.extend(offset.to_be_bytes());
        out.push(if key { 0x80 } else { 0 });
        out.extend(data);
        if let Err(error) = self.storage.write_all(&out) {
            self.cut()?;
            return Err(error.into());
        }
        self.end += out.len() as u64;
        self.duration_ms = self.duration_ms.max(at_ms + block_ms);
        let jump = key && (video || only_sound) && self.cues.last().is_none_or(|cue| cue.cluster != start);
        if jump {
            self.cues.push(Cue { at_ms, track, cluster: start });
        }
        Ok(())
    }

    /// Size of the file in bytes.
    pub fn bytes(&self) -> u64 {
        self.end
    }

    /// Length of what is in the file, in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.duration_ms
    }

    /// Ends the file: sizes, index, duration. On a full disk the last cluster makes room for the index.
    ///
    /// # Errors
    /// As the system says; the file then plays as after a crash.
    pub fn finish(mut self) -> Result<Finished, WebmError> {
        self.finish_in_place()
    }

    fn finish_in_place(&mut self) -> Result<Finished, WebmError> {
        let last = self.cluster.as_ref().map(|cluster| (cluster.start, cluster.duration_before_ms));
        self.close_cluster()?;
        let mut cues_at = self.append_cues()?;
        if let (None, Some((start, duration_ms))) = (cues_at, last)
            && self.cues.len() > 1
        {
            self.end = start;
            self.duration_ms = duration_ms;
            self.cues.retain(|cue| cue.cluster < start);
            self.cut()?;
            cues_at = self.append_cues()?;
        }
        index::put_in(&mut self.storage, &self.places, cues_at, self.duration_ms, self.end)?;
        Ok(Finished { duration_ms: self.duration_ms, bytes: self.end })
    }

    /// Writes the index behind everything else; none where there is no room.
    fn append_cues(&mut self) -> Result<Option<u64>, WebmError> {
        let cues = index::cues(&self.cues, &self.places);
        self.storage.seek(SeekFrom::Start(self.end))?;
        match self.storage.write_all(&cues).and_then(|()| self.storage.flush()) {
            Ok(()) => {
                let at = self.end;
                self.end += cues.len() as u64;
                Ok(Some(at))
            }
            Err(error) if super::is_disk_full(&error) => {
                self.cut()?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Puts in the size of the cluster that is over.
    fn close_cluster(&mut self) -> Result<(), WebmError> {
        let Some(cluster) = self.cluster.take() else { return Ok(()) };
        let size = self.end - cluster.size_at - ebml::LONG_SIZE as u64;
        self.storage.seek(SeekFrom::Start(cluster.size_at))?;
        self.storage.write_all(&ebml::long_size(size))?;
        self.storage.seek(SeekFrom::Start(self.end))?;
        self.storage.flush()?;
        self.storage.sync()?;
        Ok(())
    }

    /// Takes away what was written by half.
    fn cut(&mut self) -> io::Result<()> {
        self.storage.set_len(self.end)?;
        self.storage.seek(SeekFrom::Start(self.end))?;
        // A cluster without blocks is of no use to anybody.
        if self.cluster.as_ref().is_some_and(|cluster| cluster.start == self.end) {
            self.cluster = None;
        }
        Ok(())
    }
}

fn head(tracks: &[Track], unix_ms: u64) -> (Vec<u8>, Places) {
    let mut places = Places::default();
    let mut out = Vec::new();
    let webm = !tracks.iter().any(|track| track.codec == super::Codec::H264);
    let mut ebml_head = Vec::new();
    for (id, value) in [(0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8)] {
        ebml::put_uint(&mut ebml_head, id, value);
    }
    ebml::put(&mut ebml_head, ebml::DOC_TYPE, if webm { b"webm" } else { b"matroska" });
    // SimpleBlock came with version 2, CodecDelay with version 4; both can be passed over.
    ebml::put_uint(&mut ebml_head, 0x4287, 4);
    ebml::put_uint(&mut ebml_head, 0x4285, 2);
    ebml::put(&mut out, ebml::EBML, &ebml_head);
    ebml::put_id(&mut out, ebml::SEGMENT);
    places.segment_size = out.len() as u64;
    out.extend(ebml::UNKNOWN_SIZE);
    places.segment = out.len() as u64;
    places.seek_head = places.segment;
    ebml::put_void(&mut out, SEEK_HEAD_SPACE);

    let mut info = Vec::new();
    ebml::put_uint(&mut info, ebml::TIMESTAMP_SCALE, 1_000_000);
    let since = (i128::from(unix_ms) - MATROSKA_EPOCH_S * 1_000) * 1_000_000;
    ebml::put(&mut info, ebml::DATE_UTC, &i64::try_from(since).unwrap_or(0).to_be_bytes());
    ebml::put(&mut info, ebml::MUXING_APP, b"visita-recorder");
    ebml::put(&mut info, ebml::WRITING_APP, concat!("visita-recorder ", env!("CARGO_PKG_VERSION")).as_bytes());
    ebml::put_void(&mut info, DURATION_SPACE);
    places.info = out.len() as u64;
    ebml::put(&mut out, ebml::INFO, &info);
    // The last thing in it.
    places.duration = (out.len() - DURATION_SPACE) as u64;

    let entries: Vec<u8> = tracks.iter().zip(1..).flat_map(|(track, number)| entry(track, number)).collect();
    places.tracks = out.len() as u64;
    ebml::put(&mut out, ebml::TRACKS, &entries);
    (out, places)
}

/// A TrackEntry (RFC 9559 section 5.1.4.1).
fn entry(track: &Track, number: u64) -> Vec<u8> {
    let mut entry = Vec::new();
    ebml::put_uint(&mut entry, ebml::TRACK_NUMBER, number);
    ebml::put_uint(&mut entry, ebml::TRACK_UID, number);
    ebml::put_uint(&mut entry, ebml::TRACK_TYPE, if track.is_video() { 1 } else { 2 });
    ebml::put_uint(&mut entry, ebml::FLAG_LACING, 0);
    ebml::put(&mut entry, ebml::LANGUAGE, b"und");
    ebml::put(&mut entry, ebml::CODEC_ID, track.codec.id().as_bytes());
    if !track.private.is_empty() {
        ebml::put(&mut entry, ebml::CODEC_PRIVATE, &track.private);
    }
    ebml::put_uint(&mut entry, ebml::DEFAULT_DURATION, track.block_ns);
    let mut settings = Vec::new();
    match track.content {
        Content::Video { width, height } => {
            ebml::put_uint(&mut settings, ebml::PIXEL_WIDTH, width.into());
            ebml::put_uint(&mut settings, ebml::PIXEL_HEIGHT, height.into());
            ebml::put(&mut entry, ebml::VIDEO, &settings);
        }
        Content::Audio { channels } => {
            ebml::put_float(&mut settings, ebml::SAMPLING_FREQUENCY, 48_000.0);
            ebml::put_uint(&mut settings, ebml::CHANNELS, channels.into());
            ebml::put_uint(&mut entry, ebml::CODEC_DELAY, track.delay_ns);
            ebml::put_uint(&mut entry, ebml::SEEK_PRE_ROLL, OPUS_PRE_ROLL_NS);
            ebml::put(&mut entry, ebml::AUDIO, &settings);
        }
    }
    let mut out = Vec::new();
    ebml::put(&mut out, ebml::TRACK_ENTRY, &entry);
    out
}
