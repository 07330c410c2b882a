//! Opus (RFC 6716) by libopus: mono, 48 kHz, packets of 20 ms.

use ::opus::{Application, Bitrate as OpusBitrate, Channels, Signal};
use bytes::Bytes;
use visita_protocol::Bitrate;

use crate::{CodecError, SAMPLE_RATE};

/// Samples in one packet: 20 ms.
pub const FRAME: usize = 960;

/// Samples in the longest packet Opus allows: 120 ms (RFC 6716 section 2.1.4).
pub const LONGEST: usize = 5760;

/// Largest packet of one 20 ms frame (RFC 6716 section 3.4).
const MAX_PACKET: usize = 1275;

/// How to encode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncoderConfig {
    /// Target for the whole packet stream, without RTP.
    pub bitrate: Bitrate,
    /// Each packet carries a coarse copy of the one before (LBRR), in the measure of the expected loss.
    pub fec: bool,
    /// Silence is sent as one small packet every 400 ms.
    pub dtx: bool,
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self { bitrate: Bitrate::from_kbps(32), fec: true, dtx: false }
    }
}

/// Encodes one voice.
pub struct Encoder {
    opus: ::opus::Encoder,
}

impl Encoder {
    /// An encoder for voice over a network.
    pub fn new(config: EncoderConfig) -> Result<Self, CodecError> {
        let start = |error: ::opus::Error| CodecError::Start { codec: "opus", reason: error.description().into() };
        let mut opus = ::opus::Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Voip).map_err(start)?;
        opus.set_bitrate(bits(config.bitrate)).map_err(start)?;
        opus.set_inband_fec(config.fec).map_err(start)?;
        opus.set_dtx(config.dtx).map_err(start)?;
        opus.set_signal(Signal::Voice).map_err(start)?;
        // Good speech at a third of the work of 10.
        opus.set_complexity(8).map_err(start)?;
        Ok(Self { opus })
    }

    /// One packet of 20 ms. A packet of one or two bytes stands for silence (DTX) and need not be sent.
    pub fn encode(&mut self, pcm: &[f32; FRAME]) -> Result<Bytes, CodecError> {
        let mut packet = [0; MAX_PACKET];
        let len = self.opus.encode_float(pcm, &mut packet).map_err(refused)?;
        Ok(Bytes::copy_from_slice(&packet[..len]))
    }

    /// How many packets in a hundred are thought to get lost: decides how much goes into FEC.
    pub fn set_expected_loss(&mut self, percent: u8) -> Result<(), CodecError> {
        self.opus.set_packet_loss_perc(i32::from(percent.min(100))).map_err(refused)
    }

    /// A new target, from the next packet on.
    pub fn set_bitrate(&mut self, bitrate: Bitrate) -> Result<(), CodecError> {
        self.opus.set_bitrate(bits(bitrate)).map_err(refused)
    }
}

/// Decodes one voice.
pub struct Decoder {
    opus: ::opus::Decoder,
}

impl Decoder {
    /// A decoder; stereo packets come out as mono.
    pub fn new() -> Result<Self, CodecError> {
        let opus = ::opus::Decoder::new(SAMPLE_RATE, Channels::Mono)
            .map_err(|error| CodecError::Start { codec: "opus", reason: error.description().into() })?;
        Ok(Self { opus })
    }

    /// The sound of a packet, into the front of `out`; says how many samples it is. `out` of [`LONGEST`] samples
    /// holds any packet.
    pub fn decode(&mut self, packet: &[u8], out: &mut [f32]) -> Result<usize, CodecError> {
        if packet.is_empty() {
            // libopus would take it for a lost packet.
            return Err(CodecError::Decode { codec: "opus", reason: "empty packet".into() });
        }
        self.opus.decode_float(packet, out, false).map_err(broken)
    }

    /// The sound of the packet *before* `next`, from the coarse copy inside `next`; made up where it has none. `out`
    /// is exactly as long as what was lost, a multiple of 2.5 ms.
    pub fn decode_fec(&mut self, next: &[u8], out: &mut [f32]) -> Result<usize, CodecError> {
        if next.is_empty() {
            return self.conceal(out);
        }
        self.opus.decode_float(next, out, true).map_err(broken)
    }

    /// Makes up sound for a packet that did not come. `out` is exactly as long as what was lost, a multiple of 2.5 ms.
    pub fn conceal(&mut self, out: &mut [f32]) -> Result<usize, CodecError> {
        self.opus.decode_float(&[], out, false).map_err(broken)
    }
}

/// Samples at 48 kHz that a packet stands for; `None` if it is no Opus packet.
pub fn packet_samples(packet: &[u8]) -> Option<usize> {
    ::opus::packet::get_nb_samples(packet, SAMPLE_RATE).ok().filter(|samples| (120..=LONGEST).contains(samples))
}

/// Whether a packet carries a copy of the sound before it (LBRR): the flag behind the voice activity flags of its first
/// frame (RFC 6716 section 4.2.3). Packets of several frames (section 3.2) are not looked into and said to have none.
pub fn packet_has_fec(packet: &[u8]) -> bool {
    let &[toc, first, ..] = packet else { return false };
    // SILK in 10, 20, 40 or 60 ms, hybrid in 10 or 20 ms; CELT has no copies. A flag for each 20 ms comes first.
    let frames = match toc >> 3 {
        config @ 0..=11 => [1, 1, 2, 3][usize::from(config & 3)],
        12..=15 => 1,
        _ => return false,
    };
    toc & 3 == 0 && first >> (7 - frames) & 1 == 1
}

fn bits(bitrate: Bitrate) -> OpusBitrate {
    // libopus refuses less than 500 and caps at 750 000 a channel by itself.
    OpusBitrate::Bits(bitrate.bps().clamp(6_000, 510_000) as i32)
}

fn refused(error: ::opus::Error) -> CodecError {
    CodecError::Encode { codec: "opus", reason: error.description().into() }
}

fn broken(error: ::opus::Error) -> CodecError {
    CodecError::Decode { codec: "opus", reason: error.description().into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;
    use crate::tone::{Tone, measure};

    fn packets(config: EncoderConfig, loss: u8, seconds: usize) -> Vec<Bytes> {
        let (mut encoder, mut tone) = (Encoder::new(config).unwrap(), Tone::new(440.0, -20.0));
        encoder.set_expected_loss(loss).unwrap();
        let packet = |_| {
            let mut pcm = [0.0; FRAME];
            tone.fill(&mut pcm);
            encoder.encode(&pcm).unwrap()
        };
        (0..seconds * 50).map(packet).collect()
    }

    #[test]
    fn a_tone_comes_back_with_its_pitch_and_level() {
        let mut decoder = Decoder::new().unwrap();
        let mut heard = Vec::new();
        for packet in packets(EncoderConfig::default(), 0, 2) {
            assert_eq!(packet_samples(&packet), Some(FRAME));
            let mut out = [0.0; LONGEST];
            let samples = decoder.decode(&packet, &mut out).unwrap();
            assert_eq!(samples, FRAME);
            heard.extend_from_slice(&out[..samples]);
        }
        let reading = measure(&heard[48_000..]);
        assert!((reading.hz - 440.0).abs() < 1.0, "{reading:?}");
        assert!((reading.level_dbfs + 20.0).abs() < 1.0, "{reading:?}");
    }

    #[test]
    fn a_lost_packet_is_recovered_from_the_next() {
        let packets = packets(EncoderConfig::default(), 20, 2);
        let mut decoder = Decoder::new().unwrap();
        let mut heard = Vec::new();
        for (at, packet) in packets.iter().enumerate() {
            let mut out = [0.0; FRAME];
            let samples = if at % 10 == 5 {
                decoder.decode_fec(&packets[at + 1], &mut out).unwrap()
            } else {
                decoder.decode(packet, &mut out).unwrap()
            };
            heard.extend_from_slice(&out[..samples]);
        }
        let reading = measure(&heard[48_000..]);
        assert!((reading.hz - 440.0).abs() < 2.0, "{reading:?}");
        assert!((reading.level_dbfs + 20.0).abs() < 1.5, "{reading:?}");
    }

    #[test]
    fn it_shows_whether_a_packet_has_a_copy_of_the_last() {
        let with_copies = |fec| {
            let mut encoder = Encoder::new(EncoderConfig { fec, ..EncoderConfig::default() }).unwrap();
            encoder.set_expected_loss(20).unwrap();
            let mut tone = Tone::new(300.0, -12.0);
            let packet = |number| {
                let mut pcm = [0.0; FRAME];
                tone.fill(&mut pcm);
                // Syllables: to libopus a steady tone is noise, which gets no copies.
                pcm.iter_mut().for_each(|sample| *sample *= if number % 12 < 6 { 1.0 } else { 0.01 });
                packet_has_fec(&encoder.encode(&pcm).unwrap())
            };
            (0..240).map(packet).filter(|has| *has).count()
        };
        assert_eq!(with_copies(false), 0);
        assert!(with_copies(true) > 60, "{}", with_copies(true));
        // Music (CELT) has none, two frames are not looked into, and what is too short is nothing.
        for packet in [&[0xf8, 0xff][..], &[0x79, 0xff, 0xff], &[0x78], &[]] {
            assert!(!packet_has_fec(packet));
        }
        assert!(packet_has_fec(&[0x78, 0x40]) && !packet_has_fec(&[0x78, 0xbf]));
    }

    #[test]
    fn a_short_gap_is_filled_and_a_long_one_fades() {
        let mut decoder = Decoder::new().unwrap();
        let mut out = [0.0; FRAME];
        for packet in packets(EncoderConfig::default(), 0, 1) {
            decoder.decode(&packet, &mut out).unwrap();
        }
        decoder.conceal(&mut out).unwrap();
        let first = measure(&out).level_dbfs;
        assert!(first > -30.0, "{first}");
        for _ in 0..50 {
            decoder.conceal(&mut out).unwrap();
        }
        let level = measure(&out).level_dbfs;
        assert!(level < first - 6.0, "{first} to {level}");
    }

    #[test]
    fn silence_costs_next_to_nothing_with_dtx() {
        let mut encoder = Encoder::new(EncoderConfig { dtx: true, ..EncoderConfig::default() }).unwrap();
        let sizes: Vec<_> = (0..100).map(|_| encoder.encode(&[0.0; FRAME]).unwrap().len()).collect();
        assert!(sizes[50..].iter().filter(|&&size| size <= 2).count() > 40, "{sizes:?}");
    }

    #[test]
    fn the_rate_follows_its_target() {
        let mut encoder = Encoder::new(EncoderConfig { fec: false, ..EncoderConfig::default() }).unwrap();
        let mut random = Random::new(2);
        let mut second = || {
            let packet = |_| {
                let pcm = std::array::from_fn(|_| random.unit() as f32 * 0.4 - 0.2);
                encoder.encode(&pcm).unwrap().len() * 8
            };
            let bits: usize = (0..50).map(packet).sum();
            encoder.set_bitrate(Bitrate::from_kbps(16)).unwrap();
            bits
        };
        let (before, after) = (second(), second());
        assert!((25_000..40_000).contains(&before), "{before}");
        assert!((12_000..20_000).contains(&after), "{after}");
    }

    #[test]
    fn garbage_is_an_error_and_never_a_panic() {
        let mut random = Random::new(4);
        let mut decoder = Decoder::new().unwrap();
        let mut out = [0.0; LONGEST];
        assert!(decoder.decode(&[], &mut out).is_err());
        for _ in 0..20_000 {
            let packet: Vec<u8> = (0..random.next() % 60).map(|_| random.next() as u8).collect();
            packet_samples(&packet);
            if let Ok(samples) = decoder.decode(&packet, &mut out) {
                assert!(samples <= LONGEST);
            }
            let _ = decoder.decode_fec(&packet, &mut out[..FRAME]);
            let _ = decoder.conceal(&mut out[..random.next() as usize % FRAME]);
        }
    }
}
