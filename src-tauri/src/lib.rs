//! The desktop app: the window, the commands and events between page and call, the frame wire, and the built-in server.
//! It knows nothing of media: devices and connections are `visita-call`'s.

mod app;
mod commands;
mod frames;
mod graphics;
mod rooms;
mod settings;

use std::process::ExitCode;

use clap::Parser;
use tauri::Manager;
use tracing_subscriber::EnvFilter;

/// What may be said on the command line.
#[derive(Debug, Parser)]
#[command(name = "visita", about = "Video visits: open a link and be in the call", version)]
struct Arguments {
    /// A link to open.
    link: Option<String>,
    /// Start a test call at once.
    #[arg(long, conflicts_with = "link")]
    test_call: bool,
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
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_env("VISITA_LOG").unwrap_or_else(|_| EnvFilter::new(visita_call::LOG_FILTER)),
        )
        .with_writer(std::io::stderr)
        .init();
    let software = graphics::prepare();
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
    let context = tauri::generate_context!();
    tauri::Builder::default()
        .invoke_handler(bindings.invoke_handler())
        .setup(move |tauri_app| {
            bindings.mount_events(tauri_app);
            let data = match &arguments.data {
                Some(data) => data.clone(),
                None => tauri_app.path().app_data_dir()?,
            };
            let first = match (&arguments.link, arguments.test_call) {
                (Some(link), _) => Some(app::Command::OpenLink(link.clone())),
                (None, true) => Some(app::Command::StartTestCall),
                (None, false) => None,
            };
            let runtime = tauri::async_runtime::handle();
            let _in_runtime = runtime.inner().enter();
            let handle = app::App::start(tauri_app.handle().clone(), data, software)?;
            if let Some(first) = first {
                handle.send(first);
            }
            tauri_app.manage(handle);
            window(tauri_app)?;
            Ok(())
        })
        .run(context)?;
    Ok(())
}

fn window(tauri_app: &tauri::App) -> tauri::Result<()> {
    tauri::WebviewWindowBuilder::new(tauri_app, "main", tauri::WebviewUrl::default())
        .title("Visita")
        .inner_size(1280.0, 800.0)
        .min_inner_size(360.0, 560.0)
        // The page never leaves itself: links in it open nothing here.
        .on_navigation(|url| {
            matches!(url.scheme(), "tauri") || url.host_str().is_some_and(|host| host == "tauri.localhost")
        })
        .build()?;
    Ok(())
}
