use std::io::{self, BufReader, Read, Seek, SeekFrom};

use bytes::Bytes;

use super::{
    Codec, Content, Track, WebmError, ebml,
    index::{DURATION_SPACE, Places, SEEK_HEAD_SPACE},
};

/// Largest head that is read, and largest block: more is no recording.
const MOST: u64 = 16 << 20;

/// Reads what [`super::Writer`] wrote, also where it was cut.
pub struct Reader<R: Read + Seek> {
    input: BufReader<R>,
    length: u64,
    tracks: Vec<Track>,
    places: Places,
    /// As the file says; none where it was never finished.
    duration_ms: Option<u64>,
    /// Where the next element is.
    at: u64,
    /// The cluster that is being read.
    cluster: Option<OpenCluster>,
}

#[derive(Clone, Copy)]
struct OpenCluster {
    start: u64,
    size_at: u64,
    at_ms: u64,
}

/// A block as it lies in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its track, from 1.
    pub track: u8,
    /// Its time in milliseconds.
    pub at_ms: u64,
    /// Decodable by itself.
    pub key: bool,
    /// What is in it.
    pub data: Bytes,
}

/// Where a block lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) cluster: u64,
    pub(super) cluster_size_at: u64,
    pub(super) track: u8,
    pub(super) at_ms: u64,
    pub(super) key: bool,
    pub(super) data: u64,
    pub(super) end: u64,
}

impl<R: Read + Seek> Reader<R> {
    /// Reads a file's head.
    ///
    /// # Errors
    /// [`WebmError::NotOurs`] when it is none of ours or cut within its head.
    pub fn open(input: R) -> Result<Self, WebmError> {
        let mut input = BufReader::new(input);
        let length = input.seek(SeekFrom::End(0))?;
        let mut reader = Self {
            input,
            length,
            tracks: Vec::new(),
            places: Places::default(),
            duration_ms: None,
            at: 0,
            cluster: None,
        };
        reader.read_head()?;
        Ok(reader)
    }

    /// The file's tracks; the first has number 1.
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// The file's length in milliseconds; none when it was never finished.
    pub fn duration_ms(&self) -> Option<u64> {
        self.duration_ms
    }

    /// The next whole block; none at the end, or where the file is cut.
    ///
    /// # Errors
    /// As the system says.
    pub fn next_block(&mut self) -> Result<Option<Block>, WebmError> {
        let Some(found) = self.next_found()? else { return Ok(None) };
        self.go(found.data)?;
        let mut data = vec![0; usize::try_from(found.end - found.data).unwrap_or(0)];
        self.input.read_exact(&mut data)?;
        self.at = found.end;
        Ok(Some(Block { track: found.track, at_ms: found.at_ms, key: found.key, data: data.into() }))
    }

    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn into_inner(self) -> R {
        self.input.into_inner()
    }

    /// The next whole block, without its content.
    pub(super) fn next_found(&mut self) -> Result<Option<Found>, WebmError> {
        loop {
            let Some((id, size, data)) = self.element(self.at)? else { return Ok(None) };
            match (id, size, self.cluster) {
                (ebml::CLUSTER, ..) => {
                    let Some((ebml::TIMESTAMP, Some(length @ 0..=8), timestamp)) = self.element(data)? else {
                        return Ok(None);
                    };
                    let Some(value) = self.bytes(timestamp, length)? else { return Ok(None) };
                    let cluster = OpenCluster {
                        start: self.at,
                        size_at: data - ebml::LONG_SIZE as u64,
                        at_ms: ebml::uint(&value),
                    };
                    self.cluster = Some(cluster);
                    self.at = timestamp + length;
                }
                (ebml::SIMPLE_BLOCK, Some(size @ 4..MOST), Some(cluster)) => {
                    let end = data + size;
                    if end > self.length {
                        return Ok(None);
                    }
                    let Some(head) = self.bytes(data, 4)? else { return Ok(None) };
                    let track = head[0] & 0x7f;
                    let known = (1..=self.tracks.len()).contains(&usize::from(track));
                    if head[0] & 0x80 == 0 || !known {
                        return Ok(None);
                    }
                    let offset = i16::from_be_bytes([head[1], head[2]]);
                    self.at = end;
                    return Ok(Some(Found {
                        cluster: cluster.start,
                        cluster_size_at: cluster.size_at,
                        track,
                        at_ms: cluster.at_ms.saturating_add_signed(offset.into()),
                        key: head[3] & 0x80 != 0,
                        data: data + 4,
                        end,
                    }));
                }
                (ebml::CUES | ebml::VOID, Some(size), _) if data + size <= self.length => self.at = data + size,
                _ => return Ok(None),
            }
        }
    }

    fn read_head(&mut self) -> Result<(), WebmError> {
        let not_ours = WebmError::NotOurs;
        let Some((ebml::EBML, Some(size), data)) = self.element(0)? else { return Err(not_ours("no EBML file")) };
        self.at = data + size;
        let Some((ebml::SEGMENT, _, segment)) = self.element(self.at)? else { return Err(not_ours("no segment")) };
        self.places.segment = segment;
        self.places.segment_size = segment - ebml::LONG_SIZE as u64;
        self.places.seek_head = segment;
        let Some((ebml::VOID | ebml::SEEK_HEAD, Some(_), _)) = self.element(segment)? else {
            return Err(not_ours("no room for an index"));
        };
        self.places.info = segment + SEEK_HEAD_SPACE as u64;
        let Some((ebml::INFO, Some(size), data)) = self.element(self.places.info)? else {
            return Err(not_ours("no info"));
        };
        let info = self.bytes(data, size)?.ok_or(not_ours("cut in its info"))?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds; floats saturate")]
        let duration = ebml::child(&info, ebml::DURATION).and_then(ebml::float).map(|ms| ms as u64);
        self.duration_ms = duration;
        self.places.tracks = data + size;
        self.places.duration = self.places.tracks - DURATION_SPACE as u64;
        let Some((ebml::TRACKS, Some(size), data)) = self.element(self.places.tracks)? else {
            return Err(not_ours("no tracks"));
        };
        let tracks = self.bytes(data, size)?.ok_or(not_ours("cut in its tracks"))?;
        let entries = ebml::children(&tracks).filter(|(id, _)| *id == ebml::TRACK_ENTRY);
        self.tracks =
            entries.map(|(_, entry)| track(entry)).collect::<Option<_>>().ok_or(not_ours("a strange track"))?;
        self.at = data + size;
        Ok(())
    }

    /// Id, size and place of the content of the element at a place; none where none is whole.
    fn element(&mut self, at: u64) -> io::Result<Option<(u32, Option<u64>, u64)>> {
        let head = self.bytes(at, self.length.saturating_sub(at).min(12))?.unwrap_or_default();
        let Some((id, id_length)) = ebml::id(&head) else { return Ok(None) };
        let Some((size, size_length)) = ebml::size(&head[id_length..]) else { return Ok(None) };
        Ok(Some((id, size, at + (id_length + size_length) as u64)))
    }

    /// Bytes at a place; none where the file is shorter.
    fn bytes(&mut self, at: u64, length: u64) -> io::Result<Option<Vec<u8>>> {
        if length > MOST || at.checked_add(length).is_none_or(|end| end > self.length) {
            return Ok(None);
        }
        self.go(at)?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        self.input.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Goes to a place without throwing away what is read ahead.
    fn go(&mut self, to: u64) -> io::Result<()> {
        let here = self.input.stream_position()?;
        let by = i64::try_from(to).unwrap_or(i64::MAX) - i64::try_from(here).unwrap_or(0);
        self.input.seek_relative(by)
    }
}

fn track(entry: &[u8]) -> Option<Track> {
    let number = |data, id| ebml::child(data, id).map(ebml::uint);
    let codec = Codec::by_id(std::str::from_utf8(ebml::child(entry, ebml::CODEC_ID)?).ok()?)?;
    let side = |data, id| number(data, id).and_then(|side| u16::try_from(side).ok());
    let content = match (ebml::child(entry, ebml::VIDEO), ebml::child(entry, ebml::AUDIO)) {
        (Some(video), _) => {
            Content::Video { width: side(video, ebml::PIXEL_WIDTH)?, height: side(video, ebml::PIXEL_HEIGHT)? }
        }
        (None, Some(audio)) => Content::Audio { channels: u8::try_from(number(audio, ebml::CHANNELS)?).ok()? },
        (None, None) => return None,
    };
    Some(Track {
        codec,
        content,
        block_ns: number(entry, ebml::DEFAULT_DURATION).unwrap_or(0),
        private: ebml::child(entry, ebml::CODEC_PRIVATE).unwrap_or_default().to_vec(),
        delay_ns: number(entry, ebml::CODEC_DELAY).unwrap_or(0),
    })
}
