// How loud the microphone is, and small sounds: what Web Audio is needed for. Where there is none, nothing is shown and
// nothing sounds.

/** Of each note, in seconds. */
const NOTE_S = 0.16;
const LOUDNESS = 0.18;

export class Meter {
  private context: AudioContext | undefined;
  private analyser: AnalyserNode | undefined;
  private source: MediaStreamAudioSourceNode | undefined;
  private ear: MediaStreamTrack | undefined;
  private samples = new Float32Array(1024);

  /** Listens to a microphone: to a copy, so that talking while muted is noticed. */
  listen(track: MediaStreamTrack | undefined): void {
    this.source?.disconnect();
    this.ear?.stop();
    this.source = undefined;
    this.ear = undefined;
    const context = track && this.audio();
    if (!track || !context) return;
    this.ear = track.clone();
    this.ear.enabled = true;
    this.analyser ??= new AnalyserNode(context, { fftSize: 1024 });
    this.source = context.createMediaStreamSource(new MediaStream([this.ear]));
    this.source.connect(this.analyser);
  }

  /** 0 to 1 of full scale. */
  level(): number {
    if (!this.analyser || !this.source) return 0;
    this.analyser.getFloatTimeDomainData(this.samples);
    let most = 0;
    for (const sample of this.samples) most = Math.max(most, Math.abs(sample));
    return Math.min(1, most);
  }

  /** Notes one after the other, in hertz. */
  chime(notes: number[], speaker: string | null): void {
    const context = this.audio();
    if (!context) return;
    const onto = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
    void onto.setSinkId?.(speaker ?? '').catch(() => {});
    notes.forEach((frequency, n) => {
      const at = context.currentTime + n * NOTE_S;
      const tone = new OscillatorNode(context, { frequency });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.001, at + NOTE_S * 1.8);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + NOTE_S * 2);
    });
  }

  /** A page that was asleep comes back silent. */
  resume(): void {
    if (this.context?.state === 'suspended') void this.context.resume().catch(() => {});
  }

  close(): void {
    this.listen(undefined);
    void this.context?.close().catch(() => {});
    this.context = undefined;
    this.analyser = undefined;
  }

  private audio(): AudioContext | undefined {
    if (typeof AudioContext !== 'function') return undefined;
    this.context ??= new AudioContext();
    this.resume();
    return this.context;
  }
}
