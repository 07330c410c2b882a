//! Whether pictures are drawn by a GPU.

use std::path::Path;

use crate::environment::set_default;

/// Sets WebKitGTK up before GTK starts: without a GPU its accelerated path runs on llvmpipe and costs four times as much as
/// plain software drawing. Answers whether drawing is done in software.
pub(crate) fn prepare() -> bool {
    let software = !has_gpu(Path::new("/dev/dri"));
    if cfg!(target_os = "linux") && software {
        set_default("WEBKIT_DISABLE_DMABUF_RENDERER", "1".as_ref());
    }
    cfg!(target_os = "linux") && software
}

/// A render node is what Mesa needs to draw on hardware; a machine without one has only llvmpipe.
fn has_gpu(dri: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dri) else { return false };
    entries.flatten().any(|entry| {
        entry.file_name().to_string_lossy().starts_with("renderD")
            && std::fs::File::options().read(true).write(true).open(entry.path()).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_without_render_node_is_no_gpu() {
        let dir = std::env::temp_dir().join(format!("visita-dri-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("folder");
        std::fs::write(dir.join("card0"), "").expect("file");
        assert!(!has_gpu(&dir));
        std::fs::write(dir.join("renderD128"), "").expect("file");
        assert!(has_gpu(&dir));
        std::fs::remove_dir_all(&dir).expect("removed");
        assert!(!has_gpu(&dir));
    }
}
