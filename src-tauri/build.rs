//! Prepares what Tauri embeds.

fn main() {
    // The page is built by `npm run build`; an empty folder lets the Rust side be checked without it.
    let dist = std::path::Path::new("../ui/dist");
    if !dist.exists() {
        std::fs::create_dir_all(dist).expect("ui/dist can be made");
    }
    tauri_build::build();
}
