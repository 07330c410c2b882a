// A back end with LiveKit's server SDK: looks at a room, mutes, sends, changes and removes. Prints what it saw as JSON.
//
//   node administer.mjs URL ROOM IDENTITY

import { DataPacket_Kind, RoomServiceClient, TrackSource } from 'livekit-server-sdk';

const [url, room, identity] = process.argv.slice(2);
const service = new RoomServiceClient(url, 'devkey', 'secret');
const seen = {};

const rooms = await service.listRooms([room]);
seen.rooms = rooms.length;
seen.participants = (await service.listParticipants(room)).length;
const participant = await service.getParticipant(room, identity);
const track = participant.tracks.find((t) => t.source === TrackSource.MICROPHONE);
seen.muted = (await service.mutePublishedTrack(room, identity, track.sid, true)).muted;
await service.sendData(room, new TextEncoder().encode('from the back end'), DataPacket_Kind.RELIABLE, { topic: 'notice' });
await service.updateParticipant(room, identity, { permission: { canPublish: false, canSubscribe: true, canPublishData: true } });
await service.updateRoomMetadata(room, '{"theme":"dark"}');
seen.metadata = (await service.listRooms([room]))[0].metadata;
seen.unknown = await service.getParticipant(room, 'nobody').then(() => 'found', (error) => error.code);
const stranger = new RoomServiceClient(url, 'devkey', 'not-the-secret-that-signs-anything');
seen.stranger = await stranger.listRooms().then(() => 200, (error) => error.status);
await service.removeParticipant(room, identity);
console.log(JSON.stringify(seen));
