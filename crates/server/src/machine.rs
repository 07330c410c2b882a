//! How much of the machine is taken.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use sysinfo::{CpuRefreshKind, Disks, RefreshKind, System};

/// A look at the processors tells what they did since the look before; two that are closer together tell nothing.
const LOOKS_APART: Duration = Duration::from_secs(1);

/// Looks at the machine; cheap to clone.
#[derive(Clone)]
pub(crate) struct Machine {
    /// Where the data is.
    folder: PathBuf,
    looked: Arc<Mutex<Looked>>,
}

struct Looked {
    system: System,
    at: Instant,
    cpu_percent: Option<f32>,
}

/// How much is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Of all processors, in percent; `None` when that is not known yet.
    pub(crate) cpu_percent: Option<f32>,
    /// Of the disk that holds the data, in percent; `None` when that is not known.
    pub(crate) disk_percent: Option<f32>,
}

impl Machine {
    pub(crate) fn new(folder: &Path) -> Self {
        let mut system =
            System::new_with_specifics(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing().with_cpu_usage()));
        system.refresh_cpu_usage();
        let looked = Looked { system, at: Instant::now(), cpu_percent: None };
        Self {
            folder: folder.canonicalize().unwrap_or_else(|_| folder.to_owned()),
            looked: Arc::new(Mutex::new(looked)),
        }
    }

    pub(crate) fn look(&self) -> Taken {
        let mut looked = self.looked.lock();
        if looked.at.elapsed() >= LOOKS_APART {
            looked.system.refresh_cpu_usage();
            looked.at = Instant::now();
            looked.cpu_percent = Some(looked.system.global_cpu_usage().clamp(0.0, 100.0));
        }
        Taken { cpu_percent: looked.cpu_percent, disk_percent: disk_percent(&self.folder) }
    }
}

/// Of the disk that is mounted nearest above the folder.
#[expect(clippy::cast_precision_loss, reason = "percent need not be that exact")]
fn disk_percent(folder: &Path) -> Option<f32> {
    let disks = Disks::new_with_refreshed_list();
    let above = disks.iter().filter(|disk| folder.starts_with(disk.mount_point()) && disk.total_space() > 0);
    let disk = above.max_by_key(|disk| disk.mount_point().as_os_str().len())?;
    let free = disk.available_space() as f32 / disk.total_space() as f32;
    Some((100.0 * (1.0 - free)).clamp(0.0, 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_the_disk_is_taken() {
        let taken = Machine::new(Path::new(env!("CARGO_MANIFEST_DIR"))).look();
        assert!(taken.disk_percent.is_some_and(|percent| (0.0..=100.0).contains(&percent)), "{taken:?}");
    }
}
