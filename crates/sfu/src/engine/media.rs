//! The hot path: a media packet in, one packet out per subscriber.

use std::time::{Duration, Instant, UNIX_EPOCH};

use slotmap::SlotMap;
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite};

use super::{
    Engine,
    model::{Forward, Subscription, SubscriptionKey, Track, TrackKey, VideoPassing},
    peer::{Peer, PeerFault, PeerKey, Source},
    touch,
};
use crate::{
    api::TrackKind,
    forward::{LAYERS, Layer, Seen, VideoPacket, look},
};

/// Clock rate of video (RFC 7741 4.1).
const VIDEO_HZ: f64 = 90_000.0;

/// How much sound a packet is taken to hold when judging who speaks: what every client sends unless told otherwise.
const AUDIO_PACKET_MS: u32 = 20;

/// Level of a packet that says none: silence.
const SILENCE_DBOV: u8 = 127;

impl Engine {
    pub(super) fn on_rtp(&mut self, peer_key: PeerKey, packet: &RtpPacket, now: Instant) {
        self.stats.packets_in += 1;
        let Some(source) = self.source_of(peer_key, packet) else { return };
        let Some(track) = self.tracks.get_mut(source.track) else { return };
        let layer_state = &mut track.layers[source.layer.index()];
        // What is repeated of a layer that has stopped does not bring it to life.
        if layer_state.pace.add(packet.header.timestamp, now) {
            layer_state.last_packet = Some(now);
        }
        layer_state.rate.add(packet.payload.len());
        if track.info.muted {
            return;
        }
        match track.kind {
            TrackKind::Audio => self.forward_audio(source.track, packet, now),
            TrackKind::Video => self.forward_video(source, packet, now),
        }
    }

    fn forward_audio(&mut self, track_key: TrackKey, packet: &RtpPacket, now: Instant) {
        let Some(track) = self.tracks.get(track_key) else { return };
        if let Some(room) = self.rooms.get_mut(track.room) {
            // str0m negates the level of RFC 6464: 0 loudest, -127 silence.
            let dbov = packet.header.ext_vals.audio_level.map_or(SILENCE_DBOV, |level| level.unsigned_abs().min(127));
            room.speakers.observe(track.participant, dbov, AUDIO_PACKET_MS, now);
        }
        for &key in &track.subscriptions {
            let Some(subscription) = self.subscriptions.get_mut(key) else { continue };
            let (Some(out), Forward::Audio { sequence, running }) = (subscription.out, &mut subscription.forward)
            else {
                continue;
            };
            if subscription.disabled {
                continue;
            }
            let Some(peer) = self.peers.get_mut(subscription.peer).filter(|peer| peer.connected) else { continue };
            if !std::mem::replace(running, true) {
                sequence.switch(*packet.seq_no);
            }
            if packet.payload.is_empty() {
                sequence.leave_out(*packet.seq_no);
                continue;
            }
            let Some(number) = sequence.map(*packet.seq_no) else { continue };
            let write =
                RtpWrite::new(out.payload_type, number.into(), packet.header.timestamp, now, packet.payload.clone())
                    .marker(packet.header.marker)
                    .ext_vals(passed_on(&packet.header.ext_vals))
                    .nackable(true);
            let result = peer.with(|rtc| {
                if let Some(stream) = rtc.direct_api().stream_tx(&out.ssrc) {
                    stream.write_rtp(write);
                }
                Ok(())
            });
            self.stats.packets_forwarded += 1;
            if let Err(fault) = result {
                self.faults.push((subscription.peer, fault));
            }
            touch(&mut self.peers, &mut self.touched, subscription.peer);
        }
    }

    fn forward_video(&mut self, source: Source, packet: &RtpPacket, now: Instant) {
        let (tracks, mut ways) = self.apart();
        let Some(track) = tracks.get_mut(source.track) else { return };
        let Seen { key_frame, empty, descriptor } = look(track.codec, &packet.payload);
        let layer_state = &mut track.layers[source.layer.index()];
        if key_frame {
            tracing::trace!(track = track.info.sid, layer = source.layer.index(), "key frame");
            layer_state.gate.settle();
            layer_state.last_key_frame = Some(now);
        }
        let passing = VideoPassing {
            summary: VideoPacket {
                layer: source.layer,
                sequence: *packet.seq_no,
                timestamp: packet.header.timestamp,
                arrival: now,
                captured: captured(packet),
                key_frame,
                empty,
                picture_id: descriptor.and_then(|descriptor| descriptor.picture_id()),
                tl0: descriptor.and_then(|descriptor| descriptor.tl0_pic_idx()),
            },
            descriptor,
            marker: packet.header.marker,
            extensions: passed_on(&packet.header.ext_vals),
            payload: packet.payload.clone(),
        };
        layer_state.recent.add(|| passing.clone(), key_frame, now);
        // A key frame of a layer may tell that the larger ones were left, and be what to go on with.
        let retarget = (key_frame || !track.alive[source.layer.index()]) && track.review_alive();
        for &key in &track.subscriptions {
            ways.pass_on(key, &passing, retarget.then_some(track.alive), now);
        }
        if retarget {
            self.ask_for_key_frames(source.track, now);
        }
    }

    /// The tracks, and what packets of theirs go out through.
    fn apart(&mut self) -> (&mut SlotMap<TrackKey, Track>, Ways<'_>) {
        let ways = Ways {
            subscriptions: &mut self.subscriptions,
            peers: &mut self.peers,
            touched: &mut self.touched,
            faults: &mut self.faults,
            forwarded: &mut self.stats.packets_forwarded,
        };
        (&mut self.tracks, ways)
    }

    /// Lets those who wait for a key frame of a track, and see nothing of it or a layer that has stopped, go on with one that
    /// was just there.
    pub(super) fn catch_up(&mut self, track_key: TrackKey, now: Instant) {
        let (tracks, mut ways) = self.apart();
        let Some(track) = tracks.get(track_key) else { return };
        for &key in &track.subscriptions {
            let Some(Forward::Video(video)) = ways.subscriptions.get(key).map(|one| &one.forward) else { continue };
            let Some(layer) = video.waiting_for() else { continue };
            if video.current().is_some_and(|current| track.alive[current.index()]) {
                continue;
            }
            let fits = |packets: &&[VideoPassing]| packets.first().is_some_and(|first| video.is_news(&first.summary));
            let mut nearest = track.layers[..=layer.index()].iter().rev().map(|layer| layer.recent.packets(now));
            for passing in nearest.find(fits).into_iter().flatten() {
                ways.pass_on(key, passing, None, now);
            }
        }
    }

    /// Which track and layer a packet belongs to. Found once per stream, by its m-line and rid.
    fn source_of(&mut self, peer_key: PeerKey, packet: &RtpPacket) -> Option<Source> {
        let peer = self.peers.get_mut(peer_key)?;
        let ssrc = packet.header.ssrc;
        if let Some(source) = peer.sources.iter().find(|source| source.ssrc == ssrc) {
            return Some(*source);
        }
        let payload_type = packet.header.payload_type;
        let (mid, rid, spec) = peer
            .with(|rtc| {
                let params = rtc.codec_config().params().iter();
                let spec = params.into_iter().find(|one| one.pt() == payload_type).map(|one| one.spec());
                let mut direct = rtc.direct_api();
                let Some(stream) = direct.stream_rx(&ssrc) else { return Ok(None) };
                if spec.is_some_and(|spec| spec.codec.is_audio()) {
                    // str0m asks for repetitions only where there is RTX.
                    stream.suppress_nack(false);
                }
                let (mid, rid) = (stream.mid(), stream.rid());
                Ok(Some((mid, rid, spec)))
            })
            .ok()??;
        let tracks = &self.participants.get(peer.participant)?.tracks;
        let of_mid = |&&key: &&TrackKey| self.tracks.get(key).is_some_and(|track| *track.mid == *mid.to_string());
        let track = *tracks.iter().find(of_mid)?;
        let layer = match rid {
            Some(rid) => Layer::from_rid(&rid.to_string())?,
            None => Layer::LOW,
        };
        let layer_state = &mut self.tracks.get_mut(track)?.layers[layer.index()];
        layer_state.ssrc = Some(ssrc);
        layer_state.recent.clear();
        let source = Source { ssrc, track, layer };
        // A publisher that keeps changing its streams starts over.
        if peer.sources.len() >= 64 {
            peer.sources.clear();
        }
        peer.sources.push(source);
        if let Some(spec) = spec {
            self.learn_codec(track, spec);
        }
        Some(source)
    }
}

/// The parts of the engine that a packet goes out through.
struct Ways<'e> {
    subscriptions: &'e mut SlotMap<SubscriptionKey, Subscription>,
    peers: &'e mut SlotMap<PeerKey, Peer>,
    touched: &'e mut Vec<PeerKey>,
    faults: &'e mut Vec<(PeerKey, PeerFault)>,
    forwarded: &'e mut u64,
}

impl Ways<'_> {
    /// To one subscriber, if it is for them; their target is chosen anew where the layers that are `alive` have changed.
    fn pass_on(&mut self, key: SubscriptionKey, passing: &VideoPassing, alive: Option<[bool; LAYERS]>, now: Instant) {
        let Some(subscription) = self.subscriptions.get_mut(key) else { return };
        let Forward::Video(video) = &mut subscription.forward else { return };
        if let Some(alive) = alive {
            video.retarget(alive);
        }
        let Some(out) = subscription.out else { return };
        let Some(peer) = self.peers.get_mut(subscription.peer).filter(|peer| peer.connected) else { return };
        let Some(numbers) = video.push(&passing.summary) else { return };
        let payload = passing.payload.clone();
        let mut write = RtpWrite::new(out.payload_type, numbers.sequence.into(), numbers.timestamp, now, payload)
            .marker(passing.marker)
            .ext_vals(passing.extensions.clone())
            .nackable(true);
        if let Some(descriptor) = passing.descriptor {
            let patch = |mask: u16| {
                let mut patch = descriptor.patch();
                if let Some(id) = numbers.picture_id {
                    patch = patch.picture_id(id & mask);
                }
                if let Some(tl0) = numbers.tl0 {
                    patch = patch.tl0_pic_idx(tl0);
                }
                patch.build()
            };
            // A picture id of 7 bits takes no more than 7.
            if let Ok(patch) = patch(0x7fff).or_else(|_| patch(0x7f)) {
                write = write.vp8_patch(patch);
            }
        }
        let result = peer.with(|rtc| {
            if let Some(stream) = rtc.direct_api().stream_tx(&out.ssrc) {
                stream.write_rtp(write);
            }
            Ok(())
        });
        *self.forwarded += 1;
        if let Err(fault) = result {
            self.faults.push((subscription.peer, fault));
        }
        touch(self.peers, self.touched, subscription.peer);
    }
}

/// The header extensions that mean something beyond the hop they came over.
fn passed_on(values: &ExtensionValues) -> ExtensionValues {
    ExtensionValues {
        audio_level: values.audio_level,
        voice_activity: values.voice_activity,
        video_orientation: values.video_orientation,
        ..Default::default()
    }
}

/// When a packet was captured by the sender's clock, from its last sender report (RFC 3550 6.4.1).
fn captured(packet: &RtpPacket) -> Option<Duration> {
    let report = packet.last_sender_info?;
    let at_report = report.ntp_time.duration_since(UNIX_EPOCH).ok()?.as_secs_f64();
    let since = packet.header.timestamp.wrapping_sub(report.rtp_time.numer() as u32) as i32;
    Duration::try_from_secs_f64(at_report + f64::from(since) / VIDEO_HZ).ok()
}
