//! Memory shared with the X server.
#![allow(unsafe_code, reason = "a memory map of a file is unsafe to make: somebody else may change the file")]

use std::{fs::File, io, os::fd::OwnedFd};

use memmap2::MmapMut;
use rustix::fs::{MemfdFlags, memfd_create};

/// Memory that nobody but us and whom we give the file can reach.
pub(super) struct SharedMemory {
    map: MmapMut,
}

impl SharedMemory {
    /// So many bytes, and the file to give away.
    pub(super) fn new(bytes: usize) -> io::Result<(Self, OwnedFd)> {
        let file = File::from(memfd_create("visita-screen", MemfdFlags::CLOEXEC)?);
        file.set_len(bytes as u64)?;
        // SAFETY: only the X server has the file besides us. It writes while it answers a request for a picture, which
        // we wait for before looking, and it has no reason to cut the file short.
        let map = unsafe { MmapMut::map_mut(&file)? };
        Ok((Self { map }, file.into()))
    }

    /// The bytes.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.map
    }
}
