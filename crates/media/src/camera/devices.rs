//! Which cameras there are, and what their errors mean.

use std::io::{Error, ErrorKind};

use nokhwa::{
    NokhwaError,
    utils::{ApiBackend, CameraIndex, CameraInfo},
};

use crate::{DeviceError, DeviceInfo};

/// A camera as the system knows it.
pub(super) struct Found {
    pub(super) index: CameraIndex,
    pub(super) info: DeviceInfo,
}

/// All cameras, the default one first.
pub(super) fn all() -> Vec<Found> {
    if !system::any() {
        return Vec::new();
    }
    let mut cameras = match nokhwa::query(ApiBackend::Auto) {
        Ok(cameras) => cameras,
        Err(error) => {
            tracing::info!(%error, "no list of cameras");
            return Vec::new();
        }
    };
    cameras.retain(|camera| system::takes_pictures(camera.index()));
    cameras.sort_by_key(|camera| camera.index().as_index().unwrap_or(u32::MAX));
    cameras.into_iter().enumerate().map(|(place, camera)| found(&camera, place == 0)).collect()
}

/// What changes when a camera comes or goes, without opening any: asking a camera wakes it.
pub(super) fn nodes() -> Option<Vec<String>> {
    system::nodes()
}

/// A camera by id, or the first.
pub(super) fn find(id: Option<&str>) -> Result<Found, DeviceError> {
    all().into_iter().find(|camera| id.is_none_or(|id| camera.info.id == id)).ok_or(DeviceError::Missing)
}

fn found(camera: &CameraInfo, is_default: bool) -> Found {
    let id = system::id(camera);
    Found { index: camera.index().clone(), info: DeviceInfo { id, label: camera.human_name(), is_default } }
}

/// What an error means for a camera that is being opened. The library passes on the system's words only.
pub(super) fn on_open(error: &NokhwaError) -> DeviceError {
    let words = error.to_string();
    let Some(number) = os_error(&words) else { return DeviceError::Failed(words) };
    match Error::from_raw_os_error(number).kind() {
        ErrorKind::ResourceBusy => DeviceError::Busy,
        ErrorKind::PermissionDenied => DeviceError::Denied,
        ErrorKind::NotFound => DeviceError::Missing,
        _ if system::GONE.contains(&number) => DeviceError::Missing,
        _ => DeviceError::Failed(words),
    }
}

/// What an error means for a camera that was running.
pub(super) fn while_running(error: &NokhwaError) -> DeviceError {
    match on_open(error) {
        DeviceError::Missing => DeviceError::Lost,
        error => error,
    }
}

/// The number at the end of `Device or resource busy (os error 16)`, which is how an I/O error prints.
fn os_error(words: &str) -> Option<i32> {
    let (_, rest) = words.rsplit_once("(os error ")?;
    rest.split_once(')')?.0.parse().ok()
}

#[cfg(target_os = "linux")]
mod system {
    use std::{fs, path::Path};

    use nokhwa::utils::{CameraIndex, CameraInfo};

    /// `ENXIO` and `ENODEV`, for which the standard library has no word.
    pub(super) const GONE: &[i32] = &[6, 19];

    /// Whether there is any camera. Spares asking where there is none.
    pub(super) fn any() -> bool {
        nodes().is_some_and(|nodes| !nodes.is_empty())
    }

    pub(super) fn nodes() -> Option<Vec<String>> {
        let names = fs::read_dir("/dev").ok()?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut nodes: Vec<String> = names.filter(|name| name.starts_with("video")).collect();
        nodes.sort();
        Some(nodes)
    }

    /// A USB camera has a second node for what is not picture; the first node of a device has index 0.
    pub(super) fn takes_pictures(index: &CameraIndex) -> bool {
        let Ok(index) = index.as_index() else { return true };
        fs::read_to_string(format!("/sys/class/video4linux/video{index}/index")).is_ok_and(|i| i.trim() == "0")
            || !Path::new("/sys/class/video4linux").exists()
    }

    /// Node numbers change with the order of plugging in. udev's names hold maker, model and serial number, or the
    /// place where it is plugged in.
    pub(super) fn id(camera: &CameraInfo) -> String {
        let Ok(index) = camera.index().as_index() else { return camera.index().as_string() };
        let node = format!("video{index}");
        ["/dev/v4l/by-id", "/dev/v4l/by-path"]
            .iter()
            .find_map(|folder| link_to(&node, Path::new(folder)))
            .unwrap_or(node)
    }

    fn link_to(node: &str, folder: &Path) -> Option<String> {
        let mut links: Vec<_> = fs::read_dir(folder)
            .ok()?
            .flatten()
            .filter(|link| fs::read_link(link.path()).is_ok_and(|to| to.file_name().is_some_and(|name| name == node)))
            .map(|link| link.file_name().to_string_lossy().into_owned())
            .collect();
        links.sort();
        links.into_iter().next()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn udev_names_a_camera() {
            let folder = tempfile::tempdir().unwrap();
            std::os::unix::fs::symlink("../../video10", folder.path().join("usb-B-index0")).unwrap();
            std::os::unix::fs::symlink("../../video1", folder.path().join("usb-A-index0")).unwrap();
            assert_eq!(link_to("video1", folder.path()).as_deref(), Some("usb-A-index0"));
            assert_eq!(link_to("video10", folder.path()).as_deref(), Some("usb-B-index0"));
            assert_eq!(link_to("video2", folder.path()), None);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use nokhwa::utils::{CameraIndex, CameraInfo};

    pub(super) const GONE: &[i32] = &[];

    pub(super) fn any() -> bool {
        true
    }

    pub(super) fn nodes() -> Option<Vec<String>> {
        None
    }

    pub(super) fn takes_pictures(_: &CameraIndex) -> bool {
        true
    }

    /// The system's own unique name (AVFoundation's id, Media Foundation's symbolic link).
    pub(super) fn id(camera: &CameraInfo) -> String {
        camera.misc()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart() {
        let open = |words: &str| on_open(&NokhwaError::OpenDeviceError("0".into(), format!("V4L2 Error: {words}")));
        assert_eq!(open("Device or resource busy (os error 16)"), DeviceError::Busy);
        assert_eq!(open("Permission denied (os error 13)"), DeviceError::Denied);
        assert_eq!(open("No such file or directory (os error 2)"), DeviceError::Missing);
        assert!(matches!(open("Invalid argument (os error 22)"), DeviceError::Failed(_)));
        assert!(matches!(open("Rejected"), DeviceError::Failed(_)));
        let read = NokhwaError::ReadFrameError("No such device (os error 19)".into());
        assert_eq!(while_running(&read), DeviceError::Lost);
    }

    #[test]
    fn a_camera_that_is_not_there_is_missing() {
        assert_eq!(find(Some("no camera is called so")).err(), Some(DeviceError::Missing));
    }
}
