//! The synthetic V4L2 camera (`v4l2/camera.c`), which is loaded before the C library. Its nodes and its picture are files
//! of the scenario's folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use visita_codec::{I420Frame, pattern::TestPattern};
use visita_protocol::PixelSize;

use super::inside::folder;

/// Builds it into a folder with these nodes; none without a C compiler.
pub(crate) fn build(folder: &Path, nodes: &[&str]) -> Option<PathBuf> {
    let driver = folder.join("camera.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../media/tests/v4l2/camera.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&driver, &source]).arg("-ldl").status();
    assert!(built.ok()?.success(), "the synthetic driver does not compile");
    fs::create_dir(folder.join("dev")).unwrap();
    for node in ["null"].iter().chain(nodes) {
        fs::write(folder.join("dev").join(node), "").unwrap();
    }
    Some(driver)
}

/// What it sees from now on: the test pattern with a time.
pub(crate) fn shows(size: PixelSize, time: u64) {
    gives("YUYV", &yuyv(&TestPattern::new(size).draw(time)));
}

/// What it gives from now on: a picture as the driver sends it, in a format named as in V4L2.
pub(crate) fn gives(format: &str, bytes: &[u8]) {
    for (file, content) in [("format", format.as_bytes()), ("picture", bytes)] {
        let new = folder().join(format!("{file}.new"));
        fs::write(&new, content).unwrap();
        fs::rename(new, folder().join(file)).unwrap();
    }
}

/// Pulls the first one out.
pub(crate) fn unplug() {
    fs::write(folder().join("unplugged"), "").unwrap();
    fs::remove_file(folder().join("dev/video0")).unwrap();
}

pub(crate) fn plug_in() {
    fs::write(folder().join("dev/video0"), "").unwrap();
    fs::remove_file(folder().join("unplugged")).unwrap();
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
