"""One participant on LiveKit's official Python client, driven by lines on stdin.

    python_peer.py URL TOKEN [--no-auto-subscribe]

Commands in, one JSON object per line out. Pictures carry a counter as black and white blocks and sound is a sine, so that
what a receiver reports can only come from what a sender made.

    publish video|audio|screen|h264|vp9     unpublish video|audio|screen|h264|vp9     mute video|audio     unmute video|audio
    send TEXT [IDENTITY...]        send-lossy TEXT                  quality IDENTITY low|high
    subscribe IDENTITY on|off      leave
    audience IDENTITY|none|all     attribute NAME VALUE             name NAME
"""

import asyncio
import json
import sys
import time

import numpy as np
from livekit import rtc

WIDTH, HEIGHT, BITS = 640, 360, 16
RATE, BLOCK = 48000, 480


def say(event, **fields):
    print(json.dumps({"event": event, "ms": round(time.monotonic() * 1000), **fields}), flush=True)


def draw(counter):
    """A grey I420 picture whose upper half holds the counter, most significant bit first, framed by white and black."""
    luma = np.full((HEIGHT, WIDTH), 110, np.uint8)
    bits = [1, 0] + [(counter >> bit) & 1 for bit in reversed(range(BITS))]
    step = WIDTH // len(bits)
    for place, bit in enumerate(bits):
        luma[: HEIGHT // 2, place * step : (place + 1) * step] = 235 if bit else 16
    # Something that moves, so that encoders have something to do.
    luma[HEIGHT // 2 :, (counter * 8) % WIDTH] = 235
    chroma = np.full(WIDTH * HEIGHT // 2, 128, np.uint8)
    return luma.tobytes() + chroma.tobytes()


def read(frame):
    """The counter of a picture of any size, or None when there is none."""
    i420 = frame.convert(rtc.VideoBufferType.I420)
    width, height = i420.width, i420.height
    luma = np.frombuffer(i420.data, np.uint8)[: width * height].reshape(height, width)
    places = BITS + 2
    step = (WIDTH // places) * width / WIDTH
    values = []
    for place in range(places):
        left, right = int((place + 0.3) * step), int((place + 0.7) * step) + 1
        values.append(luma[height // 8 : height // 3, left:right].mean())
    if values[0] < 170 or values[1] > 80 or any(80 <= value <= 170 for value in values):
        return None
    counter = 0
    for value in values[2:]:
        counter = counter << 1 | int(value > 128)
    return counter


class Peer:
    def __init__(self):
        self.room = rtc.Room()
        self.published = {}
        self.tasks = set()
        on = self.room.on
        on("participant_connected", lambda p: say("joined", identity=p.identity, name=p.name))
        on("participant_disconnected", lambda p: say("left", identity=p.identity))
        on("track_published", lambda pub, p: say("published", identity=p.identity, sid=pub.sid, source=pub.source))
        on("track_unpublished", lambda pub, p: say("unpublished", identity=p.identity, sid=pub.sid))
        on("track_muted", lambda p, pub: say("muted", identity=p.identity, sid=pub.sid))
        on("track_unmuted", lambda p, pub: say("unmuted", identity=p.identity, sid=pub.sid))
        on("track_subscribed", self.subscribed)
        on("track_unsubscribed", lambda track, pub, p: say("unsubscribed", identity=p.identity, sid=pub.sid))
        on("participant_attributes_changed", lambda changed, p: say("attributes", identity=p.identity, changed=changed))
        on("participant_name_changed", lambda p, old, new: say("name", identity=p.identity, name=new))
        on("room_metadata_changed", lambda old, new: say("room_metadata", metadata=new))
        on("participant_metadata_changed", lambda p, old, new: say("metadata", identity=p.identity, metadata=new))
        on("local_track_unpublished", lambda pub: say("revoked", sid=pub.sid))
        on("active_speakers_changed", lambda ps: say("speakers", identities=[p.identity for p in ps]))
        on("connection_quality_changed", lambda p, q: say("quality", identity=p.identity, quality=q))
        on("data_received", self.data)
        on("disconnected", lambda reason: say("disconnected", reason=rtc.DisconnectReason.Name(reason)))
        on("reconnecting", lambda: say("reconnecting"))
        on("reconnected", lambda: say("reconnected"))

    def spawn(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def data(self, packet):
        sender = packet.participant.identity if packet.participant else None
        reliable = packet.kind == rtc.DataPacketKind.KIND_RELIABLE
        say("data", sender=sender, text=packet.data.decode(), topic=packet.topic, reliable=reliable)

    def subscribed(self, track, publication, participant):
        say("subscribed", identity=participant.identity, sid=publication.sid, source=publication.source)
        watch = self.watch if track.kind == rtc.TrackKind.KIND_VIDEO else self.listen
        self.spawn(watch(track, publication, participant))

    async def watch(self, track, publication, participant):
        stream = rtc.VideoStream(track)
        first = time.monotonic()
        async for event in stream:
            frame = event.frame
            counter = read(frame)
            say(
                "frame",
                identity=participant.identity,
                sid=publication.sid,
                counter=counter,
                width=frame.width,
                height=frame.height,
                after_ms=round((time.monotonic() - first) * 1000),
            )

    async def listen(self, track, publication, participant):
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1)
        samples = np.zeros(0, np.float32)
        async for event in stream:
            samples = np.append(samples, np.frombuffer(event.frame.data, np.int16) / 32768)
            if len(samples) < RATE // 4:
                continue
            spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
            hertz = float(np.argmax(spectrum) * RATE / len(samples))
            level = float(np.sqrt(np.mean(samples**2)))
            say("sound", identity=participant.identity, sid=publication.sid, hertz=round(hertz), level=round(level, 4))
            samples = np.zeros(0, np.float32)

    async def publish(self, what):
        began = time.monotonic()
        if what == "audio":
            source = rtc.AudioSource(RATE, 1)
            track = rtc.LocalAudioTrack.create_audio_track("tone", source)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
            feed = self.feed_tone(source)
        else:
            source = rtc.VideoSource(WIDTH, HEIGHT)
            track = rtc.LocalVideoTrack.create_video_track(what, source)
            kind = rtc.TrackSource.SOURCE_SCREENSHARE if what == "screen" else rtc.TrackSource.SOURCE_CAMERA
            codecs = {"h264": rtc.VideoCodec.H264, "vp9": rtc.VideoCodec.VP9}
            options = rtc.TrackPublishOptions(
                source=kind,
                video_codec=codecs.get(what, rtc.VideoCodec.VP8),
                simulcast=what in ("video", "h264"),
            )
            feed = self.feed_pictures(source)
        try:
            publication = await asyncio.wait_for(self.room.local_participant.publish_track(track, options), 10)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to know
            say("refused", what=what, error=repr(error))
            return
        feeding = asyncio.ensure_future(feed)
        self.published[what] = (track, publication, feeding)
        say("publishing", what=what, sid=publication.sid, took_ms=round((time.monotonic() - began) * 1000))

    async def feed_tone(self, source):
        phase = 0
        while True:
            at = (phase + np.arange(BLOCK)) / RATE
            block = (np.sin(2 * np.pi * 440 * at) * 12000).astype(np.int16)
            phase += BLOCK
            await source.capture_frame(rtc.AudioFrame(block.tobytes(), RATE, 1, BLOCK))

    async def feed_pictures(self, source):
        counter, began = 1, time.monotonic()
        while True:
            frame = rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.I420, draw(counter % (1 << BITS)))
            source.capture_frame(frame)
            counter += 1
            await asyncio.sleep(max(0, began + counter / 15 - time.monotonic()))

    async def command(self, words):
        name, rest = words[0], words[1:]
        local = self.room.local_participant
        if name == "publish":
            await self.publish(rest[0])
        elif name == "unpublish":
            track, publication, feeding = self.published.pop(rest[0])
            feeding.cancel()
            await local.unpublish_track(publication.sid)
            say("done", what="unpublish")
        elif name in ("mute", "unmute"):
            track = self.published[rest[0]][0]
            track.mute() if name == "mute" else track.unmute()
        elif name == "send":
            await local.publish_data(rest[0], reliable=True, destination_identities=rest[1:], topic="test")
        elif name == "send-lossy":
            await local.publish_data(rest[0], reliable=False)
        elif name == "subscribe":
            for publication in self.room.remote_participants[rest[0]].track_publications.values():
                publication.set_subscribed(rest[1] == "on")
        elif name == "audience":
            permissions = [rtc.ParticipantTrackPermission(participant_identity=rest[0], allow_all=True)]
            local.set_track_subscription_permissions(
                allow_all_participants=rest[0] == "all",
                participant_permissions=[] if rest[0] in ("all", "none") else permissions,
            )
        elif name in ("attribute", "name"):
            try:
                await (local.set_attributes({rest[0]: rest[1]}) if name == "attribute" else local.set_name(rest[0]))
                say("done", what=name)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to know
                say("refused", what=name, error=repr(error))
        elif name == "leave":
            await self.room.disconnect()
            return False
        return True

    async def run(self, url, token, auto_subscribe, one_connection):
        began = time.monotonic()
        options = rtc.RoomOptions(auto_subscribe=auto_subscribe, single_peer_connection=one_connection)
        try:
            await self.room.connect(url, token, options)
        except rtc.ConnectError as error:
            say("not_connected", error=str(error))
            return
        say(
            "connected",
            took_ms=round((time.monotonic() - began) * 1000),
            sid=self.room.local_participant.sid,
            others=sorted(self.room.remote_participants),
        )
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            words = line.decode().split()
            if words and not await self.command(words):
                break


async def main():
    # The client binds itself to the running loop.
    options = sys.argv[3:]
    await Peer().run(
        sys.argv[1], sys.argv[2], "--no-auto-subscribe" not in options, "--two-connections" not in options
    )


asyncio.run(main())
