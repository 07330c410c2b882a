//! The app's windows. Each shows its own part of the same page.

use tauri::{AppHandle, LogicalSize, Manager, PhysicalPosition, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// The main window.
pub(crate) const MAIN: &str = "main";
/// The window of a call that rings.
pub(crate) const INCOMING: &str = "incoming";
/// The small window while the main one is away.
pub(crate) const MINI: &str = "mini";

/// Of the mini window, in logical pixels.
const MINI_SIZE: (f64, f64) = (320.0, 200.0);
/// From the edges of the screen, in pixels.
const MARGIN: i32 = 24;

fn builder<'a>(tauri: &'a AppHandle, label: &str, page: &str) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    WebviewWindowBuilder::new(tauri, label, WebviewUrl::App(page.into()))
        .title("Visita")
        // The page never leaves itself: links in it open nothing here.
        .on_navigation(|url| {
            matches!(url.scheme(), "tauri") || url.host_str().is_some_and(|host| host == "tauri.localhost")
        })
}

/// The main window; hidden where the app was started to wait in the tray.
pub(super) fn main(tauri: &AppHandle, hidden: bool) -> tauri::Result<()> {
    builder(tauri, MAIN, "index.html")
        .inner_size(1280.0, 800.0)
        .min_inner_size(360.0, 560.0)
        .visible(!hidden)
        .build()
        .map(drop)
}

/// On top of everything: somebody calls.
pub(super) fn incoming(tauri: &AppHandle) {
    if tauri.get_webview_window(INCOMING).is_some() {
        return;
    }
    let built = builder(tauri, INCOMING, "index.html?window=incoming")
        .inner_size(420.0, 220.0)
        .resizable(false)
        .always_on_top(true)
        .center()
        .build();
    if let Err(error) = built {
        tracing::warn!(%error, "a call rings without a window");
        show_main(tauri);
    }
}

/// Opens or closes the mini window.
pub(super) fn mini(tauri: &AppHandle, wanted: bool) {
    match (tauri.get_webview_window(MINI), wanted) {
        (None, true) => {
            let built = builder(tauri, MINI, "index.html?window=mini")
                .inner_size(MINI_SIZE.0, MINI_SIZE.1)
                .min_inner_size(MINI_SIZE.0, MINI_SIZE.1)
                .always_on_top(true)
                .skip_taskbar(true)
                .focused(false)
                .build();
            match built {
                Ok(window) => to_corner(&window),
                Err(error) => {
                    tracing::warn!(%error, "there is no mini window");
                    show_main(tauri);
                }
            }
        }
        (Some(_), false) => close(tauri, MINI),
        _ => {}
    }
}

/// Bottom right, where it covers least. A window that is not drawn yet has no size to ask for.
fn to_corner(window: &WebviewWindow) {
    let Ok(Some(screen)) = window.current_monitor() else { return };
    let size = LogicalSize::new(MINI_SIZE.0, MINI_SIZE.1).to_physical::<u32>(screen.scale_factor());
    let (at, all) = (screen.position(), screen.size());
    let end = |start: i32, all: u32, size: u32| {
        start.saturating_add_unsigned(all.saturating_sub(size)).saturating_sub(MARGIN)
    };
    let corner = PhysicalPosition::new(end(at.x, all.width, size.width), end(at.y, all.height, size.height));
    if let Err(error) = window.set_position(corner) {
        tracing::debug!(%error, "the mini window lies where the system put it");
    }
}

/// Closes a window by itself: nobody is asked.
pub(super) fn close(tauri: &AppHandle, label: &str) {
    if let Some(window) = tauri.get_webview_window(label)
        && let Err(error) = window.destroy()
    {
        tracing::debug!(%error, label, "a window stays open");
    }
}

/// The main window comes to the front, and the mini window goes.
pub(super) fn show_main(tauri: &AppHandle) {
    close(tauri, MINI);
    let Some(main) = tauri.get_webview_window(MAIN) else { return };
    let shown = main.show().and_then(|()| main.unminimize()).and_then(|()| main.set_focus());
    if let Err(error) = shown {
        tracing::debug!(%error, "the main window does not come to the front");
    }
}

pub(super) fn hide_main(tauri: &AppHandle) {
    if let Some(main) = tauri.get_webview_window(MAIN)
        && let Err(error) = main.hide()
    {
        tracing::debug!(%error, "the main window stays");
    }
}

/// Whether the main window is put away.
pub(super) fn is_away(tauri: &AppHandle) -> bool {
    let Some(main) = tauri.get_webview_window(MAIN) else { return false };
    main.is_minimized().unwrap_or(false) || !main.is_visible().unwrap_or(true)
}

/// Whether the main window has the keyboard.
pub(super) fn is_in_front(tauri: &AppHandle) -> bool {
    tauri.get_webview_window(MAIN).is_some_and(|main| main.is_focused().unwrap_or(false))
}
