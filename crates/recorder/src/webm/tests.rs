use std::{
    io::{Cursor, Read, Seek, SeekFrom, Write},
    process::Command,
};

use proptest::prelude::*;
use visita_codec::{
    opus,
    pattern::TestPattern,
    tone::Tone,
    vp8::{Content as Shows, Encoder, EncoderConfig},
};
use visita_protocol::{Bitrate, PixelSize};

use super::{repair::repair_in, *};

/// A disk in memory, with so much room.
#[derive(Clone, Debug, PartialEq)]
struct Disk {
    data: Cursor<Vec<u8>>,
    room: u64,
}

impl Disk {
    fn new(room: u64) -> Self {
        Self { data: Cursor::default(), room }
    }

    fn holding(data: Vec<u8>) -> Self {
        Self { data: Cursor::new(data), room: u64::MAX }
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.room.saturating_sub(self.data.position()).min(bytes.len() as u64) as usize;
        if room == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.data.write(&bytes[..room])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Disk {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.data.read(into)
    }
}

impl Seek for Disk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.data.seek(to)
    }
}

impl Storage for Disk {
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        self.data.get_mut().truncate(len as usize);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// [`Storage`] that somebody else looks at afterwards.
impl<S: Storage> Storage for &mut S {
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        (**self).set_len(len)
    }

    fn sync(&mut self) -> io::Result<()> {
        (**self).sync()
    }
}

fn tracks() -> Vec<Track> {
    vec![Track::vp8(160, 90, 30), Track::opus(1)]
}

fn blocks(disk: &Disk) -> Vec<Block> {
    let Ok(mut reader) = Reader::open(disk.clone()) else { return Vec::new() };
    std::iter::from_fn(|| reader.next_block().unwrap()).collect()
}

/// Blocks in the order of their times.
fn some_blocks() -> impl Strategy<Value = Vec<Block>> {
    let one = (1u8..=2, 0u64..900, any::<bool>(), proptest::collection::vec(any::<u8>(), 0..300));
    proptest::collection::vec(one, 1..60).prop_map(|all| {
        let mut at_ms = 0;
        let blocks = all.into_iter().map(|(track, later, key, data)| {
            at_ms += later;
            Block { track, at_ms, key: key || track == 2, data: data.into() }
        });
        blocks.collect()
    })
}

fn write(disk: &mut Disk, all: &[Block]) -> Result<Finished, WebmError> {
    let mut writer = Writer::new(disk, tracks(), 1_795_262_400_000)?;
    for block in all {
        writer.write(block.track, block.at_ms, block.key, &block.data)?;
    }
    writer.finish()
}

proptest! {
    #[test]
    fn what_was_written_is_read(all in some_blocks()) {
        let mut disk = Disk::new(u64::MAX);
        let file = write(&mut disk, &all).unwrap();
        prop_assert_eq!(&blocks(&disk), &all);
        prop_assert_eq!(file.bytes, disk.data.get_ref().len() as u64);
        let reader = Reader::open(disk.clone()).unwrap();
        prop_assert_eq!(reader.tracks(), tracks());
        prop_assert_eq!(reader.duration_ms(), Some(file.duration_ms));
        // There is nothing to repair about it.
        let repaired = repair_in(&mut disk).unwrap();
        prop_assert_eq!(repaired, Repaired { file, changed: false, cut: 0 });
    }

    #[test]
    fn any_cut_is_repaired_to_the_blocks_before_it(all in some_blocks(), cut in 0.0f64..1.0, finished: bool, zeros in prop_oneof![Just(0usize), 1..64usize]) {
        let mut disk = Disk::new(u64::MAX);
        if finished {
            write(&mut disk, &all).unwrap();
        } else {
            let mut writer = Writer::new(&mut disk, tracks(), 0).unwrap();
            for block in &all {
                writer.write(block.track, block.at_ms, block.key, &block.data).unwrap();
            }
        }
        let mut bytes = disk.data.into_inner();
        bytes.truncate((bytes.len() as f64 * cut) as usize);
        // As a file system may leave them behind after the power failed: they may end the last block.
        bytes.resize(bytes.len() + zeros, 0);
        let whole = blocks(&Disk::holding(bytes.clone()));
        let sure = if zeros > 0 { whole.len().saturating_sub(1) } else { whole.len() };
        prop_assert_eq!(&whole[..sure], &all[..sure]);
        let mut disk = Disk::holding(bytes);
        match repair_in(&mut disk) {
            Ok(repaired) => {
                prop_assert_eq!(blocks(&disk), whole);
                prop_assert_eq!(repaired.file.bytes, disk.data.get_ref().len() as u64);
                prop_assert_eq!(Reader::open(disk.clone()).unwrap().duration_ms(), Some(repaired.file.duration_ms));
                let again = repair_in(&mut disk).unwrap();
                prop_assert_eq!(again, Repaired { changed: false, cut: 0, ..repaired });
            }
            Err(WebmError::NotOurs(_)) => prop_assert!(whole.is_empty()),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    #[test]
    fn a_full_disk_leaves_a_whole_file(all in some_blocks(), room in 400u64..12_000) {
        let mut disk = Disk::new(room);
        let mut writer = Writer::new(&mut disk, tracks(), 0).unwrap();
        let mut written = 0;
        let full = all.iter().any(|block| match writer.write(block.track, block.at_ms, block.key, &block.data) {
            Ok(()) => { written += 1; false }
            Err(error) => { assert!(error.is_disk_full()); true }
        });
        let file = writer.finish().unwrap();
        let kept = blocks(&disk);
        prop_assert_eq!(&kept[..], &all[..kept.len()]);
        prop_assert!(full || written == all.len());
        // What makes room for the index is one cluster at most.
        let lost_ms = all[..written].last().map_or(0, |last| last.at_ms) - kept.last().map_or(0, |last| last.at_ms);
        prop_assert!(written == kept.len() || lost_ms <= 2000, "{lost_ms} ms are lost");
        prop_assert_eq!(file.bytes, disk.data.get_ref().len() as u64);
        prop_assert_eq!(Reader::open(disk).unwrap().duration_ms(), Some(file.duration_ms));
    }

    #[test]
    fn nonsense_is_refused(data in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(matches!(Reader::open(Disk::holding(data)), Err(WebmError::NotOurs(_))));
    }

    #[test]
    fn damage_ends_the_reading(all in some_blocks(), at in 0.0f64..1.0, with: u8) {
        let mut disk = Disk::new(u64::MAX);
        write(&mut disk, &all).unwrap();
        let bytes = disk.data.get_mut();
        let at = (bytes.len() as f64 * at) as usize;
        bytes[at] = with;
        // Whatever it says, it says it without a panic and ends.
        let read = blocks(&disk);
        prop_assert!(read.len() <= bytes_most(&disk));
        let _ = repair_in(disk);
    }
}

/// No block is smaller than its head.
fn bytes_most(disk: &Disk) -> usize {
    disk.data.get_ref().len() / 6
}

/// Three seconds of the test pattern and a tone.
fn film(disk: &mut Disk) -> Vec<Block> {
    let size = PixelSize::new(160, 90);
    let config = EncoderConfig { size, bitrate: Bitrate::from_kbps(300), fps: 30, content: Shows::Screen, threads: 1 };
    let (mut encoder, mut pattern) = (Encoder::new(config).unwrap(), TestPattern::new(size));
    let (mut voice, mut tone) = (opus::Encoder::new(Default::default()).unwrap(), Tone::new(440.0, -20.0));
    let mut all = Vec::new();
    for number in 0..90u64 {
        let at_ms = number * 1000 / 30;
        let frame = pattern.draw(1_800_000_000_000_000 + at_ms * 1000);
        let encoded =
            encoder.encode(&frame, std::time::Duration::from_millis(at_ms), number % 60 == 0).unwrap().unwrap();
        all.push(Block { track: 1, at_ms, key: encoded.key, data: encoded.data });
    }
    for number in 0..150u64 {
        let mut sound = [0.0; opus::FRAME];
        tone.fill(&mut sound);
        all.push(Block { track: 2, at_ms: number * 20, key: true, data: voice.encode(&sound).unwrap() });
    }
    all.sort_by_key(|block| block.at_ms);
    write(disk, &all).unwrap();
    all
}

/// What ffprobe counts: frames of picture and sound.
fn probe(disk: &Disk) -> Option<(usize, usize, String)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.webm");
    std::fs::write(&path, disk.data.get_ref()).unwrap();
    let run = |program: &str, args: &[&str]| Command::new(program).args(args).arg(&path).output().ok();
    let entries = [
        "-v",
        "error",
        "-count_frames",
        "-show_entries",
        "stream=nb_read_frames:format=duration",
        "-of",
        "default=nw=1:nk=1",
    ];
    let out = run("ffprobe", &entries)?;
    assert!(out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    let mut lines = text.lines();
    let mut count = || lines.next().unwrap().parse().unwrap();
    Some((count(), count(), lines.next().unwrap().to_owned()))
}

#[test]
fn ffmpeg_reads_it_whole_cut_and_repaired() {
    let mut disk = Disk::new(u64::MAX);
    film(&mut disk);
    let Some(whole) = probe(&disk) else {
        eprintln!("SKIPPED ffmpeg_reads_it_whole_cut_and_repaired: no ffprobe on the path");
        return;
    };
    assert_eq!((whole.0, whole.1), (90, 150));
    assert!(whole.2.starts_with("3.0"), "{whole:?}");
    let length = disk.data.get_ref().len();
    disk.data.get_mut().truncate(length * 2 / 3);
    let repaired = repair_in(&mut disk).unwrap();
    assert!(repaired.changed);
    let (pictures, sounds, duration) = probe(&disk).unwrap();
    assert!((45..75).contains(&pictures) && (80..120).contains(&sounds), "{pictures} {sounds}");
    let seconds: f64 = duration.parse().unwrap();
    assert!((seconds * 1000.0 - repaired.file.duration_ms as f64).abs() < 1.5, "{duration}");
}
