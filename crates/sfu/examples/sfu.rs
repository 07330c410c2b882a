//! The media server alone: `cargo run -p visita-sfu --example sfu -- [PORT]`. Key `devkey`, secret `secret`, loopback only.

use std::{collections::HashMap, net::Ipv4Addr};

use axum::serve::ListenerExt;
use visita_protocol::Secret;
use visita_sfu::{Sfu, SfuConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .init();
    let port = std::env::args().nth(1).map_or(Ok(7880), |port| port.parse())?;
    let keys = HashMap::from([("devkey".to_owned(), Secret::new("secret"))]);
    let config = SfuConfig { rtc_udp: (Ipv4Addr::LOCALHOST, 0).into(), keys, ..Default::default() };
    let (sfu, mut events) = Sfu::start(config).await?;
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            tracing::info!(?event);
        }
    });
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("ready http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, sfu.routes())
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    sfu.stop().await;
    Ok(())
}
