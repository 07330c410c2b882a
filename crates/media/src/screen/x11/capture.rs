//! A screen or window that is being shown.

use std::time::{Duration, Instant};

use visita_codec::I420Frame;
use visita_protocol::PixelSize;
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        composite::{ConnectionExt as _, Redirect},
        damage::{ConnectionExt as _, Damage, ReportLevel},
        randr::{ConnectionExt as _, NotifyMask},
        xproto::{ChangeWindowAttributesAux, ConnectionExt as _, Drawable, EventMask, MapState, Pixmap, Window},
    },
};

use super::{
    Rect, X11Error,
    cursor::{Cursor, Seen},
    display::{Display, Found, Target},
    grab::{Grabber, Pointer},
};
use crate::{DeviceError, camera::VideoSource, screen::ScreenSettings};

/// How often it is looked whether something changed while nothing does. Also how late a change is seen at most.
const LOOK_EVERY: Duration = Duration::from_millis(10);

pub(in crate::screen) struct Capture {
    display: Display,
    target: Target,
    label: String,
    rect: Rect,
    grabber: Grabber,
    damage: Option<Damage>,
    /// A window's own pixels (Composite), also where others cover it.
    pixmap: Option<Pixmap>,
    redirected: bool,
    /// Not minimised: a window without pixels has no picture.
    visible: bool,
    changed: bool,
    cursor: bool,
    seen: Option<Seen>,
    period: Duration,
    /// When the next picture may come.
    due: Instant,
    paused: bool,
    lost: bool,
}

impl Capture {
    pub(in crate::screen) fn open(id: &str, settings: ScreenSettings) -> Result<Self, DeviceError> {
        let target = Target::from_id(id).ok_or(DeviceError::Missing)?;
        let display = Display::connect()?;
        Self::start(display, target, settings).map_err(|error| error.0)
    }

    fn start(display: Display, target: Target, settings: ScreenSettings) -> Result<Self, X11Error> {
        let found = look_up(&display, &target)?.ok_or(X11Error(DeviceError::Missing))?;
        let connection = &display.connection;
        let watched = match &target {
            Target::Monitor(_) => display.root(),
            Target::Window(window) => *window,
        };
        let damage = if display.has.damage {
            let damage = connection.generate_id()?;
            connection.damage_create(damage, watched, ReportLevel::BOUNDING_BOX)?.check()?;
            Some(damage)
        } else {
            None
        };
        let mut redirected = false;
        if let Target::Window(window) = &target {
            let events = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
            connection.change_window_attributes(*window, &events)?.check()?;
            // Refused where a compositor has done it already: then it works all the same.
            redirected = display.has.composite
                && connection.composite_redirect_window(*window, Redirect::AUTOMATIC)?.check().is_ok();
        } else if display.has.randr {
            connection.randr_select_input(display.root(), NotifyMask::SCREEN_CHANGE)?.check()?;
        }
        let cursor = settings.cursor && display.has.xfixes;
        Ok(Self {
            display,
            target,
            label: found.label,
            rect: found.rect,
            grabber: Grabber::default(),
            damage,
            pixmap: None,
            redirected,
            visible: found.visible,
            changed: true,
            cursor,
            seen: None,
            period: Duration::from_secs(1) / settings.fps.clamp(1, 60),
            due: Instant::now(),
            paused: false,
            lost: false,
        })
    }

    fn try_next(&mut self, until: Instant) -> Result<Option<I420Frame>, X11Error> {
        loop {
            let now = Instant::now();
            let ready = !self.paused && now >= self.due;
            self.take_events()?;
            if ready && self.visible {
                let cursor = self.look_at_cursor()?;
                if self.changed
                    && let Some(frame) = self.grab(cursor.as_ref(), now)?
                {
                    self.due = self.due.max(now.checked_sub(self.period).unwrap_or(now)) + self.period;
                    return Ok(Some(frame));
                }
            }
            if now >= until {
                return Ok(None);
            }
            let next = if ready { now + LOOK_EVERY } else { self.due.max(now + Duration::from_millis(1)) };
            let next = if self.paused { until } else { next };
            std::thread::sleep(next.min(until).saturating_duration_since(now));
        }
    }

    fn take_events(&mut self) -> Result<(), X11Error> {
        // Without DAMAGE every picture counts as changed.
        self.changed |= self.damage.is_none();
        let mut look_again = false;
        while let Some(event) = self.display.connection.poll_for_event()? {
            match event {
                Event::DamageNotify(notify) => {
                    let area = notify.area;
                    let area = Rect { x: area.x, y: area.y, width: area.width, height: area.height };
                    self.changed |= matches!(self.target, Target::Window(_)) || area.touches(self.rect);
                    self.display.connection.damage_subtract(notify.damage, x11rb::NONE, x11rb::NONE)?;
                }
                Event::DestroyNotify(event) if self.is_target(event.window) => self.lost = true,
                Event::UnmapNotify(event) if self.is_target(event.window) => {
                    self.visible = false;
                    self.forget_pixmap()?;
                }
                Event::MapNotify(event) if self.is_target(event.window) => look_again = true,
                Event::ConfigureNotify(event) if self.is_target(event.window) => look_again = true,
                Event::RandrScreenChangeNotify(_) => look_again = true,
                _ => {}
            }
        }
        if self.lost {
            return Err(X11Error(DeviceError::Lost));
        }
        if look_again {
            self.changed = true;
            self.follow()?;
        }
        Ok(())
    }

    fn is_target(&self, window: Window) -> bool {
        self.target == Target::Window(window)
    }

    /// Takes the target's present size and place.
    fn follow(&mut self) -> Result<(), X11Error> {
        match look_up(&self.display, &self.target)? {
            Some(found) => {
                if (found.rect.width, found.rect.height) != (self.rect.width, self.rect.height) {
                    self.forget_pixmap()?;
                }
                self.rect = found.rect;
                self.visible = found.visible;
                Ok(())
            }
            None => {
                self.lost = true;
                Err(X11Error(DeviceError::Lost))
            }
        }
    }

    fn look_at_cursor(&mut self) -> Result<Option<Cursor>, X11Error> {
        if !self.cursor {
            return Ok(None);
        }
        let cursor = Cursor::now(&self.display)?;
        // A pointer that moves elsewhere costs some pictures that are the same: cheaper than knowing.
        if self.seen.replace(cursor.seen()) != Some(cursor.seen()) {
            self.changed = true;
        }
        Ok(Some(cursor))
    }

    /// A picture; none if the target is changing just now.
    fn grab(&mut self, cursor: Option<&Cursor>, at: Instant) -> Result<Option<I420Frame>, X11Error> {
        let (drawable, left, top) = match &self.target {
            Target::Monitor(_) => (self.display.root(), i32::from(self.rect.x), i32::from(self.rect.y)),
            Target::Window(window) => {
                let window = *window;
                let place = self.display.connection.translate_coordinates(window, self.display.root(), 0, 0)?.reply();
                let Ok(place) = place else { return self.gone() };
                (self.pixels_of(window)?, place.dst_x.into(), place.dst_y.into())
            }
        };
        let pointer = cursor.map(|cursor| Pointer { cursor, left, top });
        // Whatever is drawn from here on is news.
        self.changed = false;
        match self.grabber.grab(&self.display, drawable, self.rect, pointer, at) {
            Ok(frame) => Ok(Some(frame)),
            Err(X11Error(DeviceError::Lost)) => Err(X11Error(DeviceError::Lost)),
            // Too small a window, or one that shrinks between event and picture: the events tell what is right.
            Err(X11Error(error)) => {
                tracing::debug!(%error, "no picture of the screen");
                self.changed = true;
                self.forget_pixmap()?;
                self.follow()?;
                self.due = at + self.period;
                Ok(None)
            }
        }
    }

    fn gone(&mut self) -> Result<Option<I420Frame>, X11Error> {
        self.lost = true;
        Err(X11Error(DeviceError::Lost))
    }

    fn pixels_of(&mut self, window: Window) -> Result<Drawable, X11Error> {
        if !self.redirected {
            return Ok(window);
        }
        if let Some(pixmap) = self.pixmap {
            return Ok(pixmap);
        }
        let pixmap = self.display.connection.generate_id()?;
        if self.display.connection.composite_name_window_pixmap(window, pixmap)?.check().is_err() {
            return Ok(window);
        }
        self.pixmap = Some(pixmap);
        Ok(pixmap)
    }

    fn forget_pixmap(&mut self) -> Result<(), X11Error> {
        if let Some(pixmap) = self.pixmap.take() {
            self.display.connection.free_pixmap(pixmap)?.ignore_error();
        }
        Ok(())
    }
}

impl VideoSource for Capture {
    fn next(&mut self, timeout: Duration) -> Result<Option<I420Frame>, DeviceError> {
        if self.lost {
            return Err(DeviceError::Lost);
        }
        let next = self.try_next(Instant::now() + timeout).map_err(|error| error.0);
        self.lost |= matches!(next, Err(DeviceError::Lost));
        next
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn size(&self) -> PixelSize {
        PixelSize::new(u32::from(self.rect.width & !1), u32::from(self.rect.height & !1))
    }

    fn set_paused(&mut self, paused: bool) {
        self.changed |= self.paused && !paused;
        self.paused = paused;
    }
}

/// A target as it is now; `None` if it is gone.
fn look_up(display: &Display, target: &Target) -> Result<Option<Found>, X11Error> {
    match target {
        Target::Monitor(_) => Ok(display.monitors()?.into_iter().find(|found| found.target == *target)),
        Target::Window(window) => {
            let attributes = display.connection.get_window_attributes(*window)?;
            let geometry = display.connection.get_geometry(*window)?;
            let (Ok(attributes), Ok(geometry)) = (attributes.reply(), geometry.reply()) else { return Ok(None) };
            let visible = attributes.map_state == MapState::VIEWABLE;
            let label = display.title(*window).ok().flatten().unwrap_or_default();
            let rect = Rect { x: 0, y: 0, width: geometry.width, height: geometry.height };
            Ok(Some(Found { target: target.clone(), label, rect, visible }))
        }
    }
}
