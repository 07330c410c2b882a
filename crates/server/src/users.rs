//! Signed-in users who are on the user channel: who is online, and what rings for them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use parking_lot::Mutex;
use tokio::sync::mpsc;
use visita_protocol::{
    CallType, CompanyId, ParticipantId, RecordingMode, RoomId, UserId,
    channel::RingState,
    user_channel::{CallOver, IncomingCall, UserServerMessage},
};
use visita_room::Timestamp;

use crate::clock::Clock;

/// Messages that wait for one device. A device that is further behind than this is put off the line and starts afresh.
const OUTBOX: usize = 128;

/// Most devices of one user at once; one more puts the oldest off the line.
const DEVICES: usize = 10;

/// One connection of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DeviceId(u64);

/// Messages to one device; its end closes the connection.
pub(crate) type UserOutbox = mpsc::Receiver<UserServerMessage>;

/// A room that rings for somebody.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) room: RoomId,
    pub(crate) participant_id: ParticipantId,
    pub(crate) title: Option<String>,
    pub(crate) call_type: CallType,
    pub(crate) recording: RecordingMode,
    pub(crate) caller_name: Option<String>,
    pub(crate) until: Timestamp,
}

/// Everybody who is online; cheap to clone.
#[derive(Clone)]
pub(crate) struct Users {
    clock: Clock,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    online: HashMap<(CompanyId, UserId), Online>,
    calls: BTreeMap<u64, Ringing>,
    last_device: u64,
    last_call: u64,
}

/// A user with at least one device.
struct Online {
    /// With whom a room is shared.
    peers: HashSet<UserId>,
    is_operator: bool,
    devices: Vec<(DeviceId, mpsc::Sender<UserServerMessage>)>,
}

struct Ringing {
    who: (CompanyId, UserId),
    call: Call,
    /// Which of the user's devices answered or declined.
    taken_by: Option<DeviceId>,
}

/// What a device that came online begins with.
pub(crate) struct Arrival {
    pub(crate) device: DeviceId,
    pub(crate) outbox: UserOutbox,
    pub(crate) online: Vec<UserId>,
    pub(crate) calls: Vec<IncomingCall>,
}

impl Users {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, inner: Arc::default() }
    }

    /// A device is online. Those who may see the user hear of it when it is the first.
    pub(crate) fn arrive(
        &self,
        company: &CompanyId,
        user: &UserId,
        is_operator: bool,
        peers: HashSet<UserId>,
    ) -> Arrival {
        let mut inner = self.inner.lock();
        inner.last_device += 1;
        let device = DeviceId(inner.last_device);
        let (sender, outbox) = mpsc::channel(OUTBOX);
        let who = (company.clone(), user.clone());
        let is_new = !inner.online.contains_key(&who);
        let me = inner.online.entry(who.clone()).or_insert_with(|| Online {
            peers: HashSet::new(),
            is_operator,
            devices: Vec::new(),
        });
        me.peers = peers;
        me.is_operator = is_operator;
        if me.devices.len() >= DEVICES {
            me.devices.remove(0);
        }
        me.devices.push((device, sender));
        if is_new {
            inner.tell_presence(&who, true);
        }
        let online = inner.visible_to(&who);
        let calls = inner.calls.iter().filter(|(_, ringing)| ringing.who == who);
        let calls = calls.map(|(id, ringing)| self.told(*id, &ringing.call)).collect();
        Arrival { device, outbox, online, calls }
    }

    /// How many users are online.
    pub(crate) fn online_now(&self) -> usize {
        self.inner.lock().online.len()
    }

    /// Whether a user has a device online.
    pub(crate) fn is_online(&self, company: &CompanyId, user: &UserId) -> bool {
        self.inner.lock().online.contains_key(&(company.clone(), user.clone()))
    }

    /// A device is gone.
    pub(crate) fn leave(&self, company: &CompanyId, user: &UserId, device: DeviceId) {
        let mut inner = self.inner.lock();
        let who = (company.clone(), user.clone());
        let Some(me) = inner.online.get_mut(&who) else { return };
        me.devices.retain(|(id, _)| *id != device);
        if me.devices.is_empty() {
            inner.tell_presence(&who, false);
            inner.online.remove(&who);
        }
    }

    /// It rings for somebody, on each of their devices.
    pub(crate) fn ring(&self, company: &CompanyId, user: &UserId, call: Call) {
        let mut inner = self.inner.lock();
        inner.last_call += 1;
        let id = inner.last_call;
        let who = (company.clone(), user.clone());
        let message = UserServerMessage::IncomingCall { call: self.told(id, &call) };
        inner.send(&who, None, &message);
        inner.calls.insert(id, Ringing { who, call, taken_by: None });
    }

    /// It does not ring any more.
    pub(crate) fn ring_over(
        &self,
        company: &CompanyId,
        user: &UserId,
        room: &RoomId,
        seat: &ParticipantId,
        state: RingState,
    ) {
        let mut inner = self.inner.lock();
        let is_it = |ringing: &Ringing| {
            (&ringing.who.0, &ringing.who.1) == (company, user)
                && (&ringing.call.room, &ringing.call.participant_id) == (room, seat)
        };
        let Some(id) = inner.calls.iter().find(|(_, ringing)| is_it(ringing)).map(|(id, _)| *id) else { return };
        let Some(Ringing { who, taken_by, .. }) = inner.calls.remove(&id) else { return };
        let reason = match state {
            RingState::Ringing => return,
            RingState::Answered => CallOver::AnsweredElsewhere,
            RingState::Declined | RingState::Busy => CallOver::DeclinedElsewhere,
            RingState::NoAnswer => CallOver::NoAnswer,
            RingState::Cancelled => CallOver::Cancelled,
        };
        inner.send(&who, taken_by, &UserServerMessage::CallOver { call_id: id, reason });
    }

    /// A device takes a call or declines it: room and seat of the call, when it rings for that user.
    pub(crate) fn take_call(
        &self,
        company: &CompanyId,
        user: &UserId,
        device: DeviceId,
        call: u64,
    ) -> Option<(RoomId, ParticipantId)> {
        let mut inner = self.inner.lock();
        let ringing = inner.calls.get_mut(&call)?;
        if (&ringing.who.0, &ringing.who.1) != (company, user) {
            return None;
        }
        ringing.taken_by = Some(device);
        Some((ringing.call.room.clone(), ringing.call.participant_id.clone()))
    }

    fn told(&self, id: u64, call: &Call) -> IncomingCall {
        let left = call.until.since(self.clock.now());
        IncomingCall {
            call_id: id,
            room_id: call.room.clone(),
            participant_id: call.participant_id.clone(),
            title: call.title.clone(),
            call_type: call.call_type,
            recording: call.recording,
            caller_name: call.caller_name.clone(),
            rings_for_s: u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX),
        }
    }
}

impl Inner {
    /// To a user's devices, without one.
    fn send(&mut self, who: &(CompanyId, UserId), but: Option<DeviceId>, message: &UserServerMessage) {
        let Some(user) = self.online.get_mut(who) else { return };
        // Who does not read is put off the line; that its task tells us so keeps the books right.
        user.devices.retain(|(id, device)| Some(*id) == but || device.try_send(message.clone()).is_ok());
    }

    fn tell_presence(&mut self, who: &(CompanyId, UserId), online: bool) {
        let message = UserServerMessage::Presence { user_id: who.1.clone(), online };
        let watchers: Vec<_> =
            self.online.keys().filter(|other| *other != who && self.may_see(other, who)).cloned().collect();
        for watcher in watchers {
            self.send(&watcher, None, &message);
        }
    }

    fn visible_to(&self, who: &(CompanyId, UserId)) -> Vec<UserId> {
        let mut seen: Vec<_> = self
            .online
            .keys()
            .filter(|other| *other != who && self.may_see(who, other))
            .map(|(_, user)| user.clone())
            .collect();
        seen.sort();
        seen
    }

    /// Those who share a room see each other; operators see everybody of their company.
    fn may_see(&self, watcher: &(CompanyId, UserId), seen: &(CompanyId, UserId)) -> bool {
        if watcher.0 != seen.0 {
            return false;
        }
        let shares = |one: &(CompanyId, UserId), other: &UserId| {
            self.online.get(one).is_some_and(|online| online.peers.contains(other))
        };
        // Either may know of a room that is newer than the other's line.
        shares(watcher, &seen.1)
            || shares(seen, &watcher.1)
            || self.online.get(watcher).is_some_and(|online| online.is_operator)
    }
}
