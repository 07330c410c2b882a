//! The camera code and the library beneath it against a synthetic V4L2 driver (`v4l2/camera.c`), which is loaded before
//! the C library into a process of its own.

#![cfg(target_os = "linux")]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use visita_codec::{I420Frame, pattern};
use visita_media::{
    DeviceError,
    camera::{self, VideoSource},
};
use visita_protocol::PixelSize;

const LONG: Duration = Duration::from_secs(20);
const SIZE: PixelSize = PixelSize::new(640, 480);
const TIME: u64 = 1_234_567_890_123_456;

#[test]
fn pictures_come_from_a_driver_until_it_is_unplugged() {
    let folder = tempfile::tempdir().unwrap();
    let driver = folder.path().join("camera.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/v4l2/camera.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&driver, &source]).arg("-ldl").status();
    match built {
        Ok(status) => assert!(status.success(), "the synthetic driver does not compile"),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "SKIPPED: the synthetic camera: no C compiler: {error}");
            return;
        }
    }
    fs::create_dir(folder.path().join("dev")).unwrap();
    for node in ["null", "video2", "video0", "video1"] {
        fs::write(folder.path().join("dev").join(node), "").unwrap();
    }
    fs::write(folder.path().join("picture"), yuyv(&pattern::TestPattern::new(SIZE).draw(TIME))).unwrap();

    let mut inside = Command::new(std::env::current_exe().unwrap())
        .args(["inside_pictures_come", "--exact", "--ignored", "--nocapture"])
        .env("LD_PRELOAD", &driver)
        .env("VISITA_TEST_FOLDER", folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + 3 * LONG;
    let status = loop {
        if let Some(status) = inside.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > deadline {
            inside.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{status}");
    assert!(folder.path().join("done").exists(), "the scenario did not run");
}

#[test]
#[ignore = "run by pictures_come_from_a_driver_until_it_is_unplugged"]
fn inside_pictures_come() {
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
        let frame = until_picture(&mut *camera).unwrap();
        assert_eq!(frame.size(), SIZE);
        assert_eq!(pattern::read_timecode(&frame), Some(TIME));
        assert!(frame.captured_at <= Instant::now());
    }
    let folder = PathBuf::from(std::env::var_os("VISITA_TEST_FOLDER").unwrap());

    // Other formats: one of 29.97 pictures a second among them.
    for (size, fps) in [(PixelSize::new(1280, 720), 10), (PixelSize::new(960, 540), 30), (SIZE, 30)] {
        fs::write(folder.join("picture"), yuyv(&pattern::TestPattern::new(size).draw(TIME))).unwrap();
        let mut camera = camera::open(Some("video0"), size, fps).unwrap();
        let frame = until_picture(&mut *camera).unwrap();
        assert_eq!((frame.size(), pattern::read_timecode(&frame)), (size, Some(TIME)));
    }

    // Pulled out, the error is said once, and whoever goes on asking gets pictures when it is plugged in again.
    let mut camera = camera::open(Some("video0"), SIZE, 30).unwrap();
    let mut following = camera::Following::new(Some("video0".into()), SIZE, 30);
    until_picture(&mut *camera).unwrap();
    drop(camera);
    until_picture(&mut following).unwrap();
    assert_eq!(following.device().unwrap().id, "video0");
    unplug(&folder);
    let lost = until_error(&mut following);
    assert_eq!(lost, DeviceError::Lost);
    // The next one is held by another program: no reason to end.
    assert!(matches!(until_error(&mut following), DeviceError::Busy | DeviceError::Missing));
    assert_eq!(following.device(), None);
    fs::write(folder.join("dev/video0"), "").unwrap();
    fs::remove_file(folder.join("unplugged")).unwrap();
    let deadline = Instant::now() + LONG;
    while !matches!(following.next(Duration::from_millis(200)), Ok(Some(_))) {
        assert!(Instant::now() < deadline, "the camera did not come back");
    }
    assert_eq!(following.device().unwrap().id, "video0");
    assert!(!following.is_substitute());
    // Another size on the way.
    let size = PixelSize::new(1280, 720);
    fs::write(folder.join("picture"), yuyv(&pattern::TestPattern::new(size).draw(TIME))).unwrap();
    following.set_format(size, 10);
    assert_eq!(until_picture(&mut following).unwrap().size(), size);
    drop(following);

    // One that hangs gives nothing, and hangs nobody.
    let mut camera = camera::open(Some("video0"), SIZE, 30).unwrap();
    fs::write(folder.join("hangs"), "").unwrap();
    while camera.next(Duration::from_millis(300)).unwrap().is_some() {}
    fs::remove_file(folder.join("hangs")).unwrap();
    fs::write(folder.join("done"), "").unwrap();
}

fn unplug(folder: &Path) {
    fs::write(folder.join("unplugged"), "").unwrap();
    fs::remove_file(folder.join("dev/video0")).unwrap();
}

fn until_error(camera: &mut dyn VideoSource) -> DeviceError {
    let deadline = Instant::now() + LONG;
    loop {
        if let Err(error) = camera.next(Duration::from_millis(200)) {
            return error;
        }
        assert!(Instant::now() < deadline, "no error");
    }
}

fn until_picture(camera: &mut dyn VideoSource) -> Result<I420Frame, DeviceError> {
    let deadline = Instant::now() + LONG;
    loop {
        if let Some(frame) = camera.next(Duration::from_secs(1))? {
            return Ok(frame);
        }
        assert!(Instant::now() < deadline, "no picture");
    }
}

/// As a camera sends it: two pixels of brightness share their colour, which here is that of every second row.
fn yuyv(frame: &I420Frame) -> Vec<u8> {
    let width = frame.size().width as usize;
    let row = |y: usize| {
        let colour = y / 2 * width / 2..(y / 2 + 1) * width / 2;
        let chroma = frame.u()[colour.clone()].iter().zip(&frame.v()[colour]);
        let luma = frame.y()[y * width..(y + 1) * width].chunks_exact(2);
        luma.zip(chroma).flat_map(|(y, (u, v))| [y[0], *u, y[1], *v]).collect::<Vec<_>>()
    };
    (0..frame.size().height as usize).flat_map(row).collect()
}
