//! The desktop app: its windows, tray and keys, the commands and events between page and call, the frame wire, and the
//! built-in server. It knows nothing of media: devices and connections are `visita-call`'s.

mod app;
mod commands;
mod desktop;
mod environment;
mod frames;
mod graphics;
mod policy;
mod secrets;
mod server;
mod settings;

use std::process::ExitCode;

use clap::Parser;
use tauri::{Manager, RunEvent, WindowEvent};
use tauri_plugin_autostart::MacosLauncher;
use tauri_plugin_deep_link::DeepLinkExt;

/// What may be said on the command line.
#[derive(Debug, Parser)]
#[command(name = "visita", about = "Video visits: open a link and be in the call", version)]
struct Arguments {
    /// A link to open.
    link: Option<String>,
    /// Start a test call at once.
    #[arg(long, conflicts_with = "link")]
    test_call: bool,
    /// Start in the tray, to be reached.
    #[arg(long)]
    background: bool,
    /// Where settings and the built-in server's data are kept, instead of the user's own folder.
    #[arg(long, env = "VISITA_APP_DATA", value_name = "DIR")]
    data: Option<std::path::PathBuf>,
}

/// Runs the app until its window is closed.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nowhere to complain if even this cannot be printed.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 64 } else { 0 });
        }
    };
    visita_call::start_log();
    let software = graphics::prepare();
    environment::prepare_sound();
    match run(arguments, software) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the app did not start");
            eprintln!("Visita could not start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments, software: bool) -> anyhow::Result<()> {
    let bindings = commands::builder();
    let app = tauri::Builder::default()
        // First: a second start hands its link over and ends before it has done anything else.
        .plugin(single_instance(&arguments))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_autostart::init(MacosLauncher::LaunchAgent, Some(vec!["--background"])))
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_global_shortcut::Builder::new().build())
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(bindings.invoke_handler())
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event
                && let Some(owner) = window.try_state::<app::AppHandle>()
            {
                api.prevent_close();
                owner.send(app::Command::WindowClosed(window.label().to_owned()));
            }
        })
        .setup(move |tauri_app| {
            bindings.mount_events(tauri_app);
            let data = match &arguments.data {
                Some(data) => data.clone(),
                None => tauri_app.path().app_data_dir()?,
            };
            std::thread::spawn(visita_call::prepare);
            let first = match (&arguments.link, arguments.test_call) {
                (Some(link), _) => Some(app::Command::LinkCame(link.clone())),
                (None, true) => Some(app::Command::StartTestCall),
                (None, false) => None,
            };
            let runtime = tauri::async_runtime::handle();
            let _in_runtime = runtime.inner().enter();
            let handle = app::App::start(tauri_app.handle().clone(), data, software)?;
            if let Some(first) = first {
                handle.send(first);
            }
            tauri_app.manage(handle.clone());
            desktop::prepare(tauri_app.handle());
            // Systems that hand links to a running app, rather than starting it once more.
            tauri_app.deep_link().on_open_url(move |event| {
                for url in event.urls() {
                    handle.send(app::Command::LinkCame(url.into()));
                }
            });
            desktop::open_main(tauri_app.handle(), arguments.background)?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|tauri, event| {
        if let RunEvent::Exit = event
            && let Some(owner) = tauri.try_state::<app::AppHandle>()
        {
            owner.quit();
        }
    });
    Ok(())
}

/// One app for each data folder.
fn single_instance(arguments: &Arguments) -> tauri::plugin::TauriPlugin<tauri::Wry> {
    let mut builder = tauri_plugin_single_instance::Builder::new().callback(|tauri, arguments, _| {
        let Some(owner) = tauri.try_state::<app::AppHandle>() else { return };
        match Arguments::try_parse_from(arguments).ok().and_then(|arguments| arguments.link) {
            Some(link) => owner.send(app::Command::LinkCame(link)),
            None => owner.send(app::Command::Window(app::WindowAction::ShowMain)),
        }
    });
    if let Some(data) = &arguments.data {
        builder = builder.dbus_id(format!("org.visita.desktop.d{}", secrets::name_of(data)));
    }
    builder.build()
}
