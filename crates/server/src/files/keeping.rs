//! Where the bytes of files lie: those on their way in a folder of their own, those that are there in an object store.

use std::{
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart, local::LocalFileSystem,
    path::Path as Key,
};
use parking_lot::Mutex;
use tokio::{fs, io::AsyncWriteExt};
use visita_protocol::{FileId, RoomId};

/// Files of all rooms; cheap to clone.
#[derive(Clone)]
pub(crate) struct Files(Arc<Inner>);

struct Inner {
    /// Of uploads under way.
    parts: PathBuf,
    kept: Box<dyn ObjectStore>,
    /// What is kept, where that is a folder of this computer.
    folder: Option<LocalFileSystem>,
    /// One writer at a time for each upload.
    writers: Mutex<HashMap<FileId, Arc<tokio::sync::Mutex<()>>>>,
}

/// Why bytes could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeepError {
    #[error("file system: {0}")]
    Io(#[from] std::io::Error),
    #[error("object store: {0}")]
    Store(#[from] object_store::Error),
    /// More bytes came than were announced.
    #[error("more than was announced")]
    TooMuch,
    /// The client broke off.
    #[error("broken off")]
    BrokenOff,
}

impl Files {
    /// Files in this data folder.
    pub(crate) fn open(data: &Path) -> Result<Self, KeepError> {
        let (parts, kept) = (data.join("uploads"), data.join("files"));
        std::fs::create_dir_all(&parts)?;
        std::fs::create_dir_all(&kept)?;
        let folder = LocalFileSystem::new_with_prefix(kept)?;
        let kept = Box::new(folder.clone());
        Ok(Self(Arc::new(Inner { parts, kept, folder: Some(folder), writers: Mutex::default() })))
    }

    /// Waits until nobody else writes to this upload.
    pub(crate) async fn writer(&self, file: &FileId) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = self.0.writers.lock().entry(file.clone()).or_default().clone();
        lock.lock_owned().await
    }

    /// How many bytes of an upload are there.
    pub(crate) async fn there(&self, file: &FileId) -> Result<u64, KeepError> {
        match fs::metadata(self.part(file)).await {
            Ok(known) => Ok(known.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Appends; what came before the client broke off stays. Answers how many are there then.
    pub(crate) async fn append(&self, file: &FileId, from: u64, most: u64, body: Body) -> Result<u64, KeepError> {
        let mut part = fs::OpenOptions::new().create(true).append(true).open(self.part(file)).await?;
        let mut there = from;
        let mut pieces = body.into_data_stream();
        let mut broken = false;
        while let Some(piece) = pieces.next().await {
            let Ok(piece) = piece else {
                broken = true;
                break;
            };
            there += piece.len() as u64;
            if there > most {
                part.set_len(from).await?;
                return Err(KeepError::TooMuch);
            }
            part.write_all(&piece).await?;
        }
        part.flush().await?;
        if broken { Err(KeepError::BrokenOff) } else { Ok(there) }
    }

    /// Where the bytes of an upload lie that is there in full.
    pub(crate) fn part(&self, file: &FileId) -> PathBuf {
        self.0.parts.join(file.as_str())
    }

    /// Keeps an upload that is there in full, with its small picture.
    pub(crate) async fn keep(&self, room: &RoomId, file: &FileId, thumbnail: Option<Vec<u8>>) -> Result<(), KeepError> {
        self.upload(&key(room, file), &self.part(file)).await?;
        if let Some(thumbnail) = thumbnail {
            self.0.kept.put(&thumbnail_key(room, file), PutPayload::from(thumbnail)).await?;
        }
        self.forget_part(file).await;
        Ok(())
    }

    async fn upload(&self, key: &Key, from: &Path) -> Result<(), KeepError> {
        let pieces = tokio_util::io::ReaderStream::with_capacity(fs::File::open(from).await?, 256 * 1024);
        let mut write = WriteMultipart::new(self.0.kept.put_multipart(key).await?);
        let mut pieces = std::pin::pin!(pieces);
        while let Some(piece) = pieces.next().await {
            // No more in memory than is being written.
            write.wait_for_capacity(4).await?;
            write.put(piece?);
        }
        write.finish().await?;
        Ok(())
    }

    /// Keeps a whole file by this key; it is not where it was any more. On one disk it is moved, which needs no room on it.
    pub(crate) async fn adopt(&self, key: &Key, from: &Path) -> Result<(), KeepError> {
        if let Some(to) = self.local(key) {
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder).await?;
            }
            match fs::rename(from, &to).await {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.upload(key, from).await?;
        Ok(fs::remove_file(from).await?)
    }

    /// Keeps bytes by this key.
    pub(crate) async fn put_key(&self, key: &Key, bytes: Bytes) -> Result<(), KeepError> {
        self.0.kept.put(key, PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// Where what is kept by this key lies, when that is on this computer.
    pub(crate) fn local(&self, key: &Key) -> Option<PathBuf> {
        self.0.folder.as_ref()?.path_to_filesystem(key).ok()
    }

    /// The bytes kept by this key, or some of them.
    pub(crate) async fn read_key(
        &self,
        key: &Key,
        range: Option<Range<u64>>,
    ) -> Result<impl Stream<Item = Result<Bytes, object_store::Error>> + Send + use<>, KeepError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        Ok(self.0.kept.get_opts(key, options).await?.into_stream())
    }

    /// How many bytes are kept by this key; none where there is nothing.
    pub(crate) async fn size(&self, key: &Key) -> Result<Option<u64>, KeepError> {
        match self.0.kept.head(key).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes what is kept by this key, if there is something.
    pub(crate) async fn delete_key(&self, key: &Key) -> Result<(), KeepError> {
        match self.0.kept.delete(key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes all that is kept below this key.
    pub(crate) async fn delete_below(&self, key: &Key) -> Result<(), KeepError> {
        let keys: Vec<_> = self.0.kept.list(Some(key)).map_ok(|meta| meta.location).try_collect().await?;
        for key in keys {
            self.delete_key(&key).await?;
        }
        Ok(())
    }

    /// Drops what came of an upload.
    pub(crate) async fn forget_part(&self, file: &FileId) {
        if let Err(error) = fs::remove_file(self.part(file)).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a broken upload could not be removed");
        }
        self.0.writers.lock().remove(file);
    }

    /// The bytes of a file, or some of them.
    pub(crate) async fn read(
        &self,
        room: &RoomId,
        file: &FileId,
        range: Option<Range<u64>>,
    ) -> Result<impl Stream<Item = Result<Bytes, object_store::Error>> + Send + use<>, KeepError> {
        self.read_key(&key(room, file), range).await
    }

    /// The small picture of a file.
    pub(crate) async fn thumbnail(&self, room: &RoomId, file: &FileId) -> Result<Bytes, KeepError> {
        Ok(self.0.kept.get(&thumbnail_key(room, file)).await?.bytes().await?)
    }

    /// Deletes a file and its small picture.
    pub(crate) async fn delete(&self, room: &RoomId, file: &FileId) -> Result<(), KeepError> {
        for key in [key(room, file), thumbnail_key(room, file)] {
            self.delete_key(&key).await?;
        }
        self.forget_part(file).await;
        Ok(())
    }

    /// Deletes all files of a room.
    pub(crate) async fn delete_room(&self, room: &RoomId) -> Result<(), KeepError> {
        self.delete_below(&Key::from(room.as_str())).await
    }
}

fn key(room: &RoomId, file: &FileId) -> Key {
    Key::from_iter([room.as_str(), file.as_str()])
}

fn thumbnail_key(room: &RoomId, file: &FileId) -> Key {
    Key::from(format!("{room}/{file}.thumbnail"))
}
