"""LiveKit's official Python client as a participant that is told what to do.

Reads one JSON object a line ({"id", "do", ...}) and answers each with {"id", "ok"} or {"id", "error"}; clients.rs has the
verbs. A picture counts when it differs from the black ones the library makes up.
"""

import asyncio
import json
import os
import sys

import numpy as np
from livekit import rtc

RATE, BLOCK = 48000, 480
SOURCES = {
    "camera": rtc.TrackSource.SOURCE_CAMERA,
    "microphone": rtc.TrackSource.SOURCE_MICROPHONE,
    "screen_share": rtc.TrackSource.SOURCE_SCREENSHARE,
}
NAMES = {value: name for name, value in SOURCES.items()}
SCENARIOS = {
    "resume": rtc.room.proto_room.SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT,
    "rejoin": rtc.room.proto_room.SimulateScenarioKind.SIMULATE_FULL_RECONNECT,
    "tcp": rtc.room.proto_room.SimulateScenarioKind.SIMULATE_FORCE_TCP,
}


class Participant:
    def __init__(self):
        self.room = rtc.Room()
        self.streams, self.data, self.events, self.tasks, self.published = {}, [], [], {}, {}
        on = self.room.on
        on("track_subscribed", self.subscribed)
        on("track_unsubscribed", lambda track, *_: self.stop(track.sid))
        on("data_received", self.received)
        on("disconnected", lambda reason: self.events.append(f"disconnected {reason}"))
        on("reconnecting", lambda: self.events.append("reconnecting"))
        on("reconnected", lambda: self.events.append("reconnected"))
        on("participant_connected", lambda p: self.events.append(f"joined {p.identity}"))
        on("participant_disconnected", lambda p: self.events.append(f"left {p.identity}"))

    def subscribed(self, track, publication, participant):
        stream = {}
        self.streams[participant.identity, NAMES.get(publication.source, "unknown")] = stream
        is_video = track.kind == rtc.TrackKind.KIND_VIDEO
        follow = watch(track, publication, stream) if is_video else listen(track, stream)
        self.tasks[track.sid] = asyncio.create_task(follow)

    def received(self, packet):
        sender = packet.participant.identity if packet.participant else None
        self.data.append({"from": sender, "topic": packet.topic, "text": packet.data.decode()})

    def stop(self, key):
        task = self.tasks.pop(key, None)
        if task:
            task.cancel()

    async def join(self, url, token):
        await self.room.connect(url, token)
        return {"identity": self.room.local_participant.identity}

    async def publish(self, source, width=640, height=360, tone_hz=880.0, simulcast=True):
        if source == "microphone":
            feed = rtc.AudioSource(RATE, 1)
            track = rtc.LocalAudioTrack.create_audio_track(source, feed)
            options = rtc.TrackPublishOptions(source=SOURCES[source])
            send = send_audio(feed, tone_hz)
        else:
            feed = rtc.VideoSource(width, height)
            track = rtc.LocalVideoTrack.create_video_track(source, feed)
            options = rtc.TrackPublishOptions(
                source=SOURCES[source], video_codec=rtc.VideoCodec.VP8, simulcast=simulcast
            )
            send = send_video(feed, width, height)
        publication = await self.room.local_participant.publish_track(track, options)
        self.published[source] = track
        self.tasks[source] = asyncio.create_task(send)
        return {"sid": publication.sid}

    async def unpublish(self, source):
        self.stop(source)
        await self.room.local_participant.unpublish_track(self.published.pop(source).sid)

    async def mute(self, source, muted):
        track = self.published[source]
        track.mute() if muted else track.unmute()

    async def quality(self, identity, source, quality):
        level = {"low": 0, "medium": 1, "high": 2}[quality]
        for publication in self.room.remote_participants[identity].track_publications.values():
            if NAMES.get(publication.source) == source:
                publication.set_video_quality(level)

    async def send(self, text, reliable=True, topic="", to=()):
        await self.room.local_participant.publish_data(
            text, reliable=reliable, topic=topic, destination_identities=list(to)
        )

    async def scenario(self, name):
        await self.room.simulate_scenario(SCENARIOS[name])

    async def report(self):
        people = {}
        for participant in self.room.remote_participants.values():
            person = people[participant.identity] = {"name": participant.name}
            for publication in participant.track_publications.values():
                source = NAMES.get(publication.source, "unknown")
                stream = self.streams.get((participant.identity, source), {})
                person[source] = {"muted": publication.muted, **stream}
        state = rtc.ConnectionState.Name(self.room.connection_state)
        return {
            "people": people,
            "data": self.data,
            "events": self.events,
            "state": state.removeprefix("CONN_").lower(),
        }

    async def leave(self):
        await self.room.disconnect()


async def send_video(source, width, height):
    count = 0
    while True:
        luma = np.full((height, width), 90, np.uint8)
        luma[:, (count * 8) % width] = 235
        luma[height // 4 : height // 2, width // 4 : width // 2] = 180
        frame = luma.tobytes() + np.full(width * height // 2, 128, np.uint8).tobytes()
        source.capture_frame(rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, frame))
        count += 1
        await asyncio.sleep(1 / 30)


async def send_audio(source, tone_hz):
    at = 0
    while True:
        angle = 2 * np.pi * tone_hz * np.arange(at, at + BLOCK) / RATE
        samples = (np.sin(angle) * 3000).astype(np.int16)
        at += BLOCK
        await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, BLOCK))


async def watch(track, publication, stream):
    closing = []
    for _ in range(2):
        frames = rtc.VideoStream(track, format=rtc.VideoBufferType.I420)
        try:
            while True:
                # The library's stream at times gives out nothing more after its queue was full ("native video stream queue
                # overflow"), while its decoder goes on: then another one is asked for.
                event = await asyncio.wait_for(anext(frames), 5)
                frame = event.frame
                luma = np.frombuffer(frame.data, np.uint8)[: frame.width * frame.height]
                if luma.std() > 5:
                    stream["frames"] = stream.get("frames", 0) + 1
                    stream["width"], stream["height"] = frame.width, frame.height
                else:
                    stream["black"] = stream.get("black", 0) + 1
        except StopAsyncIteration:
            return
        except asyncio.TimeoutError:
            # Its end may never come either.
            closing.append(asyncio.create_task(frames.aclose()))
    # On a machine with more to do than it can, no further one of that track gives out anything: it has to come anew,
    # which ends this task.
    publication.coming_anew = asyncio.create_task(again(publication))
    await asyncio.Event().wait()


async def again(publication):
    publication.set_subscribed(False)
    await asyncio.sleep(1)
    publication.set_subscribed(True)


async def listen(track, stream):
    heard = np.zeros(0, np.float32)
    async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
        samples = np.frombuffer(event.frame.data, np.int16).astype(np.float32) / 32768
        heard = np.concatenate([heard, samples])
        if len(heard) >= RATE:
            spectrum = np.abs(np.fft.rfft(heard[:RATE] * np.hanning(RATE)))
            stream["tone_hz"] = float(spectrum.argmax())
            stream["level_db"] = float(20 * np.log10(np.sqrt((heard[:RATE] ** 2).mean()) + 1e-9))
            heard = heard[RATE // 2 :]


async def main():
    participant = Participant()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        answer = {"id": command.pop("id")}
        try:
            answer["ok"] = await getattr(participant, command.pop("do"))(**command)
        except Exception as error:  # Whatever the library raises is the test's business.
            answer["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(answer), flush=True)
    await participant.room.disconnect()


asyncio.run(main())
# All is said and left by now. What its native library does while Python takes itself apart ended in a signal once.
sys.stdout.flush()
os._exit(0)
