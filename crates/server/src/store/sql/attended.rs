//! Sessions, who was in them, and their recordings, by what they are.

use sqlx::{Row, any::AnyRow};
use visita_protocol::{CompanyId, RoomId};

use super::{
    Sql,
    compositions::{TRACK_COLUMNS, read_track},
    limit, ms, offset, read_count, read_id, read_time, read_time_or_none,
    recordings::read_recording,
    sessions::read_session,
    statement::Statement,
    word,
};
use crate::store::{
    Attendance, AttendanceQuery, Between, FileKind, Listed, Page, RecordedFile, RecordingQuery, SeenSession,
    SessionQuery, StoreError,
};

/// What all of them begin with.
const OF_OPEN_ROOMS: &str = "r.kind = 'open' AND r.status <> 'deleted' AND r.company_id = ";

/// When a session was last seen.
const UPDATED: &str = "COALESCE(s.ended_at, s.seen_at)";

/// When somebody left: not while one of their connections lasts.
const LEFT: &str = "CASE WHEN count(*) > count(n.disconnected_at) THEN NULL ELSE MAX(n.disconnected_at) END";

/// When somebody last came or went.
const CAME_OR_WENT: &str =
    "MAX(CASE WHEN n.disconnected_at > n.connected_at THEN n.disconnected_at ELSE n.connected_at END)";

/// When a file of a recording begins, and ends.
const BEGUN: &str = "COALESCE(t.begun_at, k.started_at)";
const ENDED: &str = "COALESCE(t.begun_at + t.duration_ms, k.ended_at)";

impl Sql {
    pub(super) async fn sessions_that(
        &self,
        company: &CompanyId,
        wanted: &SessionQuery,
        page: Page,
    ) -> Result<Listed<SeenSession>, StoreError> {
        let only = |query: &mut Statement| {
            query.push(" FROM sessions s JOIN rooms r USING (room_id) WHERE ").push(OF_OPEN_ROOMS);
            query.push_bind(company.as_str());
            push_id(query, "s.session_id", wanted.session.as_ref());
            push_rooms(query, &wanted.rooms);
            match wanted.active {
                Some(true) => query.push(" AND s.ended_at IS NULL"),
                Some(false) => query.push(" AND s.ended_at IS NOT NULL"),
                None => query,
            };
            for (column, between) in
                [("s.started_at", wanted.started), (UPDATED, wanted.updated), ("s.ended_at", wanted.ended)]
            {
                push_between(query.push(" AND "), column, between);
            }
        };
        let mut list = Statement::new("SELECT s.session_id, s.room_id, s.started_at, s.ended_at, ");
        list.push(UPDATED).push(" AS updated_at");
        only(&mut list);
        list.push(" ORDER BY s.started_at DESC, s.session_id DESC");
        let mut count = Statement::new("SELECT count(*)");
        only(&mut count);
        self.listed(list, count, page, |row| {
            Ok(SeenSession { session: read_session(row)?, updated_at: read_time(row, "updated_at")? })
        })
        .await
    }

    pub(super) async fn attendance(
        &self,
        company: &CompanyId,
        wanted: &AttendanceQuery,
        page: Page,
    ) -> Result<Listed<Attendance>, StoreError> {
        let only = |query: &mut Statement| {
            query.push(" FROM connections n JOIN sessions s USING (session_id) JOIN rooms r USING (room_id) WHERE ");
            query.push(OF_OPEN_ROOMS).push_bind(company.as_str());
            push_id(query, "n.session_id", wanted.session.as_ref());
            push_id(query, "n.participant_id", wanted.participant.as_ref());
            query.push(" GROUP BY n.session_id, s.room_id, n.participant_id HAVING 1 = 1");
            for (column, between) in
                [("MIN(n.connected_at)", wanted.joined), (CAME_OR_WENT, wanted.updated), (LEFT, wanted.left)]
            {
                push_between(query.push(" AND "), column, between);
            }
        };
        let mut list =
            Statement::new("SELECT n.session_id, s.room_id, n.participant_id, MIN(n.connected_at) AS joined, ");
        list.push(LEFT).push(" AS gone, ").push(CAME_OR_WENT).push(" AS updated");
        only(&mut list);
        list.push(" ORDER BY joined DESC, MIN(n.connection_id) DESC");
        let mut count = Statement::new("SELECT count(*) FROM (SELECT 1");
        only(&mut count);
        count.push(") AS who");
        self.listed(list, count, page, |row| {
            Ok(Attendance {
                session_id: read_id(row, "session_id")?,
                room_id: read_id(row, "room_id")?,
                participant_id: read_id(row, "participant_id")?,
                joined_at: read_time(row, "joined")?,
                left_at: read_time_or_none(row, "gone")?,
                updated_at: read_time(row, "updated")?,
            })
        })
        .await
    }

    pub(super) async fn recordings_that(
        &self,
        company: &CompanyId,
        wanted: &RecordingQuery,
        page: Page,
    ) -> Result<Listed<RecordedFile>, StoreError> {
        let states = wanted.states.iter().map(word).collect::<Result<Vec<_>, _>>()?;
        let only = |query: &mut Statement| {
            query.push(
                " FROM recordings k JOIN rooms r USING (room_id) LEFT JOIN recording_tracks t USING (recording_id) WHERE ",
            );
            query.push(OF_OPEN_ROOMS).push_bind(company.as_str());
            push_id(query, "COALESCE(t.track_id, k.recording_id)", wanted.file.as_ref());
            push_id(query, "k.room_id", wanted.room.as_ref());
            push_id(query, "k.session_id", wanted.session.as_ref());
            push_id(query, "t.participant_id", wanted.participant.as_ref());
            query.push(match wanted.kind {
                None => "",
                Some(FileKind::Composite) => " AND NOT k.tracks",
                Some(FileKind::Audio) => " AND t.kind = 'audio'",
                Some(FileKind::Video) => " AND t.kind IN ('video', 'screen')",
            });
            if !states.is_empty() {
                query.push(" AND k.state IN (").push_list(states.iter().map(String::as_str)).push(")");
            }
            for (column, between) in [(BEGUN, wanted.started), (ENDED, wanted.ended)] {
                push_between(query.push(" AND "), column, between);
            }
            for (sign, seconds) in [(" >= ", wanted.length.0), (" <= ", wanted.length.1)] {
                if let Some(seconds) = seconds {
                    query.push(" AND COALESCE(t.duration_ms, k.duration_ms) / 1000").push(sign);
                    query.push_bind(i64::try_from(seconds).unwrap_or(i64::MAX));
                }
            }
        };
        let mut list = Statement::new("SELECT k.*, r.company_id, ");
        list.push(TRACK_COLUMNS);
        only(&mut list);
        list.push(" ORDER BY ").push(BEGUN).push(" DESC, COALESCE(t.track_id, k.recording_id) DESC");
        let mut count = Statement::new("SELECT count(*)");
        only(&mut count);
        self.listed(list, count, page, read_file).await
    }

    async fn listed<T>(
        &self,
        mut list: Statement,
        count: Statement,
        page: Page,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Listed<T>, StoreError> {
        list.push(" LIMIT ").push_bind(limit(page)).push(" OFFSET ").push_bind(offset(page));
        let rows = list.build().fetch_all(&self.readers).await?;
        let total = count.build().fetch_one(&self.readers).await?;
        Ok(Listed { items: rows.iter().map(read).collect::<Result<_, _>>()?, total: read_count(&total, 0)? })
    }
}

fn read_file(row: &AnyRow) -> Result<RecordedFile, StoreError> {
    let track = row.try_get::<Option<&str>, _>("track_id")?.map(|_| read_track(row)).transpose()?;
    Ok(RecordedFile { recording: read_recording(row)?, track })
}

fn push_id(query: &mut Statement, column: &str, id: Option<&impl ToString>) {
    if let Some(id) = id {
        query.push(" AND ").push(column).push(" = ").push_bind(id.to_string());
    }
}

fn push_rooms(query: &mut Statement, rooms: &[RoomId]) {
    if rooms.is_empty() {
        return;
    }
    query.push(" AND s.room_id IN (").push_list(rooms.iter().map(RoomId::as_str)).push(")");
}

/// As a condition; one that always holds where both ends are open.
pub(super) fn push_between<'q>(query: &'q mut Statement, column: &str, between: Between) -> &'q mut Statement {
    query.push("(1 = 1");
    for (sign, at) in [(" >= ", between.from), (" < ", between.until)] {
        if let Some(at) = at {
            query.push(" AND ").push(column).push(sign).push_bind(ms(at));
        }
    }
    query.push(")")
}
