//! Stories of a room on our own server: who waits, who may do what, who is shown what.

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use common::{room, server};
use serde_json::json;
use visita_call::testing::{PATIENCE, Person, by_link};
use visita_call::{
    CallState, CameraChoice, FrameHub, LocalMedia, MicrophoneChoice, Reception, ShareChoice, SpeakerChoice,
    frames::{Frame, FrameSink},
};
use visita_protocol::{
    ParticipantId, PixelSize, Tools,
    channel::{LeaveReason, MediaSource},
    view::{DeviceState, NoticeCode, ShareKind, ShownSize, StreamSource},
};
use visita_rtc::MediaKind;

fn id(text: &str) -> ParticipantId {
    text.parse().expect("an id")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_waits_writes_and_is_let_in() {
    let server = server().await;
    let room = room(&server, 2, json!({ "waiting_room": true, "description": "Follow-up" })).await;
    let mut host = Person::quiet(by_link(&room.links[0], "Dr. Conti"), "host");
    host.is_in().await;
    let guest = Person::quiet(by_link(&room.links[1], "Ada"), "guest");
    guest
        .waits("the place", |view| {
            let known = (view.place, view.title.as_deref(), view.host_name.as_deref());
            (known == (Some(1), Some("Follow-up"), Some("Dr. Conti"))).then_some(())
        })
        .await;
    assert!(guest.call.stats().is_none(), "media before being let in");
    guest.call.send_note(None, "I am a little late".into());
    let (waiting, note) = host
        .sees("who waits, with the note", |view| {
            let waiting = view.waiting.first()?;
            Some((waiting.participant_id.clone(), waiting.notes.first()?.clone()))
        })
        .await;
    assert_eq!((note.text.as_str(), note.mine, note.from_name.as_str()), ("I am a little late", false, "Ada"));
    assert_eq!(host.hears(NoticeCode::Note).await.as_deref(), Some("Ada"));
    host.call.send_note(Some(waiting.clone()), "No hurry".into());
    guest.waits("the answer", |view| view.notes.iter().any(|n| n.text == "No hurry" && !n.mine).then_some(())).await;
    guest.call.knock();
    guest.waits("when to knock again", |view| view.knock_again_s).await;
    host.call.admit(waiting);
    guest.is_in().await;
    host.sees_person("the guest", "Ada", |_| Some(())).await;
    host.sees("nobody waiting", |view| view.waiting.is_empty().then_some(())).await;
    server.stop().await;
}

/// Who comes before the room opens sees when that is, and goes in by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_comes_early_goes_in_when_it_opens() {
    let server = server().await;
    let opens = time::OffsetDateTime::now_utc() + Duration::from_secs(5);
    let starts = opens.format(&time::format_description::well_known::Rfc3339).expect("a time");
    let room = room(&server, 2, json!({ "starts_at": starts, "early_entry": 0, "description": "Follow-up" })).await;
    let guest = Person::quiet(by_link(&room.links[1], "Ada"), "guest");
    guest
        .waits("when it opens", |view| {
            let at = view.starts_at?;
            assert!((at - opens.unix_timestamp() as f64).abs() <= 1.0, "{view:?}");
            assert_eq!((view.place, view.title.as_deref()), (None, Some("Follow-up")));
            Some(())
        })
        .await;
    guest.is_in().await;
    assert!(time::OffsetDateTime::now_utc() >= opens, "in before it opened");
    // Whoever leaves before it opens is gone.
    let late = time::OffsetDateTime::now_utc() + Duration::from_secs(3600);
    let starts = late.format(&time::format_description::well_known::Rfc3339).expect("a time");
    let later = common::room(&server, 2, json!({ "starts_at": starts, "early_entry": 0 })).await;
    let gone = Person::quiet(by_link(&later.links[1], "Eve"), "early leaver");
    gone.waits("when it opens", |view| view.starts_at).await;
    gone.call.leave();
    let over = |state: &CallState| if let CallState::Over(reason) = state { Some(*reason) } else { None };
    assert_eq!(gone.until("out", over).await, LeaveReason::Left);
    server.stop().await;
}

/// Counts the pictures that come.
#[derive(Default)]
struct Counted(AtomicUsize);

impl FrameSink for Counted {
    fn frame(&self, _: Frame) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn ended(&self, _: u32) {}
}

/// Who asks for streams one by one gets those, and none of the others.
#[tokio::test(flavor = "multi_thread")]
async fn streams_are_subscribed_and_unsubscribed_one_by_one() {
    let server = server().await;
    let room = room(&server, 3, json!({})).await;
    let one = Person::sending(by_link(&room.links[0], "One"), "one");
    let two = Person::sending(by_link(&room.links[1], "Two"), "two");
    let hub = FrameHub::new();
    let counted: Arc<Counted> = Arc::default();
    let sink: Arc<dyn FrameSink> = counted.clone();
    hub.0.attach(&sink);
    let media = LocalMedia::start(CameraChoice::None, MicrophoneChoice::None, SpeakerChoice::Null, hub.0.clone());
    let ada = Person::receiving(by_link(&room.links[2], "Ada"), "ada", Reception::Asked, media, hub);
    let mut streams = Vec::new();
    for name in ["One", "Two"] {
        streams.push(ada.sees_person("the stream", name, |person| person.streams.first().map(|s| s.stream_id)).await);
    }
    let received = || {
        let stats = ada.call.stats();
        stats.map_or(0, |stats| stats.received.iter().filter(|track| track.kind == MediaKind::Video).count())
    };
    let came = || counted.0.load(Ordering::Relaxed);
    assert_eq!((received(), came()), (0, 0), "pictures that nobody asked for");
    let show = |stream_id, width| {
        ada.call.set_shown(vec![ShownSize { stream_id, size: PixelSize { width, height: width * 9 / 16 } }]);
    };
    show(streams[0], 640);
    until("the pictures of one", || came() > 20).await;
    assert_eq!(received(), 1, "one was asked for");
    show(streams[0], 0);
    // What was on its way is let in; then nothing comes for a second.
    let mut last = usize::MAX;
    until("no more pictures", || std::mem::replace(&mut last, came()) == came()).await;
    show(streams[1], 640);
    let before = came();
    until("the pictures of the other", || came() > before + 20).await;
    drop((one, two));
    server.stop().await;
}

/// Looks once a second.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let looking = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("not seen in time: {what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_is_refused_is_out() {
    let server = server().await;
    let room = room(&server, 2, json!({ "waiting_room": true })).await;
    let host = Person::quiet(by_link(&room.links[0], "Host"), "host");
    host.is_in().await;
    let guest = Person::quiet(by_link(&room.links[1], "Guest"), "guest");
    let waiting = host.sees("who waits", |view| Some(view.waiting.first()?.participant_id.clone())).await;
    host.call.refuse(waiting);
    let reason =
        guest.until("the end", |state| if let CallState::Over(reason) = state { Some(*reason) } else { None }).await;
    assert_eq!(reason, LeaveReason::Removed);
    host.sees("who was refused", |view| (view.removed.len() == 1).then_some(())).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_admin_takes_stays_off_until_it_is_given_back() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let host = Person::quiet(by_link(&room.links[0], "Host"), "host");
    let mut guest = Person::sending(by_link(&room.links[1], "Guest"), "guest");
    host.sees_person("sound and picture", "Guest", |p| (p.microphone && p.camera).then_some(())).await;
    let seat = id(&room.seats[1]);
    host.call.mute(seat.clone(), MediaSource::Microphone);
    guest.hears(NoticeCode::MutedByAdmin).await;
    guest.sees("it is off", |v| (v.me.muted_by_admin.microphone && !v.me.microphone.is_on()).then_some(())).await;
    host.sees_person("it is off", "Guest", |p| (!p.microphone && p.muted_by_admin.microphone).then_some(())).await;
    // The wish alone changes nothing.
    guest.call.set_microphone(true);
    guest.call.raise_hand(true);
    host.sees_person("the hand", "Guest", |p| p.hand).await;
    assert!(!guest.call.media().microphone_on());
    host.call.lower_hand(seat.clone());
    guest.hears(NoticeCode::HandLowered).await;
    guest.sees("it is down", |v| v.me.hand.is_none().then_some(())).await;
    host.call.release(seat.clone(), MediaSource::Microphone);
    guest.hears(NoticeCode::ReleasedByAdmin).await;
    host.call.ask_to_unmute(seat, MediaSource::Microphone);
    let asked = guest.sees("being asked", |view| view.me_asked()).await;
    assert_eq!(asked, ("Host".to_owned(), MediaSource::Microphone));
    guest.call.set_microphone(true);
    guest
        .sees("it is on, and nobody asks", |v| (v.me.microphone.is_on() && v.asked_to_unmute.is_none()).then_some(()))
        .await;
    host.sees_person("it is on again", "Guest", |p| p.microphone.then_some(())).await;
    server.stop().await;
}

/// Who asks me to switch what on.
trait Asked {
    fn me_asked(&self) -> Option<(String, MediaSource)>;
}

impl Asked for visita_protocol::view::CallView {
    fn me_asked(&self) -> Option<(String, MediaSource)> {
        self.asked_to_unmute.as_ref().map(|asked| (asked.by_name.clone(), asked.source))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_seen_paused_and_taken_away_with_its_right() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let host = Person::quiet(by_link(&room.links[0], "Host"), "host");
    let mut guest = Person::quiet(by_link(&room.links[1], "Guest"), "guest");
    host.is_in().await;
    guest.is_in().await;
    guest.call.share(ShareChoice::Pattern);
    let screen = |p: &visita_protocol::view::PersonView| {
        p.streams.iter().find(|s| s.source == StreamSource::Screen).map(|s| s.size)
    };
    let size = host.sees_person("the share", "Guest", screen).await;
    assert_eq!((size.width, size.height), (1280, 720));
    let sent =
        guest.sees("what is sent", |v| v.sending.iter().find(|s| s.source == StreamSource::Screen).cloned()).await;
    assert_eq!((sent.size.width, sent.layer.as_str()), (1280, ""));
    guest.call.pause_share(true);
    guest.sees("paused", |v| v.share.as_ref()?.paused.then_some(())).await;
    host.call.set_tools(id(&room.seats[1]), Tools { screen_sharing: false, ..Tools::ALL });
    guest.hears(NoticeCode::ShareEnded).await;
    guest.sees("no share", |v| v.share.is_none().then_some(())).await;
    host.sees_person("no share", "Guest", |p| screen(p).is_none().then_some(())).await;
    // Without the right it does not even begin.
    guest.call.share(ShareChoice::Pattern);
    guest.hears(NoticeCode::Refused).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_not_there_ends_the_share_and_not_the_call() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let mut host = Person::quiet(by_link(&room.links[0], "Host"), "host");
    host.is_in().await;
    let gone = ShareChoice::Source { id: "window:0".into(), label: "Gone".into(), kind: ShareKind::Window };
    host.call.share(gone);
    host.hears(NoticeCode::ShareEnded).await;
    host.sees("no share", |v| v.share.is_none().then_some(())).await;
    host.is_in().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_extended_and_the_session_ended() {
    let server = server().await;
    let room = room(&server, 2, json!({ "duration": 600 })).await;
    let host = Person::quiet(by_link(&room.links[0], "Host"), "host");
    let guest = Person::quiet(by_link(&room.links[1], "Guest"), "guest");
    guest.sees("the clock", |v| (v.clock_runs && v.seconds_left.is_some_and(|left| left <= 600)).then_some(())).await;
    host.sees_person("the guest", "Guest", |_| Some(())).await;
    host.call.extend(600);
    guest.sees("more time", |v| v.seconds_left.filter(|left| *left > 600)).await;
    // Who is no admin ends nothing.
    guest.call.end_for_everyone();
    host.call.raise_hand(true);
    guest.sees_person("still going on", "Host", |p| p.hand).await;
    host.call.end_for_everyone();
    for person in [&host, &guest] {
        let over = |state: &CallState| if let CallState::Over(reason) = state { Some(*reason) } else { None };
        assert_eq!(person.until("the end", over).await, LeaveReason::SessionEnded);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_for_sound_has_no_camera() {
    let server = server().await;
    let room = room(&server, 2, json!({ "call_type": "audio_only" })).await;
    let host = Person::sending(by_link(&room.links[0], "Host"), "host");
    let guest = Person::sending(by_link(&room.links[1], "Guest"), "guest");
    host.sees("no camera", |v| (v.me.camera == DeviceState::NotAllowed).then_some(())).await;
    guest.sees_person("sound", "Host", |p| p.microphone.then_some(())).await;
    guest.sees_person("no picture", "Host", |p| (!p.camera && p.streams.is_empty()).then_some(())).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_are_changed_while_the_call_goes_on() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let host = Person::quiet(by_link(&room.links[0], "Host"), "host");
    let mut guest = Person::sending(by_link(&room.links[1], "Guest"), "guest");
    host.sees_person("sound", "Guest", |p| p.microphone.then_some(())).await;
    guest.call.media().choose_microphone(MicrophoneChoice::Device("not there".into()));
    guest.hears(NoticeCode::MicrophoneLost).await;
    guest.sees("it is missing", |v| (v.me.microphone == DeviceState::Missing).then_some(())).await;
    guest.call.media().choose_microphone(MicrophoneChoice::Tone(880.0));
    guest.hears(NoticeCode::MicrophoneBack).await;
    guest.sees("it works", |v| v.me.microphone.is_on().then_some(())).await;
    server.stop().await;
}
