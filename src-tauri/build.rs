//! Prepares what Tauri embeds.

/// The page's commands, all of `src/commands.rs`; `capabilities/` says which window may use which.
const COMMANDS: &[&str] = &[
    "app_view",
    "frames_endpoint",
    "diagnostics",
    "open_link",
    "start_test_call",
    "set_display_name",
    "set_microphone",
    "set_camera",
    "play_test_sound",
    "join",
    "leave",
    "end_for_everyone",
    "go_home",
    "rejoin",
    "dismiss_notice",
    "update_settings",
    "set_shown_sizes",
    "refresh_devices",
    "preview_devices",
    "seat",
    "admin",
    "share",
    "rooms",
    "account",
    "window",
    "rate",
    "save_report",
    "tool",
    "board",
    "tell_tools",
    "file_picture",
    "pick_for_board",
    "put_picture",
    "paste_on_board",
    "drop_on_board",
    "save_drawing",
    "past",
    "kept_picture",
    "console_request",
];

fn main() {
    // The page is built by `npm run build`; an empty folder lets the Rust side be checked without it.
    let dist = std::path::Path::new("../ui/dist");
    if !dist.exists() {
        std::fs::create_dir_all(dist).expect("ui/dist can be made");
    }
    // A page that was built anew is embedded anew.
    println!("cargo:rerun-if-changed=../ui/dist");
    let commands = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)).expect("the configuration is right");
}
