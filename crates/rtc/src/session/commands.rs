//! What the caller says.

use super::{Command, Session, publication::Outgoing};
use crate::{
    Data, RtcError,
    engine::{AudioOutlet, Gate, VideoOutlet},
};

impl Session {
    pub(super) async fn on_command(&mut self, command: Command) {
        match command {
            Command::PublishVideo { publication: spec, reply } => {
                let gate = Gate::new(spec.muted);
                let outlet = VideoOutlet::start(gate.clone(), spec.layers.len());
                let muted = spec.muted;
                self.publish(gate, muted, Outgoing::Video { spec, outlet, waiting: Some(reply) }).await;
            }
            Command::PublishAudio { publication: spec, reply } => {
                let gate = Gate::new(spec.muted);
                let outlet = AudioOutlet::start(gate.clone());
                let muted = spec.muted;
                self.publish(gate, muted, Outgoing::Audio { spec, outlet, waiting: Some(reply) }).await;
            }
            Command::SetMuted { sid, muted, reply } => {
                let _ = reply.send(self.set_muted(&sid, muted).await);
            }
            Command::Unpublish { sid, reply } => {
                let _ = reply.send(self.unpublish(&sid).await);
            }
            Command::RequestKeyFrame { sid } => {
                if let Some(subscription) = self.subscriptions.get(&sid) {
                    subscription.inlet.request_key_frame();
                }
            }
            Command::SetWanted { sid, wanted } => self.set_wanted(sid, wanted).await,
            // It may end the session, so it is taken where that can be said.
            Command::NetworkChanged => {}
            Command::SendData { data, reply } => {
                let _ = reply.send(self.send_data(data));
            }
        }
    }

    pub(super) fn send_data(&mut self, data: Data) -> Result<(), RtcError> {
        if self.permission.as_ref().is_some_and(|permission| !permission.can_publish_data) {
            return Err(RtcError::NotAllowed("data messages".to_owned()));
        }
        let reliable = data.reliable;
        let message = self.data.send(data);
        let channel = if reliable { &self.link.reliable } else { &self.link.lossy };
        channel.send(message);
        Ok(())
    }
}
