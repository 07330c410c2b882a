//! The lobby's look at the network: what the way to the server is like before anybody is in the room.

use std::time::{Duration, Instant};

use visita_protocol::{Bitrate, entry::MOST_ON_TRIAL, link::RoomLink, view::NetworkCheck};

use crate::entry::{client, join_url, unreachable};

/// How often the way there and back is measured.
const ROUNDS: usize = 6;
/// What goes down, and then up.
const AMOUNT: usize = MOST_ON_TRIAL / 2;
/// All of it; what has not come by then is too slow.
const WITHIN: Duration = Duration::from_secs(6);

/// Conversation becomes hard beyond (ITU-T G.114 has 400 ms of mouth to ear for the limit).
const LONG_WAY: Duration = Duration::from_millis(300);
/// Sound would wait this long for what is late.
const UNEVEN_WAY: Duration = Duration::from_millis(150);
/// A picture at half its size, and sound.
const ENOUGH: Bitrate = Bitrate::from_kbps(600);

/// The way to a server.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Way {
    /// There and back, the median.
    round_trip: Duration,
    /// How far the times there and back lie apart, the worst left out.
    spread: Duration,
    /// What it carried to us.
    down: Bitrate,
    /// What it carried from us.
    up: Bitrate,
}

impl Way {
    /// Whether it will do for picture and sound.
    fn is_good(&self) -> bool {
        self.round_trip < LONG_WAY && self.spread < UNEVEN_WAY && self.down >= ENOUGH && self.up >= ENOUGH
    }
}

/// Tries the way to the link's server. Nothing of the link is used up.
pub async fn try_way(link: &RoomLink) -> NetworkCheck {
    let (Ok(mut url), Ok(client)) = (join_url(link), client()) else { return NetworkCheck::Unreachable };
    url.set_path(&format!("{}/line", url.path()));
    match tokio::time::timeout(WITHIN, measured(&Line { url, client })).await {
        Ok(Ok(way)) => {
            tracing::info!(?way, "the way to the server was tried");
            if way.is_good() { NetworkCheck::Good } else { NetworkCheck::Weak }
        }
        // It answers at once that it will not be tried just now, or never: nothing speaks against it.
        Ok(Err(error)) if error.is_status() => NetworkCheck::Good,
        Ok(Err(error)) => {
            unreachable(error);
            NetworkCheck::Unreachable
        }
        Err(_) => NetworkCheck::Weak,
    }
}

/// What is asked, and by whom.
struct Line {
    url: url::Url,
    client: &'static reqwest::Client,
}

async fn measured(line: &Line) -> reqwest::Result<Way> {
    // The first opens the connection, which the others find open.
    fetched(line, 1).await?;
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        rounds.push(fetched(line, 1).await?);
    }
    rounds.sort();
    let round_trip = rounds[ROUNDS / 2];
    let spread = rounds[ROUNDS - 2] - rounds[0];
    let rate = |took: Duration| {
        let ms = took.saturating_sub(round_trip).as_millis().max(1);
        Bitrate::from_bps(u32::try_from(AMOUNT as u128 * 8000 / ms).unwrap_or(u32::MAX))
    };
    let down = rate(fetched(line, AMOUNT).await?);
    let up = rate(sent(line).await?);
    Ok(Way { round_trip, spread, down, up })
}

async fn fetched(at: &Line, bytes: usize) -> reqwest::Result<Duration> {
    let mut url = at.url.clone();
    url.set_query(Some(&format!("bytes={bytes}")));
    let started = Instant::now();
    at.client.get(url).send().await?.error_for_status()?.bytes().await?;
    Ok(started.elapsed())
}

async fn sent(at: &Line) -> reqwest::Result<Duration> {
    // Random bytes, which nothing on the way makes fewer.
    let mut body = vec![0_u8; AMOUNT];
    rand::RngCore::fill_bytes(&mut rand::rng(), &mut body);
    let started = Instant::now();
    at.client.post(at.url.clone()).body(body).send().await?.error_for_status()?;
    Ok(started.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_as_good_as_its_worst() {
        let (ms, kbps) = (Duration::from_millis, Bitrate::from_kbps);
        let good = Way { round_trip: ms(40), spread: ms(10), down: kbps(20_000), up: kbps(2_000) };
        assert!(good.is_good());
        assert!(!Way { round_trip: ms(400), ..good }.is_good());
        assert!(!Way { spread: ms(200), ..good }.is_good());
        assert!(!Way { down: kbps(300), ..good }.is_good());
        assert!(!Way { up: kbps(300), ..good }.is_good());
    }
}
