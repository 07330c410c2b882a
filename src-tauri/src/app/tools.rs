//! The tools where they touch this computer: dialogs, dropped and pasted files, the folder of downloads.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use tauri_plugin_dialog::DialogExt;
use visita_protocol::{
    FileId,
    view::{NoticeCode, NoticeView, ToolAction},
};

use super::{App, Internal, Screen};

/// Largest thing that is pasted; larger ones are files already.
const MOST_PASTED: usize = 64 * 1024 * 1024;

impl App {
    pub(super) fn tool(&mut self, action: ToolAction) {
        let Screen::Call(in_call) = &self.screen else { return };
        let call = &in_call.call;
        match action {
            ToolAction::PickFiles => {
                let internal = self.internal.clone();
                self.tauri.dialog().file().pick_files(move |picked| {
                    let paths = picked.unwrap_or_default().into_iter().filter_map(|path| path.into_path().ok());
                    let _ = internal.send(Internal::Picked(paths.collect()));
                });
            }
            ToolAction::Paste => {
                let internal = self.internal.clone();
                tokio::task::spawn_blocking(move || match from_clipboard() {
                    Some(Pasted::Files(paths)) => drop(internal.send(Internal::Picked(paths))),
                    Some(Pasted::Picture(path)) => drop(internal.send(Internal::Pasted(path))),
                    None => {}
                });
            }
            ToolAction::SendPasted { name, base64 } => match pasted(&base64) {
                Some(path) => call.send_copy(path, name),
                None => tracing::info!("what was pasted could not be kept"),
            },
            ToolAction::Download { file_id } => call.download(file_id, self.downloads()),
            ToolAction::OpenFile { file_id } => self.open_file(&file_id),
            action => {
                let reads = matches!(action, ToolAction::ShowChat { shown: true });
                call.use_tool(action);
                if reads && self.notice.as_ref().is_some_and(|(notice, _)| notice.code == NoticeCode::ChatMessage) {
                    self.notice = None;
                }
            }
        }
    }

    /// A picture from the clipboard, in a file that goes when it is shared.
    pub(super) fn send_picture(&self, path: PathBuf) {
        self.in_call(|call| call.send_copy(path, "picture.png".to_owned()));
    }

    pub(super) fn send_files(&self, paths: Vec<PathBuf>) {
        let paths: Vec<String> = paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        if !paths.is_empty() {
            self.in_call(|call| call.use_tool(ToolAction::SendFiles { paths }));
        }
    }

    /// [`downloads`], or the app's own folder where nobody has a home.
    pub(super) fn downloads(&self) -> PathBuf {
        downloads().unwrap_or_else(|| self.folder.clone())
    }

    /// Says so where the person is.
    pub(super) fn not_opened(&mut self, path: &Path) {
        let path = path.display().to_string();
        if matches!(self.screen, Screen::Call(_)) || !self.past_not_opened(Some(path.clone())) {
            self.notice(NoticeView { code: NoticeCode::NotOpened, name: Some(path) });
        }
    }

    fn open_file(&self, file_id: &FileId) {
        let Screen::Call(in_call) = &self.screen else { return };
        if let Some(path) = in_call.call.saved(file_id) {
            self.desktop.open_path(&path);
        }
    }
}

/// Where people look for what they saved: the folder that the system names, else the one that browsers make.
pub(crate) fn downloads() -> Option<PathBuf> {
    dirs::download_dir().or_else(|| Some(dirs::home_dir()?.join("Downloads")))
}

/// What the clipboard holds that can be shared.
pub(super) enum Pasted {
    Files(Vec<PathBuf>),
    Picture(PathBuf),
}

/// Web views tell a page of text that is pasted; of pictures and files some tell nothing. What has words too, as from a word
/// processor, was copied for its words.
pub(super) fn from_clipboard() -> Option<Pasted> {
    let mut clipboard = arboard::Clipboard::new().ok()?;
    if let Ok(paths) = clipboard.get().file_list()
        && !paths.is_empty()
    {
        return Some(Pasted::Files(paths));
    }
    if clipboard.get_text().is_ok_and(|text| !text.is_empty()) {
        return None;
    }
    let picture = clipboard.get_image().ok()?;
    let mut bytes = Vec::new();
    let mut encoder =
        png::Encoder::new(&mut bytes, u32::try_from(picture.width).ok()?, u32::try_from(picture.height).ok()?);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().ok()?.write_image_data(&picture.bytes).ok()?;
    keep(&bytes).map(Pasted::Picture)
}

/// What was pasted, in a file.
fn pasted(base64: &str) -> Option<PathBuf> {
    if base64.len() > MOST_PASTED {
        return None;
    }
    keep(&STANDARD.decode(base64).ok()?)
}

fn keep(bytes: &[u8]) -> Option<PathBuf> {
    let file = tempfile::Builder::new().prefix("visita-pasted-").tempfile().ok()?;
    std::fs::write(file.path(), bytes).ok()?;
    file.keep().ok().map(|(_, path)| path)
}
