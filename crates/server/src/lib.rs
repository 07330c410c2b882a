//! The room server: API, links, room channel, storage; embeds the media server.
