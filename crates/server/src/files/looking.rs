//! What a file is, by its bytes: its type, its hash, a small picture of it.

use std::{
    fs::File,
    io::{BufReader, Cursor, Read},
    path::Path,
};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, metadata::Orientation};
use sha2::{Digest, Sha256};

/// The longer side of a small picture, in pixels.
const THUMBNAIL: u32 = 480;
/// A picture with a longer side than this is not looked into; nor one that takes more memory.
const MOST_SIDE: u32 = 20_000;
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// Endings of names that systems run when somebody opens them.
const RUN: &[&str] = &[
    "apk", "app", "appimage", "bat", "cmd", "com", "cpl", "deb", "desktop", "dll", "dmg", "exe", "gadget", "hta",
    "inf", "jar", "js", "jse", "lnk", "mjs", "msi", "msp", "pif", "pkg", "ps1", "reg", "rpm", "scf", "scr", "sh", "so",
    "url", "vb", "vbe", "vbs", "ws", "wsf", "wsh", "xbe",
];

/// Width and height of a picture, in pixels.
type Size = (u32, u32);
/// Its size, and a small one where that could be made.
type Picture = (Size, Option<Vec<u8>>);

/// What was found.
pub(super) struct Found {
    pub(super) media_type: String,
    pub(super) sha256: String,
    pub(super) size_px: Option<Size>,
    pub(super) thumbnail: Option<Vec<u8>>,
    /// Systems run such a file when somebody opens it.
    pub(super) runs: bool,
}

/// Whether a file of that name would be run by whoever opens it.
pub(super) fn name_runs(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.trim().to_ascii_lowercase());
    ending.is_some_and(|ending| RUN.contains(&ending.as_str()))
}

/// Reads a file through; to be called where waiting is allowed.
pub(super) fn look(path: &Path, name: &str) -> std::io::Result<Found> {
    let mut file = BufReader::with_capacity(256 * 1024, File::open(path)?);
    let mut hash = Sha256::new();
    let mut begin = Vec::new();
    let mut block = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
        if begin.len() < 8192 {
            begin.extend_from_slice(&block[..read.min(8192)]);
        }
    }
    // Of text, which has no beginning by which it is known, only what can be read matters.
    let sniffed = infer::get(&begin).filter(|kind| kind.matcher_type() != infer::MatcherType::Text);
    let known = sniffed.is_some_and(|kind| kind.matcher_type() == infer::MatcherType::App);
    let runs = known || [b"#!".as_slice(), b"\x7fELF"].iter().any(|magic| begin.starts_with(magic));
    let media_type = sniffed.map_or_else(|| by_name(name, &begin), |kind| kind.mime_type()).to_owned();
    let picture = if media_type.starts_with("image/") { picture(path) } else { None };
    Ok(Found {
        media_type,
        sha256: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
        size_px: picture.as_ref().map(|(picture, _)| *picture),
        thumbnail: picture.and_then(|(_, thumbnail)| thumbnail),
        runs,
    })
}

/// Text by the ending of its name, everything else as bytes.
fn by_name(name: &str, begin: &[u8]) -> &'static str {
    let is_text =
        std::str::from_utf8(begin).map_or_else(|error| error.error_len().is_none(), |_| true) && !begin.contains(&0);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match (is_text, ending.as_str()) {
        (true, "csv") => "text/csv",
        (true, "md") => "text/markdown",
        (true, "json") => "application/json",
        // As text: drawn as a page it could do more than be read.
        (true, _) => "text/plain",
        (false, _) => "application/octet-stream",
    }
}

/// Size, and a small picture; none where it cannot be read as one.
fn picture(path: &Path) -> Option<Picture> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::open(path).ok()?.with_guessed_format().ok()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok().filter(|decoder| decoder.total_bytes() <= MOST_MEMORY)?;
    // As it was held: phones leave turning to whoever shows it, and whoever does measures it turned.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    let size = (picture.width(), picture.height());
    let small = if size.0.max(size.1) > THUMBNAIL { picture.thumbnail(THUMBNAIL, THUMBNAIL) } else { picture };
    Some((size, encode(&small)))
}

fn encode(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    let (picture, format) = if picture.color().has_alpha() {
        (picture.clone(), ImageFormat::Png)
    } else {
        (DynamicImage::ImageRgb8(picture.to_rgb8()), ImageFormat::Jpeg)
    };
    picture.write_to(&mut bytes, format).ok()?;
    Some(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look_at(name: &str, bytes: &[u8]) -> Found {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).expect("written");
        look(&path, name).expect("read")
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let mut png = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(1280, 720).write_to(&mut png, ImageFormat::Png).expect("a picture");
        let found = look_at("scan.pdf", png.get_ref());
        assert_eq!((found.media_type.as_str(), found.size_px, found.runs), ("image/png", Some((1280, 720)), false));
        let small = image::load_from_memory(&found.thumbnail.expect("a small picture")).expect("a picture");
        assert_eq!((small.width(), small.height()), (480, 270));
        assert_eq!(look_at("x.pdf", b"%PDF-1.7\n").media_type, "application/pdf");
        assert_eq!(look_at("notes.txt", "è così".as_bytes()).media_type, "text/plain");
        assert_eq!(look_at("page.html", b"<script>").media_type, "text/plain");
        assert_eq!(look_at("blob", &[0, 1, 2]).media_type, "application/octet-stream");
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(look_at("abc", b"abc").sha256, abc, "FIPS 180-2, appendix B.1");
        assert!(look_at("bad.png", b"\x89PNG\r\n\x1a\nbroken").thumbnail.is_none());
    }

    #[test]
    fn a_photograph_is_as_it_was_held() {
        let mut jpeg = Cursor::new(Vec::new());
        let mut photo = image::RgbImage::new(640, 480);
        photo.enumerate_pixels_mut().filter(|(x, ..)| *x < 320).for_each(|(.., pixel)| *pixel = image::Rgb([255; 3]));
        DynamicImage::ImageRgb8(photo).write_to(&mut jpeg, ImageFormat::Jpeg).expect("a picture");
        // After the start of image, what phones say (Exif 2.32 section 4.6.2): tag 0x0112, orientation, is 6: its top is right.
        let mut bytes = jpeg.into_inner();
        let exif = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        bytes.splice(2..2, exif.iter().copied());
        let found = look_at("photo.jpg", &bytes);
        assert_eq!(found.size_px, Some((480, 640)));
        let small = image::load_from_memory(&found.thumbnail.expect("a small picture")).expect("a picture").to_luma8();
        assert_eq!(small.dimensions(), (360, 480));
        assert!(small[(180, 40)].0[0] > 200 && small[(180, 440)].0[0] < 50, "what was left is on top");
    }

    #[test]
    fn what_would_fill_the_memory_is_not_looked_into() {
        // Few bytes each: one with too long a side, one that takes 272 million bytes.
        for (width, height) in [(MOST_SIDE + 1, 1), (16_500, 16_500)] {
            let mut png = Cursor::new(Vec::new());
            DynamicImage::new_luma8(width, height).write_to(&mut png, ImageFormat::Png).expect("a picture");
            assert!(png.get_ref().len() < 4_000_000, "{}", png.get_ref().len());
            let found = look_at("holiday.png", png.get_ref());
            assert_eq!((found.media_type.as_str(), found.size_px), ("image/png", None));
            assert!(found.thumbnail.is_none());
        }
    }

    #[test]
    fn what_would_be_run_is_known_by_name_and_by_bytes() {
        for name in ["setup.exe", "a.SH", "x.tar.deb", "link.lnk "] {
            assert!(name_runs(name), "{name}");
        }
        for name in ["report.pdf", "exe", "photo.sh.png", ".profile"] {
            assert!(!name_runs(name), "{name}");
        }
        assert!(look_at("holiday.jpg", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0").runs);
        assert!(look_at("holiday.jpg", b"#!/bin/sh\n").runs);
        assert!(look_at("holiday.jpg", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0").runs);
    }
}
