//! Screens and windows of a real X server (Xvfb) that shows a moving picture with its time in it.
//!
//! Which display is meant is an environment variable, so the scenarios run in processes of their own: the ignored tests
//! below, started by the others.

#![cfg(target_os = "linux")]

#[path = "support/inside.rs"]
mod inside;
#[path = "support/pictures.rs"]
mod pictures;

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use inside::{Process, done, folder, run, say, until_some};
use pictures::{SHORT, drain, until_error, until_time};
use visita_codec::{I420Frame, colour, pattern::TestPattern};
use visita_media::{
    DeviceError,
    camera::VideoSource,
    screen::{self, ScreenKind, ScreenSettings},
};
use visita_protocol::PixelSize;
use x11rb::{
    COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT,
    connection::Connection,
    protocol::xproto::{
        AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux,
        Gcontext, ImageFormat, PropMode, Window, WindowClass,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

const SCREEN: PixelSize = PixelSize::new(1280, 720);
const SMALL: PixelSize = PixelSize::new(640, 360);

#[test]
fn screens_and_windows_are_shown_as_they_change() {
    in_a_process_of_its_own("inside_they_change", true);
}

#[test]
fn windows_move_shrink_and_close() {
    in_a_process_of_its_own("inside_windows_come_and_go", true);
}

#[test]
fn without_a_display_there_is_nothing() {
    in_a_process_of_its_own("inside_no_display", false);
}

#[test]
#[ignore = "run by screens_and_windows_are_shown_as_they_change"]
fn inside_they_change() {
    let painter = Painter::new();
    // The small window lies under the large one, which fills the screen.
    let small = painter.window("A small window", SMALL);
    let large = painter.window("Presentation – größer", SCREEN);
    painter.paint(small, SMALL, 111);
    painter.paint(large, SCREEN, 222);

    let sources = screen::list();
    let listed: Vec<_> = sources.iter().map(|s| (s.kind, s.label.as_str(), s.size)).collect();
    assert_eq!(sources[0].kind, ScreenKind::Screen);
    assert_eq!(sources[0].size, SCREEN);
    assert!(listed.contains(&(ScreenKind::Window, "Presentation – größer", SCREEN)), "{listed:?}");
    assert!(listed.contains(&(ScreenKind::Window, "A small window", SMALL)), "{listed:?}");
    for source in &sources {
        let thumbnail = source.thumbnail.as_ref().unwrap();
        assert!(thumbnail.size.width <= 320, "{source:?}");
        // Without a compositor the server forgets what is covered.
        let covered = source.label == "A small window";
        assert!(covered || thumbnail.rgba.iter().any(|v| (1..255).contains(v)), "{source:?}");
    }
    assert_eq!(
        screen::list().iter().map(|s| &s.id).collect::<Vec<_>>(),
        sources.iter().map(|s| &s.id).collect::<Vec<_>>()
    );

    let settings = ScreenSettings { fps: 30, cursor: false };
    let id = |label: &str| sources.iter().find(|s| s.label == label).unwrap().id.clone();
    let mut all = screen::open(&sources[0].id, settings).unwrap();
    let mut window = screen::open(&id("A small window"), settings).unwrap();
    assert_eq!((all.size(), window.size(), window.label()), (SCREEN, SMALL, "A small window"));

    // Both show what is painted, the covered one too.
    assert_eq!(until_time(&mut *all, 222).size(), SCREEN);
    painter.paint(small, SMALL, 333);
    assert_eq!(until_time(&mut *window, 333).size(), SMALL);
    for time in 1_000..1_005 {
        painter.paint(large, SCREEN, time);
        assert!(until_time(&mut *all, time).captured_at <= Instant::now());
    }
    // Where nothing changes nothing comes, and elsewhere is not here.
    drain(&mut *window);
    painter.paint(large, SCREEN, 2_000);
    until_time(&mut *all, 2_000);
    assert!(window.next(SHORT).unwrap().is_none());
    drain(&mut *all);
    assert!(all.next(SHORT).unwrap().is_none());

    // Paused nothing comes either; resumed a picture of that moment does, changed or not.
    all.set_paused(true);
    painter.paint(large, SCREEN, 3_000);
    assert!(all.next(SHORT).unwrap().is_none());
    all.set_paused(false);
    until_time(&mut *all, 3_000);
    drain(&mut *all);
    all.set_paused(true);
    all.set_paused(false);
    until_time(&mut *all, 3_000);

    // However fast it changes, pictures come at the rate asked for.
    let mut slow = screen::open(&sources[0].id, ScreenSettings { fps: 10, cursor: false }).unwrap();
    let (started, mut pictures) = (Instant::now(), 0);
    for time in 0..60 {
        painter.paint(large, SCREEN, 4_000 + time);
        pictures += u32::from(slow.next(Duration::from_millis(5)).unwrap().is_some());
    }
    let most = started.elapsed().as_secs_f32() * 10.0 + 2.0;
    assert!((2.0..=most).contains(&(pictures as f32)), "{pictures} of at most {most}");

    the_pointer_is_drawn(&painter, large, &sources[0].id);
    how_fast(&painter, large, &sources[0].id);

    painter.kill_server();
    assert_eq!(until_error(&mut *all), DeviceError::Lost);
    assert_eq!(all.next(SHORT).err(), Some(DeviceError::Lost));
    done();
}

fn the_pointer_is_drawn(painter: &Painter, window: Window, id: &str) {
    painter.big_pointer(window);
    painter.point_at(100, 600);
    let mut with = screen::open(id, ScreenSettings { fps: 30, cursor: true }).unwrap();
    let mut without = screen::open(id, ScreenSettings { fps: 30, cursor: false }).unwrap();
    let plain = until_picture(&mut *without);
    let pointed = until_picture(&mut *with);
    let difference = |other: &I420Frame| {
        let differs = |at: &usize| plain.y()[*at].abs_diff(other.y()[*at]) > 30;
        (0..plain.y().len()).filter(differs).map(|at| (at % 1280, at / 1280)).collect::<Vec<_>>()
    };
    let there = difference(&pointed);
    assert!(!there.is_empty(), "no pointer in the picture");
    assert!(there.iter().all(|(x, y)| x.abs_diff(100) < 40 && y.abs_diff(600) < 40), "{there:?}");
    // Moving it is a change.
    drain(&mut *with);
    painter.point_at(400, 300);
    let there = difference(&until_picture(&mut *with));
    assert!(there.iter().all(|(x, y)| x.abs_diff(400) < 40 && y.abs_diff(300) < 40), "{there:?}");
}

/// For people to read: a busy machine must not fail the test.
fn how_fast(painter: &Painter, window: Window, id: &str) {
    let mut all = screen::open(id, ScreenSettings { fps: 60, cursor: true }).unwrap();
    let (mut spent, mut pictures) = (Duration::ZERO, 0);
    for time in 0..20 {
        painter.paint(window, SCREEN, 9_000 + time);
        std::thread::sleep(Duration::from_millis(17));
        let started = Instant::now();
        if all.next(Duration::ZERO).unwrap().is_some() {
            spent += started.elapsed();
            pictures += 1;
        }
    }
    say(&format!("{pictures} pictures of 1280x720, {:.2} ms each", spent.as_secs_f32() * 1e3 / pictures.max(1) as f32));
}

#[test]
#[ignore = "run by windows_move_shrink_and_close"]
fn inside_windows_come_and_go() {
    let painter = Painter::new();
    let window = painter.window("Notes", SMALL);
    painter.paint(window, SMALL, 1);
    let id = screen::list().into_iter().find(|s| s.label == "Notes").unwrap().id;
    let mut shown = screen::open(&id, ScreenSettings { fps: 30, cursor: true }).unwrap();
    until_time(&mut *shown, 1);

    painter.configure(window, &ConfigureWindowAux::new().x(200).y(150));
    painter.paint(window, SMALL, 2);
    until_time(&mut *shown, 2);

    // Odd sides lose a row or column.
    let other = PixelSize::new(800, 450);
    painter.configure(window, &ConfigureWindowAux::new().width(other.width + 1).height(other.height));
    painter.paint(window, other, 3);
    assert_eq!(until_time(&mut *shown, 3).size(), other);
    assert_eq!(shown.size(), other);

    painter.unmap(window);
    drain(&mut *shown);
    assert!(shown.next(SHORT).unwrap().is_none());
    painter.map(window);
    painter.paint(window, other, 4);
    until_time(&mut *shown, 4);

    painter.configure(window, &ConfigureWindowAux::new().width(1).height(1));
    drain(&mut *shown);
    painter.configure(window, &ConfigureWindowAux::new().width(SMALL.width).height(SMALL.height));
    painter.paint(window, SMALL, 5);
    until_time(&mut *shown, 5);

    painter.destroy(window);
    assert_eq!(until_error(&mut *shown), DeviceError::Lost);
    assert_eq!(screen::open(&id, ScreenSettings::default()).err(), Some(DeviceError::Missing));
    for wrong in ["", "screen:none", "window:1", "window:x", "camera"] {
        assert_eq!(screen::open(wrong, ScreenSettings::default()).err(), Some(DeviceError::Missing), "{wrong}");
    }
    done();
}

#[test]
#[ignore = "run by without_a_display_there_is_nothing"]
fn inside_no_display() {
    assert_eq!(screen::list(), []);
    assert_eq!(screen::open("screen:all", ScreenSettings::default()).err(), Some(DeviceError::Missing));
    done();
}

fn until_picture(source: &mut dyn VideoSource) -> I420Frame {
    until_some(|| source.next(Duration::from_secs(1)).unwrap())
}

/// A program with windows.
struct Painter {
    connection: RustConnection,
    root: Window,
    gc: Gcontext,
}

impl Painter {
    fn new() -> Self {
        let (connection, screen) = x11rb::connect(None).unwrap();
        let root = connection.setup().roots[screen].root;
        let gc = connection.generate_id().unwrap();
        connection.create_gc(gc, root, &CreateGCAux::new()).unwrap();
        Self { connection, root, gc }
    }

    fn window(&self, title: &str, size: PixelSize) -> Window {
        let window = self.connection.generate_id().unwrap();
        let (width, height) = (size.width as u16, size.height as u16);
        let class = WindowClass::INPUT_OUTPUT;
        let looks = CreateWindowAux::new().background_pixel(0x0040_4040);
        self.connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                self.root,
                0,
                0,
                width,
                height,
                0,
                class,
                COPY_FROM_PARENT,
                &looks,
            )
            .unwrap();
        let name = |name: &[u8]| self.connection.intern_atom(false, name).unwrap().reply().unwrap().atom;
        let utf8 = name(b"UTF8_STRING");
        self.connection
            .change_property8(PropMode::REPLACE, window, name(b"_NET_WM_NAME"), utf8, title.as_bytes())
            .unwrap();
        self.connection
            .change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, b"old name")
            .unwrap();
        self.map(window);
        window
    }

    /// Shows the test pattern with a time.
    fn paint(&self, window: Window, size: PixelSize, time: u64) {
        let mut pixels = colour::i420_to_rgba(&TestPattern::new(size).draw(time));
        pixels.chunks_exact_mut(4).for_each(|pixel| pixel.swap(0, 2));
        self.connection
            .put_image(
                ImageFormat::Z_PIXMAP,
                window,
                self.gc,
                size.width as u16,
                size.height as u16,
                0,
                0,
                0,
                24,
                &pixels,
            )
            .unwrap();
        self.sync();
    }

    fn big_pointer(&self, window: Window) {
        let (font, cursor) = (self.connection.generate_id().unwrap(), self.connection.generate_id().unwrap());
        self.connection.open_font(font, b"cursor").unwrap();
        // A filled circle of the standard font, white.
        self.connection
            .create_glyph_cursor(cursor, font, font, 24, 25, u16::MAX, u16::MAX, u16::MAX, u16::MAX, u16::MAX, u16::MAX)
            .unwrap();
        let looks = ChangeWindowAttributesAux::new().cursor(cursor);
        self.connection.change_window_attributes(window, &looks).unwrap();
        self.sync();
    }

    fn point_at(&self, x: i16, y: i16) {
        self.connection.warp_pointer(x11rb::NONE, self.root, 0, 0, 0, 0, x, y).unwrap();
        self.sync();
    }

    fn configure(&self, window: Window, changes: &ConfigureWindowAux) {
        self.connection.configure_window(window, changes).unwrap();
        self.sync();
    }

    fn map(&self, window: Window) {
        self.connection.map_window(window).unwrap();
        self.sync();
    }

    fn unmap(&self, window: Window) {
        self.connection.unmap_window(window).unwrap();
        self.sync();
    }

    fn destroy(&self, window: Window) {
        self.connection.destroy_window(window).unwrap();
        self.sync();
    }

    fn kill_server(&self) {
        fs::write(folder().join("kill"), "").unwrap();
        until_some(|| self.connection.get_input_focus().ok()?.reply().err());
    }

    fn sync(&self) {
        self.connection.get_input_focus().unwrap().reply().unwrap();
    }
}

/// Runs one of the ignored tests above with a display of its own, or none. Ends the X server when the test asks for it
/// with a file called `kill`.
fn in_a_process_of_its_own(test: &str, with_display: bool) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = if with_display { Xvfb::start() } else { None };
    if with_display && server.is_none() {
        say(&format!("SKIPPED: {test}: Xvfb is not installed"));
        return;
    }
    let display = server.as_ref().map(|server| server.display.clone());
    let enter = |inside: &mut Command| {
        inside.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("XDG_SESSION_TYPE");
        inside.envs(display.map(|display| ("DISPLAY", display)));
    };
    run(test, folder.path(), enter, || {
        if folder.path().join("kill").exists() {
            drop(server.take());
        }
    });
}

/// An X server that ends with the value.
struct Xvfb {
    _process: Process,
    display: String,
}

impl Xvfb {
    fn start() -> Option<Self> {
        let mut process = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut number = String::new();
        BufReader::new(process.stdout.take()?).read_line(&mut number).unwrap();
        Some(Self { _process: Process(process), display: format!(":{}", number.trim()) })
    }
}
