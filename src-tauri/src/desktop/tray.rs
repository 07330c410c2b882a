//! The sign in the tray: whether there is a call, whether the microphone is on, whether it is recorded; and a menu.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tauri::{
    AppHandle, Manager,
    image::Image,
    menu::{Menu, MenuBuilder, MenuItemBuilder},
    tray::TrayIconBuilder,
};
use visita_protocol::view::Language;

use super::words::{self, Words};
use crate::app::{AppHandle as Owner, Command};

const ID: &str = "visita";
/// `--off` and `--red` of the page's light theme.
const INK: [u8; 3] = [0x12, 0x20, 0x1f];
const RED: [u8; 3] = [0xc3, 0x27, 0x1e];

/// What the sign shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) in_call: bool,
    pub(super) muted: bool,
    pub(super) recorded: bool,
    pub(super) language: Language,
}

/// Puts the sign into the tray. A desktop without one is no reason not to start.
pub(super) fn make(tauri: &AppHandle) {
    // Where the library that draws it is missing, its loader panics.
    let made = catch_unwind(AssertUnwindSafe(|| -> tauri::Result<()> {
        let menu = menu(tauri, &State::default(), words::of(Language::System))?;
        let mut tray = TrayIconBuilder::with_id(ID).tooltip("Visita").menu(&menu).on_menu_event(|tauri, event| {
            let Some(owner) = tauri.try_state::<Owner>() else { return };
            match event.id().as_ref() {
                "open" => super::windows::show_main(tauri),
                "microphone" => owner.send(Command::ToggleMicrophone),
                "leave" => owner.send(Command::Leave),
                "quit" => tauri.exit(0),
                _ => {}
            }
        });
        if let Some(icon) = tauri.default_window_icon() {
            tray = tray.icon(icon.clone());
        }
        tray.build(tauri).map(drop)
    }));
    match made {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::info!(%error, "there is no tray"),
        Err(_) => tracing::info!("there is no library for the tray"),
    }
}

/// Shows how it is.
pub(super) fn show(tauri: &AppHandle, state: &State, words: &Words) {
    let Some(tray) = tauri.tray_by_id(ID) else { return };
    let shown = || -> tauri::Result<()> {
        tray.set_menu(Some(menu(tauri, state, words)?))?;
        tray.set_tooltip(Some(said(state, words).unwrap_or_else(|| "Visita".into())))?;
        tray.set_icon(tauri.default_window_icon().map(|icon| marked(icon, state)))
    };
    if let Err(error) = shown() {
        tracing::debug!(%error, "the tray shows what was before");
    }
}

/// How it is, in words; none outside a call.
fn said(state: &State, words: &Words) -> Option<String> {
    let call = if state.muted { words.muted } else { words.in_call };
    let recorded = state.recorded.then_some(words.recorded);
    state.in_call.then(|| [Some(call), recorded].into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

fn menu(tauri: &AppHandle, state: &State, words: &Words) -> tauri::Result<Menu<tauri::Wry>> {
    let item = |id: &str, text: &str| MenuItemBuilder::with_id(id, text).build(tauri);
    let mut menu = MenuBuilder::new(tauri);
    // Not every desktop shows what a sign's tip says.
    if let Some(said) = said(state, words) {
        menu = menu.item(&MenuItemBuilder::with_id("state", said).enabled(false).build(tauri)?).separator();
    }
    menu = menu.item(&item("open", words.open)?);
    if state.in_call {
        let microphone = if state.muted { words.unmute } else { words.mute };
        menu = menu.separator().item(&item("microphone", microphone)?).item(&item("leave", words.leave)?);
    }
    menu.separator().item(&item("quit", words.quit)?).build()
}

/// The app's icon with a bar through it while muted, and a red dot while it is recorded.
fn marked(icon: &Image<'_>, state: &State) -> Image<'static> {
    let (width, height) = (icon.width(), icon.height());
    let mut rgba = icon.rgba().to_vec();
    let mut paint = |x: u32, y: u32, colour: [u8; 3]| {
        let at = (y as usize * width as usize + x as usize) * 4;
        if let Some(pixel) = rgba.get_mut(at..at + 4) {
            pixel[..3].copy_from_slice(&colour);
            pixel[3] = 255;
        }
    };
    let side = width.min(height);
    if state.in_call && state.muted {
        let (thick, edge) = (side / 10, side / 5);
        for y in 0..height {
            for x in 0..width {
                match x.abs_diff(y) {
                    off if off <= thick => paint(x, y, INK),
                    off if off <= edge => paint(x, y, [255; 3]),
                    _ => {}
                }
            }
        }
    }
    if state.recorded {
        let radius = side / 4;
        let (cx, cy) = (width.saturating_sub(radius + 1), radius);
        for y in 0..height {
            for x in 0..width {
                if x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2) <= radius.pow(2) {
                    paint(x, y, RED);
                }
            }
        }
    }
    Image::new_owned(rgba, width, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_sign_of_its_own() {
        let icon = Image::new_owned(vec![200; 32 * 32 * 4], 32, 32);
        let state = |muted, recorded| State { in_call: true, muted, recorded, ..State::default() };
        let signs: Vec<Vec<u8>> = [state(false, false), state(true, false), state(false, true), state(true, true)]
            .iter()
            .map(|state| marked(&icon, state).rgba().to_vec())
            .collect();
        for (n, sign) in signs.iter().enumerate() {
            assert!(signs.iter().skip(n + 1).all(|other| other != sign), "{n}");
        }
        assert_eq!(signs[0], icon.rgba());
    }
}
