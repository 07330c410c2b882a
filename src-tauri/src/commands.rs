//! The page's commands, one line each, and the events it hears. `./dev bindings` writes `ui/src/ipc/bindings.ts` from this.

use std::path::PathBuf;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{Manager, State, WebviewWindow};
use tauri_specta::{Builder, Event, collect_commands, collect_events};
use visita_protocol::{
    ErrorCode, FileId, Problem, RoomId,
    view::{
        AppView, BoardAction, BoardNews, FramesEndpoint, Levels, PastAction, PastView, SettingsPatch, ShownSize,
        ToolAction, ToolsNews,
    },
};

use crate::app::{
    AccountAction, AdminAction, AppHandle, Command, Diagnostics, RoomsAction, SeatAction, ShareAction, WindowAction,
    downloads,
    for_board::{self, PickedForBoard, PickedPicture},
};

/// The whole view, after each change.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct AppViewChanged(pub(crate) AppView);

/// Sound levels, up to 15 times a second.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct LevelsChanged(pub(crate) Levels);

/// Something of chat, gallery or pointers changed.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct ToolsChanged(pub(crate) ToolsNews);

/// Something of a board that is open changed.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct BoardChanged(pub(crate) BoardNews);

/// What is told of past sessions changed.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct PastChanged(pub(crate) PastView);

/// Commands and events of the page. Which window may use which is said in `capabilities/`.
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            app_view,
            frames_endpoint,
            diagnostics,
            open_link,
            start_test_call,
            set_display_name,
            set_microphone,
            set_camera,
            play_test_sound,
            join,
            leave,
            end_for_everyone,
            go_home,
            rejoin,
            dismiss_notice,
            update_settings,
            set_shown_sizes,
            refresh_devices,
            preview_devices,
            seat,
            admin,
            share,
            rooms,
            account,
            window,
            rate,
            save_report,
            tool,
            board,
            tell_tools,
            file_picture,
            pick_for_board,
            drop_on_board,
            put_picture,
            paste_on_board,
            save_drawing,
            past,
            kept_picture,
            console_request,
        ])
        .events(collect_events![AppViewChanged, LevelsChanged, ToolsChanged, BoardChanged, PastChanged])
}

#[tauri::command]
#[specta::specta]
fn app_view(app: State<'_, AppHandle>) -> AppView {
    app.view()
}

#[tauri::command]
#[specta::specta]
fn frames_endpoint(app: State<'_, AppHandle>) -> FramesEndpoint {
    app.frames_endpoint()
}

#[tauri::command]
#[specta::specta]
fn diagnostics(app: State<'_, AppHandle>) -> Diagnostics {
    app.diagnostics()
}

#[tauri::command]
#[specta::specta]
fn open_link(app: State<'_, AppHandle>, link: String) {
    app.send(Command::OpenLink(link));
}

#[tauri::command]
#[specta::specta]
fn start_test_call(app: State<'_, AppHandle>) {
    app.send(Command::StartTestCall);
}

#[tauri::command]
#[specta::specta]
fn set_display_name(app: State<'_, AppHandle>, name: String) {
    app.send(Command::SetDisplayName(name));
}

#[tauri::command]
#[specta::specta]
fn set_microphone(app: State<'_, AppHandle>, on: bool) {
    app.send(Command::SetMicrophone(on));
}

#[tauri::command]
#[specta::specta]
fn set_camera(app: State<'_, AppHandle>, on: bool) {
    app.send(Command::SetCamera(on));
}

#[tauri::command]
#[specta::specta]
fn play_test_sound(app: State<'_, AppHandle>) {
    app.send(Command::PlayTestSound);
}

#[tauri::command]
#[specta::specta]
fn join(app: State<'_, AppHandle>, displace: bool) {
    app.send(Command::Join { displace });
}

#[tauri::command]
#[specta::specta]
fn leave(app: State<'_, AppHandle>) {
    app.send(Command::Leave);
}

#[tauri::command]
#[specta::specta]
fn end_for_everyone(app: State<'_, AppHandle>) {
    app.send(Command::EndForEveryone);
}

#[tauri::command]
#[specta::specta]
fn go_home(app: State<'_, AppHandle>) {
    app.send(Command::GoHome);
}

#[tauri::command]
#[specta::specta]
fn rejoin(app: State<'_, AppHandle>) {
    app.send(Command::Rejoin);
}

#[tauri::command]
#[specta::specta]
fn dismiss_notice(app: State<'_, AppHandle>) {
    app.send(Command::DismissNotice);
}

#[tauri::command]
#[specta::specta]
fn update_settings(app: State<'_, AppHandle>, patch: SettingsPatch) {
    app.send(Command::UpdateSettings(patch));
}

#[tauri::command]
#[specta::specta]
fn set_shown_sizes(app: State<'_, AppHandle>, window: WebviewWindow, sizes: Vec<ShownSize>) {
    app.send(Command::SetShownSizes(window.label().to_owned(), sizes));
}

#[tauri::command]
#[specta::specta]
fn refresh_devices(app: State<'_, AppHandle>) {
    app.send(Command::RefreshDevices);
}

#[tauri::command]
#[specta::specta]
fn preview_devices(app: State<'_, AppHandle>, on: bool) {
    app.send(Command::PreviewDevices(on));
}

#[tauri::command]
#[specta::specta]
fn seat(app: State<'_, AppHandle>, action: SeatAction) {
    app.send(Command::Seat(action));
}

#[tauri::command]
#[specta::specta]
fn admin(app: State<'_, AppHandle>, action: AdminAction) {
    app.send(Command::Admin(action));
}

#[tauri::command]
#[specta::specta]
fn share(app: State<'_, AppHandle>, action: ShareAction) {
    app.send(Command::Share(action));
}

#[tauri::command]
#[specta::specta]
fn rooms(app: State<'_, AppHandle>, action: RoomsAction) {
    app.send(Command::Rooms(action));
}

#[tauri::command]
#[specta::specta]
fn account(app: State<'_, AppHandle>, action: AccountAction) {
    app.send(Command::Account(action));
}

#[tauri::command]
#[specta::specta]
fn window(app: State<'_, AppHandle>, action: WindowAction) {
    app.send(Command::Window(action));
}

#[tauri::command]
#[specta::specta]
fn rate(app: State<'_, AppHandle>, stars: u8, comment: String) {
    app.send(Command::Rate { stars, comment });
}

#[tauri::command]
#[specta::specta]
fn save_report(app: State<'_, AppHandle>) {
    app.send(Command::SaveReport);
}

#[tauri::command]
#[specta::specta]
fn tool(app: State<'_, AppHandle>, action: ToolAction) {
    app.send(Command::Tool(action));
}

#[tauri::command]
#[specta::specta]
fn board(app: State<'_, AppHandle>, action: BoardAction) {
    app.send(Command::Board(action));
}

/// A file of the room as a data URL, where it is a picture or, `large`, a document that is shown; else nothing.
#[tauri::command]
#[specta::specta]
async fn file_picture(tauri: tauri::AppHandle, file_id: FileId, large: bool) -> Option<String> {
    let files = tauri.state::<AppHandle>().files()?;
    let (kind, bytes) = files.picture(&file_id, large).await.ok()?;
    Some(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}

#[tauri::command]
#[specta::specta]
fn past(app: State<'_, AppHandle>, action: PastAction) {
    app.send(Command::Past(action));
}

/// A file of a past session as a data URL, where it is a picture or, `large`, a document that is shown; else nothing.
#[tauri::command]
#[specta::specta]
async fn kept_picture(tauri: tauri::AppHandle, room: RoomId, file_id: FileId, large: bool) -> Option<String> {
    let (kind, bytes) = tauri.state::<AppHandle>().kept_picture(&room, &file_id, large).await?;
    Some(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}

/// What a server's console was answered.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct ConsoleAnswer {
    /// HTTP status.
    status: u16,
    /// JSON, or nothing.
    body: String,
}

/// Asks the server for something of its console, as the person who is signed in; their token stays here. `method` is `GET`,
/// `POST`, `PATCH` or `DELETE`, `path` a path of `/v2/` with its query, `body` JSON.
///
/// # Errors
/// `invalid` for what is no call of the console, `server_unreachable` when nothing answers.
#[tauri::command]
#[specta::specta]
async fn console_request(
    tauri: tauri::AppHandle,
    method: String,
    path: String,
    body: Option<String>,
) -> Result<ConsoleAnswer, Problem> {
    let api = tauri.state::<AppHandle>().console();
    let api = api.ok_or_else(|| Problem::new(ErrorCode::ServerUnreachable, "no server is there yet"))?;
    let (status, body) = api.console(&method, &path, body).await?;
    Ok(ConsoleAnswer { status, body })
}

/// Asks for pictures and PDFs for the board. What cannot be had is told in the app.
#[tauri::command]
#[specta::specta]
async fn pick_for_board(tauri: tauri::AppHandle) -> Vec<PickedForBoard> {
    for_board::pick(&tauri).await
}

/// Takes pictures and PDFs that were dropped on the board. What cannot be had is told in the app.
#[tauri::command]
#[specta::specta]
async fn drop_on_board(tauri: tauri::AppHandle, paths: Vec<PathBuf>) -> Vec<PickedForBoard> {
    for_board::take(&tauri, paths).await
}

/// Takes pictures and PDFs from the clipboard for the board. What cannot be had is told in the app.
#[tauri::command]
#[specta::specta]
async fn paste_on_board(tauri: tauri::AppHandle) -> Vec<PickedForBoard> {
    for_board::paste(&tauri).await
}

/// Shares a picture, in base64, for putting it on a board: a page of a document, or what was pasted.
#[tauri::command]
#[specta::specta]
async fn put_picture(tauri: tauri::AppHandle, name: String, base64: String) -> Option<PickedPicture> {
    for_board::put(&tauri, name, base64).await
}

/// Writes what was drawn, as a data URL, to where people look for what they saved; tells where.
#[tauri::command]
#[specta::specta]
async fn save_drawing(name: String, data_url: String) -> Option<String> {
    let (_, base64) = data_url.split_once(";base64,")?;
    let bytes = STANDARD.decode(base64).ok()?;
    let folder = downloads()?;
    let saved = tokio::task::spawn_blocking(move || visita_call::save_beside(&folder, &name, &bytes)).await.ok()?;
    saved
        .inspect_err(|error| tracing::warn!(%error, "a drawing was not saved"))
        .ok()
        .map(|path| path.display().to_string())
}

/// Says chat, gallery and pointers once more: the page is new, and listens by now.
#[tauri::command]
#[specta::specta]
fn tell_tools(app: State<'_, AppHandle>) {
    app.send(Command::TellTools);
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/ipc/bindings.ts");

    /// The page's types are those of the Rust side. `VISITA_WRITE_BINDINGS=1` (`./dev bindings`) writes them.
    #[test]
    fn bindings_are_up_to_date() {
        let new = std::env::temp_dir().join(format!("visita-bindings-{}.ts", std::process::id()));
        builder().export(specta_typescript::Typescript::default(), &new).expect("exported");
        let made = std::fs::read_to_string(&new).expect("read");
        std::fs::remove_file(&new).expect("removed");
        if std::env::var_os("VISITA_WRITE_BINDINGS").is_some() {
            std::fs::write(FILE, &made).expect("written");
        }
        let kept = std::fs::read_to_string(FILE).unwrap_or_default();
        assert!(made == kept, "ui/src/ipc/bindings.ts is out of date: run ./dev bindings");
    }
}
