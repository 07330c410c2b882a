//! The audit log: who viewed, downloaded, deleted or administered what. Written before a call answers, so that nothing
//! that was answered is missing from it.

use std::sync::Arc;

use visita_protocol::{CompanyId, ParticipantId, RoomId, SessionId, UserId, rest::ActorKind};

use crate::{
    api::Caller,
    clock::Clock,
    store::{AuditLine, Store, StoreError},
};

/// Writes the log; cheap to clone.
#[derive(Clone)]
pub(crate) struct Audit {
    store: Arc<dyn Store>,
    clock: Clock,
}

/// What is to be written.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    company: CompanyId,
    actor_kind: ActorKind,
    actor: Option<UserId>,
    action: &'static str,
    room: Option<RoomId>,
    session: Option<SessionId>,
    participant: Option<ParticipantId>,
    subject: Option<String>,
}

impl Audit {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock }
    }

    pub(crate) async fn write(&self, entry: Entry) -> Result<(), StoreError> {
        let line = AuditLine {
            at: self.clock.now(),
            actor_kind: entry.actor_kind,
            actor: entry.actor,
            action: entry.action.to_owned(),
            room: entry.room,
            session: entry.session,
            participant: entry.participant,
            subject: entry.subject,
        };
        self.store.audit(&entry.company, &line).await
    }
}

impl Entry {
    /// A caller of the API did something.
    pub(crate) fn by(caller: &Caller, action: &'static str) -> Self {
        let actor = caller.user().map(|user| user.user_id.clone());
        Self::of(&caller.company().id, caller.kind(), actor, action)
    }

    /// Somebody did something.
    pub(crate) fn of(company: &CompanyId, actor_kind: ActorKind, actor: Option<UserId>, action: &'static str) -> Self {
        let company = company.clone();
        Self { company, actor_kind, actor, action, room: None, session: None, participant: None, subject: None }
    }

    pub(crate) fn room(self, room: &RoomId) -> Self {
        Self { room: Some(room.clone()), ..self }
    }

    pub(crate) fn session(self, session: &SessionId) -> Self {
        Self { session: Some(session.clone()), ..self }
    }

    pub(crate) fn participant(self, participant: &ParticipantId) -> Self {
        Self { participant: Some(participant.clone()), ..self }
    }

    pub(crate) fn subject(self, subject: &str) -> Self {
        Self { subject: Some(subject.to_owned()), ..self }
    }
}
