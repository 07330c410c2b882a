//! A data channel: one task that writes once it is open, and hands over what arrives.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;
use webrtc::data_channel::{DataChannel, DataChannelEvent};

/// A data channel of ours. Closing the connection ends it.
#[derive(Debug)]
pub(crate) struct Channel {
    /// `_reliable` or `_lossy`.
    pub(crate) label: String,
    /// Number of the channel in its connection.
    pub(crate) id: usize,
    outgoing: mpsc::UnboundedSender<Bytes>,
}

impl Channel {
    /// Starts its task. `on_message` is called on it.
    pub(crate) fn start(
        label: String,
        channel: Arc<dyn DataChannel>,
        on_message: impl Fn(Bytes) + Send + 'static,
    ) -> Self {
        let (outgoing, queue) = mpsc::unbounded_channel();
        let id = channel.id();
        tokio::spawn(run(channel, queue, on_message));
        Self { label, id, outgoing }
    }

    /// Sends a message as soon as the channel is open.
    pub(crate) fn send(&self, message: Bytes) {
        // The task is gone only when the connection is.
        let _ = self.outgoing.send(message);
    }
}

/// Reads a channel the other side made.
pub(crate) fn read(channel: Arc<dyn DataChannel>, on_message: impl Fn(Bytes) + Send + 'static) {
    let (_unused, queue) = mpsc::unbounded_channel();
    tokio::spawn(run(channel, queue, on_message));
}

async fn run(
    channel: Arc<dyn DataChannel>,
    mut queue: mpsc::UnboundedReceiver<Bytes>,
    on_message: impl Fn(Bytes) + Send + 'static,
) {
    let mut open = false;
    loop {
        tokio::select! {
            event = channel.poll() => match event {
                Some(DataChannelEvent::OnOpen) => open = true,
                Some(DataChannelEvent::OnMessage(message)) => on_message(message.data.freeze()),
                Some(DataChannelEvent::OnClose) | None => return,
                Some(_) => {}
            },
            Some(message) = queue.recv(), if open => {
                if let Err(error) = channel.send(BytesMut::from(&message[..])).await {
                    tracing::warn!(%error, "a data message was not sent");
                }
            }
        }
    }
}
