//! Making the calls.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    task::{JoinHandle, JoinSet},
};
use visita_room::Timestamp;

use crate::{
    clock::Clock,
    keys::{Keys, hmac_sha256},
    store::{Delivery, Store, StoreError, WebhookCalled},
};

/// How long one call may take, from looking up the name to the last byte of the answer.
const CALL_TIME: Duration = Duration::from_secs(10);
/// Pause after the first attempt that failed; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause: a receiver that is back is told within this time.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// How long an event is tried. Longer forgives a weekend; shorter keeps the outbox small.
const GIVE_UP: Duration = Duration::from_secs(3 * 86_400);
/// Calls at once. One slow receiver holds up at most the others of its batch, for [`CALL_TIME`].
const AT_ONCE: u32 = 16;
/// Pause after storage failed.
const STORE_PAUSE: Duration = Duration::from_secs(5);
/// Carries the signature: `t=UNIX_SECONDS,v1=HEX`, HMAC-SHA256 of `UNIX_SECONDS.BODY`.
const SIGNATURE: &str = "visita-signature";

pub(super) fn spawn(
    store: Arc<dyn Store>,
    keys: Keys,
    clock: Clock,
    news: Arc<Notify>,
    stop: Arc<Notify>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        // No redirects: who may name a URL is not thereby who may send us into a network that only we can reach.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(CALL_TIME)
            .user_agent(concat!("visita-server/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = match client {
            Ok(client) => client,
            Err(error) => return tracing::error!(%error, "webhooks cannot be called"),
        };
        Courier { store, keys, clock, client }.run(&news, &stop).await;
    })
}

#[derive(Clone)]
struct Courier {
    store: Arc<dyn Store>,
    keys: Keys,
    clock: Clock,
    client: reqwest::Client,
}

impl Courier {
    async fn run(self, news: &Notify, stop: &Notify) {
        loop {
            let next = match self.deliver_due().await {
                Ok(next) => next.map(|at| self.clock.instant(at)),
                Err(error) => {
                    tracing::error!(%error, "the outbox of webhooks cannot be read");
                    Some(std::time::Instant::now() + STORE_PAUSE)
                }
            };
            let due = async {
                match next {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.notified() => break,
                () = news.notified() => {}
                () = due => {}
            }
        }
    }

    /// Delivers what is due; answers when the next is.
    async fn deliver_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut calls = JoinSet::new();
        for delivery in self.store.due(self.clock.now(), AT_ONCE).await? {
            let courier = self.clone();
            calls.spawn(async move { courier.deliver(delivery).await });
        }
        while let Some(written) = calls.join_next().await {
            if let Ok(written) = written {
                written?;
            }
        }
        self.store.next_due().await
    }

    async fn deliver(&self, delivery: Delivery) -> Result<(), StoreError> {
        let came = self.call(&delivery).await;
        let now = self.clock.now();
        let status = match &came {
            Ok(status) => Some(*status),
            Err(NotTaken { status, .. }) => *status,
        };
        let called = WebhookCalled { at: now, delivered: came.is_ok(), status };
        self.store.webhook_called(&delivery.webhook_id, &called).await?;
        let Err(NotTaken { reason, .. }) = came else { return self.store.delivered(delivery.delivery_id).await };
        if now.since(delivery.created_at) >= GIVE_UP {
            tracing::warn!(delivery = delivery.delivery_id, %reason, "an event is given up");
            return self.store.delivered(delivery.delivery_id).await;
        }
        let pause = pause_after(delivery.attempts);
        tracing::info!(
            delivery = delivery.delivery_id,
            attempts = delivery.attempts + 1,
            pause_s = pause.as_secs(),
            %reason,
            "a webhook did not take an event"
        );
        self.store.deliver_again(delivery.delivery_id, now + pause).await
    }

    /// Where the receiver did not take it, and the one that stands in for it, where there is one, did not either: why.
    async fn call(&self, delivery: &Delivery) -> Result<u16, NotTaken> {
        let first = self.call_at(&delivery.url, delivery).await;
        match (&first, &delivery.failover_url) {
            (Err(_), Some(url)) => self.call_at(url, delivery).await,
            _ => first,
        }
    }

    /// Status of the answer. Why it was not taken shows nothing of the URL, which may carry a secret.
    async fn call_at(&self, url: &str, delivery: &Delivery) -> Result<u16, NotTaken> {
        let unheard = |reason: String| NotTaken { reason, status: None };
        let secret = self.keys.open_webhook_secret(&delivery.secret).map_err(|error| unheard(error.to_string()))?;
        let seconds = (self.clock.now().unix_ms() / 1000).to_string();
        let signature = hmac_sha256(secret.expose().as_bytes(), &[seconds.as_bytes(), b".", delivery.body.as_bytes()]);
        let answer = self
            .client
            .post(url)
            .timeout(delivery.timeout.unwrap_or(CALL_TIME))
            .header("content-type", "application/json")
            .header(SIGNATURE, format!("t={seconds},v1={}", hex(&signature)))
            .body(delivery.body.clone())
            .send()
            .await
            .map_err(|error| unheard(error.without_url().to_string()))?;
        let status = answer.status().as_u16();
        if answer.status().is_success() {
            Ok(status)
        } else {
            Err(NotTaken { reason: format!("answered {status}"), status: Some(status) })
        }
    }
}

/// Why an event was not taken.
struct NotTaken {
    reason: String,
    /// HTTP status of the answer, where one came.
    status: Option<u16>,
}

/// 1 s, 2 s, 4 s … 1 h.
fn pause_after(attempts: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempts)).min(LONGEST_PAUSE)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let seconds: Vec<_> = [0, 1, 2, 11, 12, u32::MAX].into_iter().map(|n| pause_after(n).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 2048, 3600, 3600]);
    }
}
