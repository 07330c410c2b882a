//! Which of a camera's formats to take.

use nokhwa::utils::{CameraFormat, FrameFormat};
use visita_protocol::PixelSize;

/// The formats that can be decoded.
pub(super) const KNOWN: [FrameFormat; 3] = [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12];

/// The known formats, nearest to a size and to pictures per second first.
pub(super) fn nearest_first(mut formats: Vec<CameraFormat>, want: PixelSize, fps: u32) -> Vec<CameraFormat> {
    formats.retain(|f| KNOWN.contains(&f.format()) && f.width() > 1 && f.height() > 1 && f.frame_rate() > 0);
    formats.sort_by(|a, b| distance(a, want, fps).total_cmp(&distance(b, want, fps)));
    formats
}

/// How bad a format is, 0 the best.
fn distance(format: &CameraFormat, want: PixelSize, fps: u32) -> f32 {
    let side = |have: u32, want: u32| {
        let ratio = (have as f32 / want.max(1) as f32).ln();
        // Pixels that are missing cannot be made; those too many are only scaled away.
        if ratio < 0.0 { -2.0 * ratio } else { ratio }
    };
    let rate = format.frame_rate() as f32 / fps.max(1) as f32;
    // Half the rate is as bad as half the size. A rate too high costs work for pictures that are thrown away.
    let rate = if rate < 1.0 { 2.0 * -rate.ln() } else { 0.2 * rate.ln() };
    let work = match format.format() {
        FrameFormat::NV12 => 0.0,
        FrameFormat::YUYV => 0.01,
        // A frame of JPEG takes milliseconds to decode; it is for the rates that raw formats do not reach over USB.
        _ => 0.05,
    };
    side(format.width(), want.width) + side(format.height(), want.height) + rate + work
}

#[cfg(test)]
mod tests {
    use super::*;

    const HD: PixelSize = PixelSize::new(1280, 720);

    fn format(width: u32, height: u32, format: FrameFormat, fps: u32) -> CameraFormat {
        CameraFormat::new_from(width, height, format, fps)
    }

    fn best(formats: &[CameraFormat]) -> CameraFormat {
        nearest_first(formats.to_vec(), HD, 30)[0]
    }

    #[test]
    fn a_usual_webcam_gives_jpeg_in_full_rate() {
        use FrameFormat::{MJPEG, YUYV};
        let formats = [
            format(640, 480, YUYV, 30),
            format(1280, 720, YUYV, 10),
            format(1920, 1080, MJPEG, 30),
            format(1280, 720, MJPEG, 30),
            format(1280, 720, MJPEG, 60),
        ];
        assert_eq!(best(&formats), formats[3]);
    }

    #[test]
    fn raw_where_it_is_as_fast() {
        use FrameFormat::{MJPEG, NV12, YUYV};
        let formats = [format(1280, 720, MJPEG, 30), format(1280, 720, YUYV, 30), format(1280, 720, NV12, 30)];
        assert_eq!(best(&formats), formats[2]);
        assert_eq!(best(&formats[..2]), formats[1]);
    }

    #[test]
    fn larger_rather_than_smaller() {
        use FrameFormat::YUYV;
        let formats = [format(640, 360, YUYV, 30), format(1920, 1080, YUYV, 30)];
        assert_eq!(best(&formats), formats[1]);
    }

    #[test]
    fn unknown_formats_are_left_out() {
        assert!(nearest_first(vec![format(1280, 720, FrameFormat::GRAY, 30)], HD, 30).is_empty());
    }
}
