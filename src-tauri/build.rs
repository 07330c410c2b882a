//! Prepares what Tauri embeds.

fn main() {
    // The page is built by `npm run build`; an empty folder lets the Rust side be checked without it.
    let dist = std::path::Path::new("../ui/dist");
    if !dist.exists() {
        std::fs::create_dir_all(dist).expect("ui/dist can be made");
    }
    // A page that was built anew is embedded anew.
    println!("cargo:rerun-if-changed=../ui/dist");
    tauri_build::build();
}
