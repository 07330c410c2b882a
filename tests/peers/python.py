"""LiveKit's official Python client in a room: sends a picture and a tone, and reports what it decoded.

    python.py URL TOKEN SECONDS

Prints {"joined": ...} when it is in, and at the end one JSON object: per participant the decoded pictures that differ from
the black ones the library makes up, their size, and the pitch and level of the sound.
"""

import asyncio
import json
import sys

import numpy as np
from livekit import rtc

WIDTH, HEIGHT, RATE, BLOCK, TONE_HZ = 640, 360, 48000, 480, 880.0


async def send_video(source):
    count = 0
    while True:
        luma = np.full((HEIGHT, WIDTH), 90, np.uint8)
        luma[:, (count * 8) % WIDTH] = 235
        luma[100:200, 200:400] = 180
        frame = luma.tobytes() + np.full(WIDTH * HEIGHT // 2, 128, np.uint8).tobytes()
        source.capture_frame(rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.I420, frame))
        count += 1
        await asyncio.sleep(1 / 30)


async def send_audio(source):
    at = 0
    while True:
        angle = 2 * np.pi * TONE_HZ * np.arange(at, at + BLOCK) / RATE
        samples = (np.sin(angle) * 3000).astype(np.int16)
        at += BLOCK
        await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, BLOCK))


async def watch(track, person):
    async for event in rtc.VideoStream(track, format=rtc.VideoBufferType.I420):
        frame = event.frame
        luma = np.frombuffer(frame.data, np.uint8)[: frame.width * frame.height]
        if luma.std() > 5:
            person["frames"] = person.get("frames", 0) + 1
            person["width"], person["height"] = frame.width, frame.height


async def listen(track, person):
    heard = np.zeros(0, np.float32)
    async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
        samples = np.frombuffer(event.frame.data, np.int16).astype(np.float32) / 32768
        heard = np.concatenate([heard, samples])[-RATE:]
        if len(heard) == RATE:
            spectrum = np.abs(np.fft.rfft(heard * np.hanning(RATE)))
            person["tone_hz"] = float(spectrum.argmax())
            person["level_db"] = float(20 * np.log10(np.sqrt((heard**2).mean()) + 1e-9))


async def main(url, token, seconds):
    people, tasks = {}, []
    room = rtc.Room()

    @room.on("track_subscribed")
    def subscribed(track, publication, participant):
        person = people.setdefault(participant.identity, {})
        follow = watch if track.kind == rtc.TrackKind.KIND_VIDEO else listen
        tasks.append(asyncio.create_task(follow(track, person)))

    await room.connect(url, token)
    print(json.dumps({"joined": room.local_participant.identity}), flush=True)
    video = rtc.VideoSource(WIDTH, HEIGHT)
    audio = rtc.AudioSource(RATE, 1)
    local = room.local_participant
    await local.publish_track(
        rtc.LocalVideoTrack.create_video_track("camera", video),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, video_codec=rtc.VideoCodec.VP8),
    )
    await local.publish_track(
        rtc.LocalAudioTrack.create_audio_track("microphone", audio),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE),
    )
    tasks += [asyncio.create_task(send_video(video)), asyncio.create_task(send_audio(audio))]
    await asyncio.sleep(seconds)
    print(json.dumps(people), flush=True)
    for task in tasks:
        task.cancel()
    await room.disconnect()


asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
