//! WebRTC's audio processing, as set up for calls.

use sonora::{
    AudioProcessing, Config, StreamConfig,
    config::{
        AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, MaxProcessingRate, NoiseSuppression,
        NoiseSuppressionLevel, Pipeline,
    },
};
use visita_codec::{BLOCK, SAMPLE_RATE};

use super::Settings;

/// One that works on blocks; what it answers with on failure is for the log.
pub(super) trait Chain: Send {
    fn apply(&mut self, settings: Settings);
    fn render(&mut self, block: &[f32; BLOCK]) -> Result<(), String>;
    fn capture(&mut self, block: &mut [f32; BLOCK]) -> Result<(), String>;
    fn echo(&self) -> Echo;
}

/// What the canceller says about itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Echo {
    pub(super) erle_db: Option<f32>,
    pub(super) delay_ms: Option<i32>,
}

pub(super) struct Sonora {
    apm: AudioProcessing,
    /// What the render side gives back and nobody wants.
    unused: [f32; BLOCK],
}

impl Sonora {
    pub(super) fn new(settings: Settings) -> Self {
        let mono = StreamConfig::new(SAMPLE_RATE, 1);
        let apm = AudioProcessing::builder().config(config(settings)).capture_config(mono).render_config(mono).build();
        Self { apm, unused: [0.0; BLOCK] }
    }
}

impl Chain for Sonora {
    fn apply(&mut self, settings: Settings) {
        self.apm.apply_config(config(settings));
    }

    fn render(&mut self, block: &[f32; BLOCK]) -> Result<(), String> {
        self.apm.process_render_f32(&[block], &mut [&mut self.unused]).map_err(|error| error.to_string())
    }

    fn capture(&mut self, block: &mut [f32; BLOCK]) -> Result<(), String> {
        let from = *block;
        self.apm.process_capture_f32(&[&from], &mut [block]).map_err(|error| error.to_string())
    }

    fn echo(&self) -> Echo {
        let stats = self.apm.statistics();
        Echo { erle_db: stats.echo_return_loss_enhancement.map(|db| db as f32), delay_ms: stats.delay_ms }
    }
}

fn config(settings: Settings) -> Config {
    Config {
        pipeline: Pipeline {
            // At 32 kHz voices lose what is above 16 kHz.
            maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
            multi_channel_render: false,
            multi_channel_capture: false,
            ..Pipeline::default()
        },
        // Rumble and direct current carry nothing and spoil levels.
        high_pass_filter: Some(HighPassFilter::default()),
        echo_canceller: settings.echo_cancellation.then(EchoCanceller::default),
        noise_suppression: settings.noise_suppression.then_some(NoiseSuppression {
            level: NoiseSuppressionLevel::High,
            analyze_linear_aec_output_when_available: false,
        }),
        gain_controller2: settings.gain_control.then(|| GainController2 {
            adaptive_digital: Some(AdaptiveDigital {
                // Starts as it is: most microphones are set right, and a first word 15 dB too loud is remembered.
                initial_gain_db: 0.0,
                max_gain_db: 30.0,
                ..AdaptiveDigital::default()
            }),
            ..GainController2::default()
        }),
        ..Config::default()
    }
}
