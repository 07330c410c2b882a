//! What microphone and speaker share: the sound system's host, its devices, and streams in the format nearest to ours.
//!
//! On Linux sound goes through PulseAudio (PipeWire answers on the same socket). A hung sound server must hang nobody:
//! whatever asks it runs on a helper thread and is given up on after [`PATIENCE_WITH_SERVER`].

pub(crate) mod bell;
mod drift;
mod host;
pub(crate) mod rate;
pub(crate) mod stream;

pub(crate) use host::{Direction, Seen, find, list, look};

use std::{sync::mpsc, thread::JoinHandle, time::Duration};

use crate::DeviceError;

/// How long a block of sound lasts.
pub(crate) const BLOCK_TIME: Duration = Duration::from_millis(10);

/// Sources and sinks paced by the clock forget what they owe beyond this.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// A healthy server answers in milliseconds; waking a suspended device takes up to a second or two.
const PATIENCE_WITH_SERVER: Duration = Duration::from_secs(5);

/// Runs what may never come back on a thread of its own. A call that is given up on leaves its thread behind.
pub(crate) fn with_patience<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, DeviceError> + Send + 'static,
) -> Result<T, DeviceError> {
    let (answer, answered) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("sound-ask".into())
        .spawn(move || {
            // Nobody waits any more after the time limit: the answer, and with it a stream, is dropped here.
            let _ = answer.send(ask());
        })
        .map_err(|error| DeviceError::Failed(error.to_string()))?;
    answered
        .recv_timeout(PATIENCE_WITH_SERVER)
        .unwrap_or_else(|_| Err(DeviceError::Failed("the sound system does not answer".into())))
}

/// Waits for a thread to end, unless it is the one that waits.
pub(crate) fn join(thread: &mut Option<JoinHandle<()>>) {
    if let Some(thread) = thread.take()
        && thread.thread().id() != std::thread::current().id()
    {
        // A panic on the thread has been reported by the panic hook; the device is closed either way.
        let _ = thread.join();
    }
}

/// What an error of the sound system means for a device that is being opened.
pub(crate) fn on_open(error: &cpal::Error) -> DeviceError {
    match error.kind() {
        cpal::ErrorKind::HostUnavailable | cpal::ErrorKind::DeviceNotAvailable => DeviceError::Missing,
        cpal::ErrorKind::DeviceBusy => DeviceError::Busy,
        cpal::ErrorKind::PermissionDenied => DeviceError::Denied,
        _ => DeviceError::Failed(error.to_string()),
    }
}

/// What an error means for a device that was running; `None` if it runs on.
pub(crate) fn while_running(error: &cpal::Error) -> Option<DeviceError> {
    match error.kind() {
        cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied | cpal::ErrorKind::Xrun => None,
        cpal::ErrorKind::HostUnavailable | cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated => {
            Some(DeviceError::Lost)
        }
        cpal::ErrorKind::PermissionDenied => Some(DeviceError::Denied),
        _ => Some(DeviceError::Failed(error.to_string())),
    }
}
