//! Pictures and documents from this computer on their way to a board. A picture is shared at once; of a document the page
//! asks which of its pages are meant, and shares those as pictures.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use specta::Type;
use tauri::Manager;
use tauri_plugin_dialog::DialogExt;
use visita_call::FileClient;
use visita_protocol::{FileId, channel::FilePurpose};

use super::{
    AppHandle, Command,
    tools::{Pasted, from_clipboard},
};

/// Largest document whose pages are looked at, in bytes: it passes to the page in one piece.
const MOST_DOCUMENT: u64 = 40 * 1024 * 1024;

/// A picture that is to be put on a board.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct PickedPicture {
    file_id: FileId,
    /// In pixels.
    width: u32,
    height: u32,
}

/// What was chosen for a board.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum PickedForBoard {
    /// A picture, which is shared already.
    Picture(PickedPicture),
    /// A PDF: the page asks which of its pages are meant.
    Document {
        /// What the file is called.
        name: String,
        /// Its bytes.
        base64: String,
    },
}

/// Asks for files in a dialog of the system.
pub(crate) async fn pick(tauri: &tauri::AppHandle) -> Vec<PickedForBoard> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    let kinds = ["png", "jpg", "jpeg", "webp", "gif", "pdf"];
    let dialog = tauri.dialog().file().add_filter("PNG, JPEG, WebP, GIF, PDF", &kinds);
    dialog.pick_files(move |picked| drop(chosen.send(picked)));
    let picked = choice.await.ok().flatten().unwrap_or_default();
    take(tauri, picked.into_iter().filter_map(|path| path.into_path().ok()).collect()).await
}

/// Shares pictures one after the other, so that they lie in their order, and reads documents.
pub(crate) async fn take(tauri: &tauri::AppHandle, paths: Vec<PathBuf>) -> Vec<PickedForBoard> {
    let app = tauri.state::<AppHandle>();
    let Some(files) = app.files() else { return Vec::new() };
    let mut taken = Vec::new();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let read = path.clone();
        let document = tokio::task::spawn_blocking(move || document(&read)).await;
        match document.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
            Ok(Some(base64)) => taken.push(PickedForBoard::Document { name, base64 }),
            Ok(None) => taken.extend(share(&app, &files, path, name).await.map(PickedForBoard::Picture)),
            Err(error) => {
                tracing::info!(%error, "what was chosen for the board cannot be read");
                app.send(Command::NoPicture(name));
            }
        }
    }
    taken
}

/// Shares a picture that the page has made, in base64.
pub(crate) async fn put(tauri: &tauri::AppHandle, name: String, base64: String) -> Option<PickedPicture> {
    let app = tauri.state::<AppHandle>();
    let files = app.files()?;
    let kept = tokio::task::spawn_blocking(move || {
        let file = tempfile::Builder::new().prefix("visita-picture-").tempfile()?;
        let bytes = STANDARD.decode(base64).map_err(std::io::Error::other)?;
        std::fs::write(file.path(), bytes)?;
        Ok::<_, std::io::Error>(file)
    });
    let Ok(Ok(file)) = kept.await else {
        app.send(Command::NoPicture(name));
        return None;
    };
    share(&app, &files, file.path().to_owned(), name).await
}

/// Takes what the clipboard holds, as web views do not tell their page of it.
pub(crate) async fn paste(tauri: &tauri::AppHandle) -> Vec<PickedForBoard> {
    let app = tauri.state::<AppHandle>();
    let Some(files) = app.files() else { return Vec::new() };
    match tokio::task::spawn_blocking(from_clipboard).await.ok().flatten() {
        Some(Pasted::Files(paths)) => take(tauri, paths).await,
        Some(Pasted::Picture(path)) => {
            let shared = share(&app, &files, path.clone(), "picture.png".to_owned()).await;
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!(%error, "a pasted picture is left behind");
            }
            shared.map(PickedForBoard::Picture).into_iter().collect()
        }
        None => Vec::new(),
    }
}

async fn share(app: &AppHandle, files: &FileClient, path: PathBuf, name: String) -> Option<PickedPicture> {
    let info = files
        .put(path, name.clone(), FilePurpose::Board)
        .await
        .inspect_err(|problem| tracing::info!(code = problem.code.as_str(), "a picture is not on the board"));
    let picked = info.ok().and_then(|info| {
        // What is no picture has no size.
        let (width, height) = info.size_px?;
        Some(PickedPicture { file_id: info.file_id, width, height })
    });
    if picked.is_none() {
        app.send(Command::NoPicture(name));
    }
    picked
}

/// A PDF, in base64; none where it is something else.
fn document(path: &Path) -> std::io::Result<Option<String>> {
    let mut file = std::fs::File::open(path)?;
    let mut begin = [0; 5];
    if file.read_exact(&mut begin).is_err() || begin != *b"%PDF-" {
        return Ok(None);
    }
    if file.metadata()?.len() > MOST_DOCUMENT {
        return Err(std::io::Error::other("too large to be looked into"));
    }
    Ok(Some(STANDARD.encode(std::fs::read(path)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_told_by_its_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("written");
            document(&path).ok().flatten()
        };
        assert_eq!(at("report.bin", b"%PDF-1.7"), Some(STANDARD.encode(b"%PDF-1.7")));
        assert_eq!(at("report.pdf", b"\x89PNG, they say"), None);
        assert_eq!(at("empty.pdf", b""), None);
        assert!(document(&folder.path().join("none.pdf")).is_err());
        let large = folder.path().join("large.pdf");
        std::fs::write(&large, b"%PDF-").expect("written");
        std::fs::File::options().write(true).open(&large).expect("opened").set_len(MOST_DOCUMENT + 1).expect("grown");
        assert!(document(&large).is_err());
    }
}
