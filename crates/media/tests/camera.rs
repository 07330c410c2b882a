//! The camera code and the library beneath it against a synthetic V4L2 driver (`v4l2/camera.c`), which is loaded before
//! the C library into a process of its own.

#![cfg(target_os = "linux")]

#[path = "support/driver.rs"]
mod driver;
#[path = "support/inside.rs"]
mod inside;
#[path = "support/pictures.rs"]
mod pictures;

use std::{
    fs,
    time::{Duration, Instant},
};

use driver::{gives, plug_in, shows, unplug};
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use inside::{done, folder, run, say, until_some};
use pictures::{SHORT, drain, until_error, until_time};
use visita_codec::{I420Frame, colour, pattern::TestPattern};
use visita_media::{
    DeviceError,
    camera::{self, VideoSource as _},
};
use visita_protocol::PixelSize;

const SIZE: PixelSize = PixelSize::new(640, 480);
const TIME: u64 = 1_234_567_890_123_456;

#[test]
fn pictures_come_from_a_driver_until_it_is_unplugged() {
    let folder = tempfile::tempdir().unwrap();
    match driver::build(folder.path(), &["video0", "video1", "video2"]) {
        Some(driver) => {
            run("inside_pictures_come", folder.path(), |inside| _ = inside.env("LD_PRELOAD", driver), || ())
        }
        None => say("SKIPPED: the synthetic camera: no C compiler"),
    }
}

/// As a camera sends it: brightness, then both colours of each four pixels.
fn nv12(frame: &I420Frame) -> Vec<u8> {
    let colours = frame.u().iter().zip(frame.v()).flat_map(|(u, v)| [*u, *v]);
    frame.y().iter().copied().chain(colours).collect()
}

fn mjpeg(frame: &I420Frame) -> Vec<u8> {
    let pixels: Vec<u8> = colour::i420_to_rgba(frame).chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
    let (mut out, size) = (Vec::new(), frame.size());
    JpegEncoder::new_with_quality(&mut out, 90)
        .encode(&pixels, size.width, size.height, ExtendedColorType::Rgb8)
        .unwrap();
    out
}

#[test]
#[ignore = "run by pictures_come_from_a_driver_until_it_is_unplugged"]
fn inside_pictures_come() {
    shows(SIZE, TIME);
    let cameras = camera::list();
    let ids: Vec<_> = cameras.iter().map(|c| (c.id.as_str(), c.is_default)).collect();
    assert_eq!(ids, [("video0", true), ("video1", false), ("video2", false)]);
    assert_eq!(camera::open(Some("video1"), SIZE, 30).err(), Some(DeviceError::Busy));
    assert_eq!(camera::open(Some("video2"), SIZE, 30).err(), Some(DeviceError::Denied));
    assert_eq!(camera::open(Some("video3"), SIZE, 30).err(), Some(DeviceError::Missing));

    // Closed and opened again.
    for _ in 0..2 {
        let mut camera = camera::open(None, SIZE, 30).unwrap();
        assert_eq!((camera.size(), camera.label()), (SIZE, cameras[0].label.as_str()));
        let frame = until_time(&mut *camera, TIME);
        assert_eq!(frame.size(), SIZE);
        assert!(frame.captured_at <= Instant::now());
    }

    // Other formats: one of 29.97 pictures a second among them.
    for (size, fps) in [(PixelSize::new(1280, 720), 10), (PixelSize::new(960, 540), 30), (SIZE, 30)] {
        shows(size, TIME);
        let mut camera = camera::open(Some("video0"), size, fps).unwrap();
        assert_eq!(until_time(&mut *camera, TIME).size(), size);
    }

    // Every format that cameras send, and what is none of it.
    let frame = TestPattern::new(SIZE).draw(TIME);
    for (format, picture) in [("NV12", nv12(&frame)), ("MJPG", mjpeg(&frame))] {
        gives(format, &picture);
        let mut camera = camera::open(Some("video0"), SIZE, 30).unwrap();
        assert_eq!(until_time(&mut *camera, TIME).size(), SIZE, "{format}");
        // What is no picture ends nothing: the next whole one comes.
        gives(format, &vec![0; picture.len()]);
        for _ in 0..5 {
            camera.next(SHORT).unwrap();
        }
        gives(format, &picture);
        until_time(&mut *camera, TIME);
    }
    gives("XXXX", &[]);
    assert!(matches!(camera::open(Some("video0"), SIZE, 30).err(), Some(DeviceError::Failed(_))));
    shows(SIZE, TIME);

    // Pulled out, the error is said once, and whoever goes on asking gets pictures when it is plugged in again.
    let mut camera = camera::open(Some("video0"), SIZE, 30).unwrap();
    let mut following = camera::Following::new(Some("video0".into()), SIZE, 30);
    until_time(&mut *camera, TIME);
    drop(camera);
    until_time(&mut following, TIME);
    assert_eq!(following.device().unwrap().id, "video0");
    unplug();
    let lost = until_error(&mut following);
    assert_eq!(lost, DeviceError::Lost);
    // The next one is held by another program: no reason to end.
    assert!(matches!(until_error(&mut following), DeviceError::Busy | DeviceError::Missing));
    assert_eq!(following.device(), None);
    plug_in();
    until_some(|| following.next(Duration::from_millis(200)).ok().flatten());
    assert_eq!(following.device().unwrap().id, "video0");
    assert!(!following.is_substitute());
    // Another size on the way.
    let size = PixelSize::new(1280, 720);
    shows(size, TIME);
    following.set_format(size, 10);
    until_some(|| following.next(Duration::from_secs(1)).unwrap().filter(|frame| frame.size() == size));
    drop(following);

    // One that hangs gives nothing, and hangs nobody.
    let mut camera = camera::open(Some("video0"), SIZE, 30).unwrap();
    fs::write(folder().join("hangs"), "").unwrap();
    drain(&mut *camera);
    fs::remove_file(folder().join("hangs")).unwrap();
    done();
}
