"""LiveKit's official server API client, driven by lines on stdin.

    python_admin.py URL KEY SECRET

A line is a method of the RoomService and its request as JSON, such as `list_participants {"room": "visit"}`. Out comes one
JSON object per line: `answer` with the result, or `error` with Twirp's code and the HTTP status.
"""

import asyncio
import json
import sys

from google.protobuf.json_format import MessageToDict, Parse
from livekit import api

REQUESTS = {
    "create_room": api.CreateRoomRequest,
    "list_rooms": api.ListRoomsRequest,
    "delete_room": api.DeleteRoomRequest,
    "list_participants": api.ListParticipantsRequest,
    "get_participant": api.RoomParticipantIdentity,
    "remove_participant": api.RoomParticipantIdentity,
    "mute_published_track": api.MuteRoomTrackRequest,
    "update_participant": api.UpdateParticipantRequest,
    "update_subscriptions": api.UpdateSubscriptionsRequest,
    "send_data": api.SendDataRequest,
    "update_room_metadata": api.UpdateRoomMetadataRequest,
}


def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


async def main():
    url, key, secret = sys.argv[1:4]
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with api.LiveKitAPI(url, key, secret) as livekit:
        say("ready")
        while line := await reader.readline():
            method, request = line.decode().split(" ", 1)
            try:
                result = await getattr(livekit.room, method)(Parse(request, REQUESTS[method]()))
                say("answer", result=MessageToDict(result) if result is not None else {})
            except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to know
                say("error", code=getattr(error, "code", repr(error)), status=getattr(error, "status", 0))


asyncio.run(main())
