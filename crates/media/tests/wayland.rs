//! A screen of a real Wayland compositor (sway without a display) through its portal and PipeWire.
//!
//! Which session is meant are environment variables, so the scenarios run in processes of their own: the ignored tests
//! below, started by the others. The portal of sway asks nobody, as these tests configure it, or refuses.

#![cfg(target_os = "linux")]

#[path = "support/inside.rs"]
mod inside;
#[path = "support/pictures.rs"]
mod pictures;
#[path = "support/pointer.rs"]
mod pointer;

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use inside::{LONG, Process, done, folder, run, say, until_some};
use pictures::{SHORT, drain, until_error, until_time};
use pointer::Pointer;
use visita_codec::{
    I420Frame, colour,
    pattern::{self, TestPattern},
};
use visita_media::{
    DeviceError,
    camera::VideoSource,
    screen::{self, ScreenKind, ScreenSettings},
};
use visita_protocol::PixelSize;

const SCREEN: PixelSize = PixelSize::new(1280, 720);
const SMALLER: PixelSize = PixelSize::new(800, 600);
const SETTINGS: ScreenSettings = ScreenSettings { fps: 30, cursor: true };
/// The system's user without rights: sway does not run as root.
const NOBODY: u32 = 65_534;

#[test]
fn a_screen_is_shown_as_it_changes() {
    in_a_session("inside_it_changes", "chooser_type=none\noutput_name=HEADLESS-1");
}

#[test]
fn who_does_not_choose_shows_nothing() {
    in_a_session("inside_nothing_is_chosen", "chooser_type=none\noutput_name=NONE-1");
}

#[test]
#[ignore = "run by a_screen_is_shown_as_it_changes"]
fn inside_it_changes() {
    let sources = screen::list();
    assert_eq!(sources.iter().map(|source| source.kind).collect::<Vec<_>>(), [ScreenKind::Portal]);
    let mut shown = screen::open(&sources[0].id, SETTINGS).unwrap();
    assert_eq!(until_shown(&mut *shown, 1_111_111, SCREEN).size(), SCREEN);
    assert_eq!(shown.size(), SCREEN);
    let without = until_shown(&mut *shown, 2_222_222, SCREEN);

    // The cursor is in the picture, where it is. (This compositor has it there whatever is asked for: it draws it itself.)
    let mut pointer = Pointer::new();
    for (x, y) in [(640, 400), (200, 600)] {
        until_some(|| {
            pointer.move_to(x, y, SCREEN);
            let frame = shown.next(SHORT).unwrap()?;
            (differ(&without, &frame, (x, y)) && !differ(&without, &frame, (840 - x, 1000 - y))).then_some(())
        });
    }
    drop(pointer);

    // Where nothing changes nothing comes.
    drain(&mut *shown);
    assert!(shown.next(SHORT).unwrap().is_none());

    // Paused nothing comes either; resumed a picture of that moment does, changed or not.
    shown.set_paused(true);
    show(3_333_333, SCREEN);
    assert!(shown.next(SHORT).unwrap().is_none());
    shown.set_paused(false);
    until_time(&mut *shown, 3_333_333);
    drain(&mut *shown);
    let before = Instant::now();
    shown.set_paused(true);
    shown.set_paused(false);
    assert!(until_time(&mut *shown, 3_333_333).captured_at >= before);

    // Another resolution.
    sway(&["output HEADLESS-1 mode 800x600"]);
    assert_eq!(until_shown(&mut *shown, 4_444_444, SMALLER).size(), SMALLER);

    // Ended and shown again.
    drop(shown);
    let mut shown = screen::open(&sources[0].id, SETTINGS).unwrap();
    until_shown(&mut *shown, 5_555_555, SMALLER);

    // The compositor ends.
    let _ = Command::new("swaymsg").arg("exit").output();
    assert_eq!(until_error(&mut *shown), DeviceError::Lost);
    assert_eq!(shown.next(SHORT).err(), Some(DeviceError::Lost));
    done();
}

#[test]
#[ignore = "run by who_does_not_choose_shows_nothing"]
fn inside_nothing_is_chosen() {
    let id = screen::list().remove(0).id;
    let mut refused = screen::open(&id, SETTINGS).unwrap();
    assert_eq!(until_error(&mut *refused), DeviceError::Denied);
    // Who goes before the choice leaves nothing behind that would hinder the next.
    drop(screen::open(&id, SETTINGS).unwrap());
    let mut refused = screen::open(&id, SETTINGS).unwrap();
    assert_eq!(until_error(&mut *refused), DeviceError::Denied);
    done();
}

#[test]
fn without_a_portal_there_is_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // No bus where it should be.
    let enter = |inside: &mut Command| {
        inside.env_remove("DISPLAY").env("XDG_SESSION_TYPE", "wayland").env("WAYLAND_DISPLAY", "wayland-1");
        inside.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}/none", folder.path().display()));
    };
    run("inside_no_portal", folder.path(), enter, || ());
}

#[test]
#[ignore = "run by without_a_portal_there_is_nothing"]
fn inside_no_portal() {
    let mut shown = screen::open(&screen::list().remove(0).id, SETTINGS).unwrap();
    let error = until_error(&mut *shown);
    assert!(matches!(error, DeviceError::Missing | DeviceError::Failed(_)), "{error:?}");
    done();
}

/// Fills the screen with the test pattern of a time.
fn show(time: u64, size: PixelSize) {
    let file = folder().join(format!("{time}.png"));
    let pixels = colour::i420_to_rgba(&TestPattern::new(size).draw(time));
    let mut encoder = png::Encoder::new(fs::File::create(&file).unwrap(), size.width, size.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    sway(&[&format!("output HEADLESS-1 background {} fill", file.display())]);
}

/// Whether pictures differ in many of the pixels right below a place, where a cursor that points there is.
fn differ(one: &I420Frame, other: &I420Frame, (x, y): (u32, u32)) -> bool {
    let pixels = (0..16).flat_map(|row| (0..16).map(move |column| ((y + row) * SCREEN.width + x + column) as usize));
    pixels.filter(|at| one.y()[*at].abs_diff(other.y()[*at]) > 40).count() > 20
}

/// Tells sway something.
fn sway(message: &[&str]) {
    let told = Command::new("swaymsg").args(message).output().unwrap();
    assert!(told.status.success(), "{message:?}: {told:?}");
}

/// Fills the screen, again where the portal did not look yet, until it is seen.
fn until_shown(source: &mut dyn VideoSource, time: u64, size: PixelSize) -> I420Frame {
    until_some(|| {
        show(time, size);
        let until = Instant::now() + Duration::from_secs(1);
        while Instant::now() < until {
            let frame = source.next(SHORT).unwrap();
            if let Some(frame) = frame.filter(|frame| pattern::read_timecode(frame) == Some(time)) {
                return Some(frame);
            }
        }
        None
    })
}

/// Runs one of the ignored tests above in a session of its own, whose portal is configured so.
fn in_a_session(test: &str, portal: &str) {
    let folder = tempfile::tempdir().unwrap();
    let session = match Session::start(folder.path(), portal) {
        Ok(session) => session,
        Err(missing) => {
            say(&format!("SKIPPED: {test}: {missing}"));
            return;
        }
    };
    run(test, folder.path(), |inside| session.enter(inside), || ());
}

fn until_some_within<T>(time: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + time;
    loop {
        match look() {
            None if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(20)),
            seen => return seen,
        }
    }
}

/// A compositor, a message bus with the portal, and PipeWire. They end in this order.
struct Session {
    _processes: Vec<Process>,
    environment: Vec<(&'static str, String)>,
}

impl Session {
    /// What is missing, where it cannot be had.
    fn start(folder: &Path, portal: &str) -> Result<Self, String> {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        let runtime = folder.join("runtime");
        fs::create_dir(&runtime).unwrap();
        // The compositor may be another user than we.
        fs::set_permissions(&runtime, fs::Permissions::from_mode(0o777)).unwrap();
        let text = |path: &Path| path.display().to_string();
        let mut environment = vec![
            ("XDG_RUNTIME_DIR", text(&runtime)),
            ("XDG_CONFIG_HOME", text(&folder.join("config"))),
            ("XDG_STATE_HOME", text(&folder.join("state"))),
            ("XDG_CURRENT_DESKTOP", "sway".to_owned()),
            ("XDG_SESSION_TYPE", "wayland".to_owned()),
        ];

        let config = folder.join("sway.conf");
        fs::write(&config, "xwayland disable\noutput HEADLESS-1 mode 1280x720\n").unwrap();
        let mut compositor = Self::command("sway", &environment);
        compositor.arg("--config").arg(&config);
        compositor.envs([("WLR_BACKENDS", "headless"), ("WLR_LIBINPUT_NO_DEVICES", "1"), ("WLR_RENDERER", "pixman")]);
        if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            compositor.uid(NOBODY).gid(NOBODY);
        }
        let mut compositor = Self::spawn(&mut compositor)?;
        let (display, ipc) = (find(&runtime, "wayland-"), find(&runtime, "sway-ipc."));
        let both = until_some_within(LONG, || match compositor.0.try_wait().unwrap() {
            Some(status) => Some(Err(format!("sway ended with {status}"))),
            None => display().zip(ipc()).map(Ok),
        });
        let (display, ipc) = both.ok_or("sway does not start")??;
        environment.push(("WAYLAND_DISPLAY", display.file_name().unwrap().to_string_lossy().into_owned()));
        environment.push(("SWAYSOCK", text(&ipc)));

        let (bus, address) = bus(folder, portal, &environment)?;
        environment.push(("DBUS_SESSION_BUS_ADDRESS", address));
        // It asks on the bus who the portal is, whose clients see nothing but what they were given.
        let pipewire = Self::spawn(&mut Self::command("pipewire", &environment))?;
        until_some_within(LONG, find(&runtime, "pipewire-0")).ok_or("pipewire does not start")?;
        let links = Self::spawn(&mut Self::command("wireplumber", &environment))?;
        let portal = own_portal(folder, &environment)?;
        Ok(Self { _processes: vec![compositor, portal, bus, links, pipewire], environment })
    }

    fn command(program: &str, environment: &[(&'static str, String)]) -> Command {
        let mut command = Command::new(program);
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").envs(environment.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        if std::env::var_os("RUST_LOG").is_none() {
            command.stderr(Stdio::null());
        }
        command
    }

    fn spawn(command: &mut Command) -> Result<Process, String> {
        command.spawn().map(Process).map_err(|error| format!("{}: {error}", command.get_program().display()))
    }

    fn enter(&self, inside: &mut Command) {
        inside.env_remove("DISPLAY").envs(self.environment.iter().cloned());
    }
}

/// A message bus that starts the portal, and nothing else, when it is asked for.
fn bus(folder: &Path, portal: &str, environment: &[(&'static str, String)]) -> Result<(Process, String), String> {
    let services = folder.join("services");
    fs::create_dir(&services).unwrap();
    for name in ["portal.Desktop", "impl.portal.PermissionStore"] {
        let file = format!("org.freedesktop.{name}.service");
        let from = Path::new("/usr/share/dbus-1/services").join(&file);
        fs::copy(&from, services.join(&file)).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    let choice = folder.join("config/xdg-desktop-portal-wlr");
    fs::create_dir_all(&choice).unwrap();
    fs::write(choice.join("config"), format!("[screencast]\n{portal}\n")).unwrap();

    let (config, socket) = (folder.join("bus.conf"), folder.join("bus"));
    let address = format!("unix:path={}", socket.display());
    let rules = format!(
        "<busconfig><type>session</type><listen>{address}</listen><servicedir>{}</servicedir>\
         <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
         <allow own=\"*\"/></policy></busconfig>",
        services.display()
    );
    fs::write(&config, rules).unwrap();
    let mut command = Session::command("dbus-daemon", environment);
    command.env("DBUS_SESSION_BUS_ADDRESS", &address).arg("--nofork").arg("--config-file").arg(&config);
    let bus = Session::spawn(&mut command)?;
    until_some_within(LONG, || socket.exists().then_some(())).ok_or("dbus-daemon does not start")?;
    Ok((bus, address))
}

/// The half of the portal that knows the compositor. Not left to the bus to start: it then misses what it is asked before
/// it is ready.
fn own_portal(folder: &Path, environment: &[(&'static str, String)]) -> Result<Process, String> {
    let library = folder.join("screencopy.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wayland_portal/screencopy.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl").status();
    if !built.map_err(|error| format!("no C compiler: {error}"))?.success() {
        return Err("what is loaded into the portal does not compile".to_owned());
    }
    let mut command = Session::command("/usr/libexec/xdg-desktop-portal-wlr", environment);
    let portal = Session::spawn(command.env("LD_PRELOAD", &library))?;
    let there = until_some_within(LONG, || {
        let mut ask = Session::command("dbus-send", environment);
        ask.args(["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
        ask.args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.impl.portal.desktop.wlr"]);
        let answer = ask.stdout(Stdio::piped()).output().ok()?;
        String::from_utf8_lossy(&answer.stdout).contains("true").then_some(())
    });
    there.map(|()| portal).ok_or("xdg-desktop-portal-wlr does not start".to_owned())
}

/// Looks for a socket by how its name begins.
fn find(folder: &Path, name: &str) -> impl Fn() -> Option<PathBuf> {
    let (folder, name) = (folder.to_owned(), name.to_owned());
    move || {
        let files = fs::read_dir(&folder).ok()?.flatten().map(|file| file.path());
        let mut found =
            files.filter(|file| file.file_name().is_some_and(|own| own.to_string_lossy().starts_with(&name)));
        found.find(|file| file.extension().is_none_or(|end| end != "lock"))
    }
}
