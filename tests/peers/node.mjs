// LiveKit's official Node client as a participant that is told what to do.
//
// Reads one JSON object a line ({"id", "do", ...}) and answers each with {"id", "ok"} or {"id", "error"}; clients.rs has the
// verbs. A picture counts when it differs from the black ones the library makes up.

import { createInterface } from 'node:readline';
import {
  AudioFrame, AudioSource, AudioStream, ConnectionState, LocalAudioTrack, LocalVideoTrack, Room, RoomEvent, TrackKind,
  TrackPublishOptions, TrackSource, VideoBufferType, VideoCodec, VideoFrame, VideoSource, VideoStream, dispose,
} from '@livekit/rtc-node';

const RATE = 48000;
const BLOCK = 480;
const SOURCES = {
  camera: TrackSource.SOURCE_CAMERA,
  microphone: TrackSource.SOURCE_MICROPHONE,
  screen_share: TrackSource.SOURCE_SCREENSHARE,
};
const nameOf = (source) => Object.keys(SOURCES).find((name) => SOURCES[name] === source) ?? 'unknown';

const room = new Room();
const streams = new Map();
const published = new Map();
const data = [];
const events = [];

room
  .on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
    const stream = {};
    streams.set(`${participant.identity} ${nameOf(publication.source)}`, stream);
    const follow = track.kind === TrackKind.KIND_VIDEO ? watch : listen;
    follow(track, stream).catch((error) => events.push(`stream ended: ${error}`));
  })
  .on(RoomEvent.DataReceived, (payload, participant, _kind, topic) => {
    data.push({ from: participant?.identity ?? null, topic: topic ?? null, text: new TextDecoder().decode(payload) });
  })
  .on(RoomEvent.Disconnected, (reason) => events.push(`disconnected ${reason}`))
  .on(RoomEvent.Reconnecting, () => events.push('reconnecting'))
  .on(RoomEvent.Reconnected, () => events.push('reconnected'))
  .on(RoomEvent.ParticipantConnected, (participant) => events.push(`joined ${participant.identity}`))
  .on(RoomEvent.ParticipantDisconnected, (participant) => events.push(`left ${participant.identity}`));

async function watch(track, stream) {
  for await (const { frame } of new VideoStream(track)) {
    const luma = frame.convert(VideoBufferType.I420).data.subarray(0, frame.width * frame.height);
    let lowest = 255;
    let highest = 0;
    for (let i = 0; i < luma.length; i += 97) {
      lowest = Math.min(lowest, luma[i]);
      highest = Math.max(highest, luma[i]);
    }
    if (highest - lowest < 20) continue;
    stream.frames = (stream.frames ?? 0) + 1;
    stream.width = frame.width;
    stream.height = frame.height;
  }
}

// Pitch by counting the rising zero crossings of a second of sound: the tones of tests are pure.
async function listen(track, stream) {
  let crossings = 0;
  let count = 0;
  let power = 0;
  let last = 0;
  for await (const frame of new AudioStream(track, RATE, 1)) {
    for (const sample of frame.data) {
      if (last < 0 && sample >= 0) crossings += 1;
      last = sample;
      power += (sample / 32768) ** 2;
      count += 1;
      if (count === RATE) {
        stream.tone_hz = crossings;
        stream.level_db = 10 * Math.log10(power / RATE + 1e-9);
        crossings = count = power = 0;
      }
    }
  }
}

// Backgrounds with a grain that is different each time, so that a picture takes as many bits as a camera's.
function backgrounds(width, height, grainy) {
  return Array.from({ length: grainy ? 8 : 1 }, () => {
    const frame = new Uint8Array((width * height * 3) / 2).fill(128);
    for (let i = 0; i < width * height; i += 1) frame[i] = 90 + (grainy ? Math.random() * 24 : 0);
    return frame;
  });
}

function sendVideo(source, width, height, grainy) {
  const behind = backgrounds(width, height, grainy);
  let count = 0;
  const timer = setInterval(() => {
    const frame = behind[count % behind.length].slice();
    for (let y = 0; y < height; y += 1) {
      frame[y * width + ((count * 8) % width)] = 235;
      if (y > height / 4 && y < height / 2) frame.fill(180, y * width + width / 4, y * width + width / 2);
    }
    count += 1;
    source.captureFrame(new VideoFrame(frame, width, height, VideoBufferType.I420));
  }, 33);
  return () => clearInterval(timer);
}

function sendAudio(source, toneHz) {
  let at = 0;
  let going = true;
  (async () => {
    while (going) {
      const samples = new Int16Array(BLOCK);
      for (let i = 0; i < BLOCK; i += 1) samples[i] = 3000 * Math.sin((2 * Math.PI * toneHz * (at + i)) / RATE);
      at += BLOCK;
      await source.captureFrame(new AudioFrame(samples, RATE, 1, BLOCK));
    }
  })().catch((error) => events.push(`microphone ended: ${error}`));
  return () => { going = false; };
}

const verbs = {
  async join({ url, token }) {
    await room.connect(url, token, { autoSubscribe: true, dynacast: true });
    return { identity: room.localParticipant.identity };
  },
  async publish({ source, width = 640, height = 360, tone_hz = 660, simulcast = true, grainy = false }) {
    const options = new TrackPublishOptions({ source: SOURCES[source], videoCodec: VideoCodec.VP8, simulcast });
    let track;
    let stop;
    if (source === 'microphone') {
      const feed = new AudioSource(RATE, 1);
      track = LocalAudioTrack.createAudioTrack(source, feed);
      stop = sendAudio(feed, tone_hz);
    } else {
      const feed = new VideoSource(width, height);
      track = LocalVideoTrack.createVideoTrack(source, feed);
      stop = sendVideo(feed, width, height, grainy);
    }
    const publication = await room.localParticipant.publishTrack(track, options);
    published.set(source, { track, stop, sid: publication.sid });
    return { sid: publication.sid };
  },
  async unpublish({ source }) {
    const { sid, stop } = published.get(source);
    published.delete(source);
    stop();
    await room.localParticipant.unpublishTrack(sid);
  },
  async send({ text, reliable = true, topic = '', to = [] }) {
    const payload = new TextEncoder().encode(text);
    await room.localParticipant.publishData(payload, { reliable, topic, destination_identities: to });
  },
  async report() {
    const people = {};
    for (const participant of room.remoteParticipants.values()) {
      const person = { name: participant.name };
      people[participant.identity] = person;
      for (const publication of participant.trackPublications.values()) {
        const source = nameOf(publication.source);
        person[source] = { muted: publication.muted, ...streams.get(`${participant.identity} ${source}`) };
      }
    }
    return { people, data, events, state: ConnectionState[room.connectionState].replace('CONN_', '').toLowerCase() };
  },
  async leave() {
    await room.disconnect();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, do: verb, ...args } = JSON.parse(line);
  let answer;
  try {
    answer = { id, ok: (await verbs[verb](args)) ?? null };
  } catch (error) {
    answer = { id, error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await room.disconnect();
await dispose();
process.exit(0);
