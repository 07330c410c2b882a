//! What `./dev run` does without a display: the real app on a virtual one holds a call with `visita-peer`; its figures are
//! printed and a screenshot is saved.

use std::path::PathBuf;

use clap::Parser;
use visita_tests::call;

#[derive(Parser)]
struct Arguments {
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: PathBuf,
    /// Where the screenshot goes.
    #[arg(long, default_value = "call.png")]
    screenshot: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    println!("No display here: the app runs on a virtual one and calls visita-peer.");
    let figures = call::measured(&arguments.bin_dir, Some(arguments.screenshot.clone())).await?;
    println!("Join to first painted frame   {:>8.1} ms", figures.join_to_first_painted_ms);
    println!("Painted                       {:>8.1} frames/s", figures.painted_fps);
    println!("Glass to glass, median        {:>8.1} ms", figures.glass_to_glass_p50_ms);
    println!("Glass to glass, 95th          {:>8.1} ms", figures.glass_to_glass_p95_ms);
    println!("Our picture at the peer       {:>8.1} frames/s", figures.peer_fps);
    println!("App with web view             {:>8.3} cores, {:.0} MB", figures.app_cpu_cores, figures.app_pss_mb);
    for (name, cores) in &figures.cpu_cores {
        println!("  {name:<27} {cores:>8.3} cores");
    }
    println!("Screenshot: {}", arguments.screenshot.display());
    Ok(())
}
