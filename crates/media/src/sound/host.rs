//! The sound system and its devices.

use std::sync::Arc;

use cpal::{
    Device, Host,
    traits::{DeviceTrait, HostTrait},
};
use parking_lot::Mutex;

use super::{on_open, with_patience};
use crate::{DeviceError, DeviceInfo};

/// Whether sound comes in or goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    In,
    Out,
}

/// A device as the sound system knows it.
pub(crate) struct Found {
    pub(crate) device: Device,
    pub(crate) info: DeviceInfo,
    /// Gives back what a speaker plays (PulseAudio).
    monitor: bool,
}

/// The devices of one direction, without monitors; empty if there is no sound system.
pub(crate) fn list(direction: Direction) -> Vec<DeviceInfo> {
    match with_patience(move || found(None, direction)) {
        Ok(found) => found.into_iter().filter(|f| !f.monitor).map(|f| f.info).collect(),
        Err(DeviceError::Missing) => Vec::new(),
        Err(error) => {
            tracing::info!(%error, ?direction, "no list of sound devices");
            Vec::new()
        }
    }
}

/// What there is at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Without monitors.
    pub(crate) devices: Vec<DeviceInfo>,
    /// All that can be opened.
    pub(crate) ids: Vec<String>,
    /// What the system would take.
    pub(crate) default: Option<String>,
}

/// Looks at the devices of one direction; `None` if there is no sound system. May hang with the sound server.
pub(crate) fn look(direction: Direction) -> Option<Seen> {
    let found = found(None, direction).ok()?;
    let default = found.iter().find(|f| f.info.is_default);
    Some(Seen {
        default: default.map(|f| f.info.id.clone()),
        ids: found.iter().map(|f| f.info.id.clone()).collect(),
        devices: found.into_iter().filter(|f| !f.monitor).map(|f| f.info).collect(),
    })
}

/// A device by id, or the default one. Asks the server: call it within [`with_patience`].
pub(crate) fn find(direction: Direction, id: Option<&str>) -> Result<Found, DeviceError> {
    let found = find_on(None, direction, id)?;
    if cfg!(target_os = "linux") && direction == Direction::Out {
        // PulseAudio takes what plays over one connection for synchronised, and refuses it a second speaker.
        let id = found.info.id;
        return find_on(Some(&id), direction, Some(&id));
    }
    Ok(found)
}

fn find_on(line: Option<&str>, direction: Direction, id: Option<&str>) -> Result<Found, DeviceError> {
    let mut found = found(line, direction)?;
    let at = match id {
        Some(id) => found.iter().position(|f| f.info.id == id),
        None => {
            let default = found.iter().position(|f| f.info.is_default);
            // A machine without a microphone: PulseAudio offers what the speaker plays, and callers hear themselves.
            default.filter(|at| direction == Direction::Out || !is_own_echo(&found[*at]))
        }
    };
    at.map(|at| found.swap_remove(at)).ok_or(DeviceError::Missing)
}

fn is_own_echo(source: &Found) -> bool {
    source.monitor
        && host(None)
            .ok()
            .and_then(|host| host.default_output_device())
            .and_then(|sink| id(&sink))
            .is_some_and(|sink| source.info.id == format!("{sink}{MONITOR}"))
}

/// How PulseAudio names the monitor of a speaker.
const MONITOR: &str = ".monitor";

fn found(line: Option<&str>, direction: Direction) -> Result<Vec<Found>, DeviceError> {
    let (host, devices) = match devices(line, direction) {
        // The connection is kept from one question to the next, so it may be one to a server that has ended since.
        Err((Some(stale), _)) => {
            forget(&stale);
            devices(line, direction).map_err(|(_, error)| error)?
        }
        other => other.map_err(|(_, error)| error)?,
    };
    let default = match direction {
        Direction::In => host.default_input_device(),
        Direction::Out => host.default_output_device(),
    };
    let default = default.as_ref().and_then(id);
    let mut found: Vec<Found> = devices.into_iter().filter_map(|device| describe(device, default.as_deref())).collect();
    found.sort_by_key(|f| (f.monitor, !f.info.is_default));
    Ok(found)
}

#[expect(clippy::type_complexity, reason = "said once, taken apart at once")]
fn devices(
    line: Option<&str>,
    direction: Direction,
) -> Result<(Arc<Host>, Vec<Device>), (Option<Arc<Host>>, DeviceError)> {
    let host = host(line).map_err(|error| (None, error))?;
    let devices = match direction {
        Direction::In => host.input_devices().map(Iterator::collect),
        Direction::Out => host.output_devices().map(Iterator::collect),
    };
    match devices {
        Ok(devices) => Ok((host, devices)),
        Err(error) => Err((Some(host), on_open(&error))),
    }
}

fn describe(device: Device, default: Option<&str>) -> Option<Found> {
    let id = id(&device)?;
    let label = device.description().map_or_else(|_| id.clone(), |description| description.name().to_owned());
    let is_default = default == Some(&id);
    let monitor = cfg!(target_os = "linux") && id.ends_with(MONITOR);
    Some(Found { device, info: DeviceInfo { id, label, is_default }, monitor })
}

fn id(device: &Device) -> Option<String> {
    device.id().ok().map(|id| id.id().to_owned())
}

/// The connections of the whole process, kept: the client library ends one that nothing plays over only when the server
/// happens to speak, so asking on a new one each time would pile them up. One for all that is asked and recorded, without a
/// name, and one for what plays on each speaker, by its id.
static HOSTS: Mutex<Vec<(Option<String>, Arc<Host>)>> = Mutex::new(Vec::new());

fn host(line: Option<&str>) -> Result<Arc<Host>, DeviceError> {
    let mut kept = HOSTS.lock();
    if let Some((_, host)) = kept.iter().find(|(of, _)| of.as_deref() == line) {
        return Ok(host.clone());
    }
    let host = Arc::new(open().map_err(|error| on_open(&error))?);
    kept.push((line.map(str::to_owned), host.clone()));
    Ok(host)
}

fn forget(stale: &Arc<Host>) {
    HOSTS.lock().retain(|(_, host)| !Arc::ptr_eq(host, stale));
}

/// Not the library's default, which falls back to ALSA and its messages on stderr where no sound server runs.
#[cfg(target_os = "linux")]
fn open() -> Result<Host, cpal::Error> {
    cpal::host_from_id(cpal::HostId::PulseAudio)
}

#[cfg(not(target_os = "linux"))]
fn open() -> Result<Host, cpal::Error> {
    Ok(cpal::default_host())
}
