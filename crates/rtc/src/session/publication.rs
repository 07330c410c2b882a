//! A track of ours as the session keeps it, through resumes and rejoins.

use std::{sync::Arc, time::Instant};

use livekit_protocol as proto;
use tokio::sync::oneshot;

use crate::{
    AudioPublication, LocalAudio, LocalVideo, RtcError, SentLayerStats, SentTrackStats, Source, VideoPublication,
    engine::{AudioOutlet, EngineError, Gate, LayerFigures, Meters, Peer, SendTrack, VideoOutlet},
};

/// What is published, where its media come from, and who waits for it.
pub(crate) enum Outgoing {
    Video {
        spec: VideoPublication,
        outlet: Arc<VideoOutlet>,
        waiting: Option<oneshot::Sender<Result<LocalVideo, RtcError>>>,
    },
    Audio {
        spec: AudioPublication,
        outlet: Arc<AudioOutlet>,
        waiting: Option<oneshot::Sender<Result<LocalAudio, RtcError>>>,
    },
}

/// A track of ours.
pub(crate) struct Publication {
    /// Our name for it in the SDP.
    pub(crate) cid: String,
    pub(crate) outgoing: Outgoing,
    pub(crate) gate: Arc<Gate>,
    pub(crate) muted: bool,
    /// The first sid the server gave it; what callers know it by.
    pub(crate) sid: Option<Arc<str>>,
    /// The server's words about it on the present link.
    pub(crate) info: Option<proto::TrackInfo>,
    /// On the present link.
    pub(crate) track: Option<SendTrack>,
    /// When to give up waiting for the server.
    pub(crate) deadline: Instant,
}

impl Publication {
    /// Adds it to a connection.
    pub(crate) async fn attach(&mut self, peer: &Peer) -> Result<(), EngineError> {
        self.gate.unbind();
        self.info = None;
        self.track = Some(match &self.outgoing {
            Outgoing::Video { spec, .. } => {
                peer.add_video(&self.cid, spec.layers.iter().map(|layer| layer.rid.clone()).collect()).await?
            }
            Outgoing::Audio { .. } => peer.add_audio(&self.cid).await?,
        });
        Ok(())
    }

    /// The request that announces it.
    pub(crate) fn request(&self) -> proto::AddTrackRequest {
        let base = proto::AddTrackRequest {
            cid: self.cid.clone(),
            muted: self.muted,
            source: track_source(self.source()) as i32,
            // RED would be a second payload type in a section of which the server takes the first only.
            disable_red: true,
            ..Default::default()
        };
        match &self.outgoing {
            Outgoing::Audio { spec, .. } => proto::AddTrackRequest {
                name: spec.name.clone(),
                r#type: proto::TrackType::Audio as i32,
                audio_features: if spec.dtx { Vec::new() } else { vec![proto::AudioTrackFeature::TfNoDtx as i32] },
                ..base
            },
            Outgoing::Video { spec, .. } => {
                let layers = video_layers(spec);
                let size = spec.layers.last().map(|layer| layer.size).unwrap_or_default();
                proto::AddTrackRequest {
                    name: spec.name.clone(),
                    r#type: proto::TrackType::Video as i32,
                    width: size.width,
                    height: size.height,
                    layers: layers.clone(),
                    simulcast_codecs: vec![proto::SimulcastCodec {
                        codec: "vp8".to_owned(),
                        cid: self.cid.clone(),
                        layers,
                        ..Default::default()
                    }],
                    ..base
                }
            }
        }
    }

    /// Where it comes from.
    pub(crate) fn source(&self) -> Source {
        match &self.outgoing {
            Outgoing::Video { spec, .. } => spec.source,
            Outgoing::Audio { spec, .. } => spec.source,
        }
    }

    /// Whether callers know it by `sid`.
    pub(crate) fn is(&self, sid: &str) -> bool {
        self.sid.as_deref() == Some(sid)
    }

    /// Whether the server knows it by `sid` now.
    pub(crate) fn is_for_server(&self, sid: &str) -> bool {
        self.info.as_ref().is_some_and(|info| info.sid == sid)
    }

    /// The server's sid of it on the present link.
    pub(crate) fn server_sid(&self) -> Option<&str> {
        self.info.as_ref().map(|info| info.sid.as_str())
    }

    /// Opens the gate once the negotiation is through.
    pub(crate) async fn bind(&mut self) -> Result<(), EngineError> {
        match &self.track {
            Some(track) if !self.gate.is_bound() => track.bind(&self.gate).await,
            _ => Ok(()),
        }
    }

    /// Hands it to whoever waits, once the server named it and the negotiation is through.
    pub(crate) fn complete(&mut self) {
        let Some(sid) = self.sid.clone().filter(|_| self.gate.is_bound()) else { return };
        match &mut self.outgoing {
            Outgoing::Video { outlet, waiting, .. } => {
                if let Some(waiting) = waiting.take() {
                    let _ = waiting.send(Ok(LocalVideo::new(sid, outlet.clone())));
                }
            }
            Outgoing::Audio { outlet, waiting, .. } => {
                if let Some(waiting) = waiting.take() {
                    let _ = waiting.send(Ok(LocalAudio::new(sid, outlet.clone())));
                }
            }
        }
    }

    /// Ends it, telling whoever still waits.
    pub(crate) fn fail(self, error: RtcError) {
        self.gate.end();
        match self.outgoing {
            Outgoing::Video { waiting: Some(waiting), .. } => drop(waiting.send(Err(error))),
            Outgoing::Audio { waiting: Some(waiting), .. } => drop(waiting.send(Err(error))),
            _ => {}
        }
    }

    /// Whether somebody still waits for it.
    pub(crate) fn is_awaited(&self) -> bool {
        match &self.outgoing {
            Outgoing::Video { waiting, .. } => waiting.is_some(),
            Outgoing::Audio { waiting, .. } => waiting.is_some(),
        }
    }

    /// Layers of which frames were dropped since the last call.
    pub(crate) fn take_dropped(&self) -> Vec<usize> {
        match &self.outgoing {
            Outgoing::Video { outlet, .. } => outlet.take_overflowed(),
            Outgoing::Audio { .. } => Vec::new(),
        }
    }

    /// What it would send at its best, bits per second.
    pub(crate) fn best_rate(&self) -> u32 {
        match &self.outgoing {
            Outgoing::Video { spec, .. } => spec.layers.iter().map(|layer| layer.bitrate.bps()).sum(),
            Outgoing::Audio { .. } => 100_000,
        }
    }

    /// Number of video layers; none for a sound.
    pub(crate) fn layers(&self) -> usize {
        match &self.outgoing {
            Outgoing::Video { spec, .. } => spec.layers.len(),
            Outgoing::Audio { .. } => 0,
        }
    }

    /// The layer with this SSRC.
    pub(crate) fn layer_of(&self, ssrc: u32) -> Option<usize> {
        self.track.as_ref()?.ssrcs().iter().position(|&own| own == ssrc)
    }

    /// Which layers the server wants.
    #[allow(deprecated, reason = "the list outside of the codecs is all that older servers send")]
    pub(crate) fn layers_wanted(&self, update: &proto::SubscribedQualityUpdate) -> Option<Vec<bool>> {
        let Outgoing::Video { spec, .. } = &self.outgoing else { return None };
        let qualities = update
            .subscribed_codecs
            .iter()
            .find(|codec| codec.codec.to_ascii_lowercase().ends_with("vp8"))
            .map_or(&update.subscribed_qualities, |codec| &codec.qualities);
        let wants = |quality| qualities.iter().any(|q| q.quality() == quality && q.enabled);
        if spec.layers.len() == 1 {
            return Some(vec![qualities.iter().any(|q| q.enabled)]);
        }
        Some(video_layers(spec).iter().map(|layer| wants(layer.quality())).collect())
    }

    /// Its figures.
    pub(crate) fn stats(&self, meters: &Meters, now: Instant) -> Option<SentTrackStats> {
        let sid = self.sid.as_ref()?.to_string();
        let (rids, figures) = match &self.outgoing {
            Outgoing::Video { spec, outlet, .. } => {
                (spec.layers.iter().map(|layer| layer.rid.clone()).collect(), outlet.figures(now))
            }
            Outgoing::Audio { outlet, .. } => {
                (vec![String::new()], vec![LayerFigures { frames: outlet.packets(), ..LayerFigures::default() }])
            }
        };
        let ssrcs = self.gate.ssrcs();
        let meters = meters.lock();
        let layers = rids
            .into_iter()
            .enumerate()
            .map(|(index, rid)| {
                let figures = figures.get(index).copied().unwrap_or_default();
                let written = SentLayerStats {
                    rid,
                    frames: figures.frames,
                    fps: figures.fps as f32,
                    size: figures.size,
                    dropped: figures.dropped,
                    ..SentLayerStats::default()
                };
                let Some(meter) = ssrcs.get(index).and_then(|ssrc| meters.sent.get(ssrc)) else { return written };
                SentLayerStats {
                    packets: meter.packets,
                    bytes: meter.bytes,
                    kbps: (meter.bits_per_second(now) / 1000.0) as u32,
                    nacked: meter.nacked,
                    retransmitted: meter.retransmitted,
                    key_frame_requests: meter.key_frame_requests,
                    loss: meter.loss,
                    ..written
                }
            })
            .collect();
        Some(SentTrackStats { sid, source: self.source(), layers })
    }
}

/// LiveKit's word for a source.
pub(crate) fn track_source(source: Source) -> proto::TrackSource {
    match source {
        Source::Camera => proto::TrackSource::Camera,
        Source::Microphone => proto::TrackSource::Microphone,
        Source::ScreenShare => proto::TrackSource::ScreenShare,
        Source::ScreenShareAudio => proto::TrackSource::ScreenShareAudio,
    }
}

/// Layers as LiveKit numbers them: the only one is the high one.
fn video_layers(spec: &VideoPublication) -> Vec<proto::VideoLayer> {
    use proto::VideoQuality::{High, Low, Medium};
    let qualities: &[proto::VideoQuality] = if spec.layers.len() == 1 { &[High] } else { &[Low, Medium, High] };
    spec.layers
        .iter()
        .zip(qualities)
        .enumerate()
        .map(|(index, (layer, &quality))| proto::VideoLayer {
            quality: quality as i32,
            width: layer.size.width,
            height: layer.size.height,
            bitrate: layer.bitrate.bps(),
            spatial_layer: index as i32,
            rid: layer.rid.clone(),
            ..Default::default()
        })
        .collect()
}
