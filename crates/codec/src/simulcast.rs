//! Several layers of one video from one capture, after a [`Plan`].
//!
//! Each picture is scaled once for each size, the smaller from the larger, and encoded for every layer that is on and
//! due. How much the encoders search is adapted to the time they take.

use std::time::{Duration, Instant};

use visita_protocol::PixelSize;

use crate::{
    CodecError, I420Frame,
    adapt::{LAYERS, Layer, Plan},
    scale::Scaler,
    vp8::{Content, EncodedVideo, Encoder, EncoderConfig},
};

/// Of the time between two pictures, all encoders together should stay below this share ...
const WORK_MOST: f32 = 0.5;
/// ... and search more when they are below this one.
const WORK_LEAST: f32 = 0.2;
/// Pictures between two changes of speed.
const SPEED_EVERY: u32 = 15;
/// Weight of the newest measurement.
const WEIGHT: f32 = 0.1;

/// Encodes the layers of one video.
pub struct Simulcast {
    content: Content,
    threads: u32,
    layers: [Slot; LAYERS],
    scaler: Scaler,
    load: f32,
    faster: i32,
    since_speed: u32,
}

#[derive(Default)]
struct Slot {
    plan: Option<Layer>,
    encoder: Option<Encoder>,
    key_wanted: bool,
    /// Time of the last picture that was due.
    last: Option<Duration>,
}

/// One encoded picture of one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedLayer {
    /// Index of the layer, 0 the smallest.
    pub layer: usize,
    /// The picture.
    pub video: EncodedVideo,
}

impl Simulcast {
    /// Nothing is encoded before the first plan.
    pub fn new(content: Content, threads: u32) -> Self {
        Self {
            content,
            threads,
            layers: Default::default(),
            scaler: Scaler::new(),
            load: 0.0,
            faster: 0,
            since_speed: 0,
        }
    }

    /// Takes a plan over. A layer that is switched on or changes its size begins with a key frame; where the largest goes
    /// off, the next one has a key frame too: whoever watched the one must go on with the other.
    pub fn set_plan(&mut self, plan: &Plan) {
        let largest = |is_on: &dyn Fn(usize) -> bool| (0..LAYERS).rev().find(|at| is_on(*at));
        let before = largest(&|at| self.layers[at].plan.is_some());
        let after = largest(&|at| plan.layers.get(at).is_some_and(|layer| layer.on));
        if let Some(at) = after.filter(|_| after < before) {
            self.layers[at].key_wanted = true;
        }
        for (at, slot) in self.layers.iter_mut().enumerate() {
            let layer = plan.layers.get(at).copied().filter(|layer| layer.on);
            slot.key_wanted |= slot.plan.is_none() && layer.is_some();
            slot.plan = layer;
            if layer.is_none() {
                slot.last = None;
            }
            let (Some(layer), Some(encoder)) = (layer, &mut slot.encoder) else { continue };
            if encoder.config().size != layer.size || encoder.config().fps != layer.fps {
                // libvpx could take another size over, but only a new key frame tells receivers.
                slot.encoder = None;
            } else if let Err(error) = encoder.set_bitrate(layer.bitrate) {
                tracing::warn!(%error, "the encoder keeps its rate");
            }
        }
    }

    /// The next picture of a layer shall be a key frame.
    pub fn want_key(&mut self, layer: usize) {
        if let Some(slot) = self.layers.get_mut(layer) {
            slot.key_wanted = true;
        }
    }

    /// Share of the time between two pictures that scaling and encoding take, smoothed: what
    /// [`crate::adapt::Measured::load`] wants.
    pub fn load(&self) -> f32 {
        self.load
    }

    /// Encodes one picture for every layer that is on and due; `at` is its time since any fixed start. Layers whose
    /// encoder fails are left out and begin anew with the next picture.
    pub fn encode(&mut self, frame: &I420Frame, at: Duration) -> Vec<EncodedLayer> {
        let started = Instant::now();
        let mut out = Vec::with_capacity(LAYERS);
        // Largest first: each smaller picture is made from the one before.
        let mut scaled: Option<I420Frame> = None;
        for (index, slot) in self.layers.iter_mut().enumerate().rev() {
            let Some(layer) = slot.plan else { continue };
            if !slot.is_due(layer.fps, at) {
                continue;
            }
            let from = scaled.as_ref().unwrap_or(frame);
            if from.size() != layer.size {
                let from = if covers(from.size(), layer.size) { from } else { frame };
                scaled = Some(self.scaler.scale(from, layer.size));
            }
            let picture = scaled.as_ref().filter(|s| s.size() == layer.size).unwrap_or(frame);
            match slot.encode(picture, at, self.content, self.threads, self.faster) {
                Ok(Some(video)) => out.push(EncodedLayer { layer: index, video }),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, layer = index, "a picture was not encoded");
                    slot.encoder = None;
                }
            }
        }
        out.reverse();
        self.account(started.elapsed());
        out
    }

    fn account(&mut self, took: Duration) {
        let fps = self.layers.iter().filter_map(|slot| slot.plan).map(|layer| layer.fps).max().unwrap_or(1);
        let load = took.as_secs_f32() * fps as f32;
        self.load += (load - self.load) * WEIGHT;
        self.since_speed += 1;
        if self.since_speed < SPEED_EVERY {
            return;
        }
        let faster = match self.load {
            load if load > WORK_MOST => (self.faster + 1).min(FASTER_MOST),
            load if load < WORK_LEAST => (self.faster - 1).max(0),
            _ => self.faster,
        };
        if faster != self.faster {
            self.faster = faster;
            self.since_speed = 0;
            for encoder in self.layers.iter_mut().filter_map(|slot| slot.encoder.as_mut()) {
                if let Err(error) = encoder.set_faster(faster) {
                    tracing::debug!(%error, "the encoder keeps its speed");
                }
            }
        }
    }
}

/// Steps of speed beyond the usual one.
const FASTER_MOST: i32 = 6;

impl Slot {
    /// Whether a picture comes at the layer's rate. Cameras of 29.97 pictures must not lose every other one at 30.
    fn is_due(&mut self, fps: u32, at: Duration) -> bool {
        let period = Duration::from_secs(1) / fps.max(1);
        if let Some(last) = self.last
            && at >= last
            && at - last < period * 3 / 4
            && !self.key_wanted
        {
            return false;
        }
        // On the grid of the rate, so that what comes a little early does not slow it down.
        let next = self.last.map(|last| last + period).filter(|next| *next <= at && at - *next < period);
        self.last = Some(next.unwrap_or(at));
        true
    }

    fn encode(
        &mut self,
        picture: &I420Frame,
        at: Duration,
        content: Content,
        threads: u32,
        faster: i32,
    ) -> Result<Option<EncodedVideo>, CodecError> {
        let Some(layer) = self.plan else { return Ok(None) };
        let encoder = match &mut self.encoder {
            Some(encoder) => encoder,
            None => {
                let Layer { size, fps, bitrate, .. } = layer;
                let mut encoder = Encoder::new(EncoderConfig { size, bitrate, fps, content, threads })?;
                encoder.set_faster(faster)?;
                self.key_wanted = true;
                self.encoder.insert(encoder)
            }
        };
        let encoded = encoder.encode(picture, at, self.key_wanted)?;
        if encoded.as_ref().is_some_and(|encoded| encoded.key) {
            self.key_wanted = false;
        }
        Ok(encoded)
    }
}

fn covers(from: PixelSize, to: PixelSize) -> bool {
    from.width >= to.width && from.height >= to.height
}

#[cfg(test)]
mod tests {
    use visita_protocol::{Bitrate, VideoCodec};

    use super::*;
    use crate::pattern::{TestPattern, read_timecode};
    use crate::testing::psnr;
    use crate::video::Decoder;

    const HD: PixelSize = PixelSize::new(1280, 720);

    fn plan(layers: &[(bool, u32, u32, u32, u32)]) -> Plan {
        let layer = |&(on, width, height, fps, kbps): &_| Layer {
            on,
            size: PixelSize::new(width, height),
            fps,
            bitrate: Bitrate::from_kbps(kbps),
        };
        Plan { layers: layers.iter().map(layer).collect(), limited_by_cpu: false, limited_by_rate: false }
    }

    fn three() -> Plan {
        plan(&[(true, 320, 180, 30, 150), (true, 640, 360, 30, 500), (true, 1280, 720, 30, 1_500)])
    }

    fn time(number: u64) -> Duration {
        Duration::from_micros(number * 33_366)
    }

    #[test]
    fn three_layers_of_one_picture() {
        let (mut simulcast, mut pattern) = (Simulcast::new(Content::Camera, 1), TestPattern::new(HD));
        let mut decoders = [(); 3].map(|()| Decoder::new());
        let mut scaler = Scaler::new();
        simulcast.set_plan(&three());
        for number in 0..10 {
            let frame = pattern.draw(1_000_000 + number);
            let encoded = simulcast.encode(&frame, time(number));
            for EncodedLayer { layer, video } in &encoded {
                assert_eq!((video.size, video.key), (three().layers[*layer].size, number == 0));
                let picture = decoders[*layer].decode(VideoCodec::Vp8, &video.data).unwrap().unwrap();
                assert_eq!(read_timecode(&picture), Some(1_000_000 + number), "layer {layer}");
                assert!(psnr(&scaler.scale(&frame, video.size), &picture) > 25.0);
            }
            assert!(number > 0 || encoded.iter().map(|e| e.layer).eq([0, 1, 2]));
        }
        assert!(simulcast.load() > 0.0);
    }

    #[test]
    fn a_layer_that_comes_or_grows_begins_with_a_key_frame() {
        let (mut simulcast, frame) = (Simulcast::new(Content::Camera, 1), I420Frame::black(HD));
        let keys = |encoded: Vec<EncodedLayer>| encoded.iter().map(|e| (e.layer, e.video.key)).collect::<Vec<_>>();
        let two = plan(&[(true, 320, 180, 30, 150), (true, 640, 360, 30, 500), (false, 1280, 720, 30, 1_500)]);
        simulcast.set_plan(&two);
        assert_eq!(keys(simulcast.encode(&frame, time(0))), [(0, true), (1, true)]);
        simulcast.set_plan(&three());
        assert_eq!(keys(simulcast.encode(&frame, time(1))), [(0, false), (1, false), (2, true)]);
        let smaller = plan(&[(true, 320, 180, 30, 150), (true, 640, 360, 30, 500), (true, 960, 540, 30, 900)]);
        simulcast.set_plan(&smaller);
        assert_eq!(keys(simulcast.encode(&frame, time(2))), [(0, false), (1, false), (2, true)]);
        simulcast.want_key(1);
        simulcast.want_key(9);
        assert_eq!(keys(simulcast.encode(&frame, time(3))), [(0, false), (1, true), (2, false)]);
        // Off and on again.
        simulcast.set_plan(&two);
        simulcast.encode(&frame, time(4));
        simulcast.set_plan(&smaller);
        assert_eq!(keys(simulcast.encode(&frame, time(5)))[2], (2, true));
    }

    #[test]
    fn each_layer_keeps_its_rate_of_pictures() {
        for (captured, wanted, least, most) in
            [(29.97, 30, 59, 60), (30.0, 15, 29, 31), (60.0, 20, 39, 42), (24.0, 30, 48, 48)]
        {
            let mut slot = Slot::default();
            let count = (0..(captured * 2.0) as u32)
                .filter(|number| slot.is_due(wanted, Duration::from_secs_f64(f64::from(*number) / captured)))
                .count();
            assert!((least..=most).contains(&count), "{captured} to {wanted}: {count}");
        }
    }

    #[test]
    fn pictures_of_another_size_are_scaled_too() {
        let mut simulcast = Simulcast::new(Content::Screen, 1);
        simulcast.set_plan(&three());
        let frame = I420Frame::black(PixelSize::new(1366, 768));
        assert_eq!(simulcast.encode(&frame, time(0)).len(), 3);
        let frame = I420Frame::black(PixelSize::new(100, 100));
        assert_eq!(simulcast.encode(&frame, time(1)).len(), 3);
    }
}
