//! Operations on a board in as many messages as the channel wants them in.

use visita_protocol::{
    BoardId,
    board::{BoardOp, MAX_OPS, Shape},
    channel::ClientMessage,
};

/// Bytes of operations in one message: with what is around them it stays below what the channel takes
/// ([`MAX_MESSAGE_LEN`](visita_protocol::channel::MAX_MESSAGE_LEN)).
const MESSAGE: usize = 48 * 1024;
/// Points in one operation, which are 28 bytes each at most.
const POINTS: usize = 1_500;

/// Operations in as many messages as the channel wants them in.
pub(super) fn messages(board: &BoardId, ops: impl IntoIterator<Item = BoardOp>) -> Vec<ClientMessage> {
    let mut messages: Vec<Vec<BoardOp>> = Vec::new();
    let mut bytes = 0;
    for op in ops.into_iter().flat_map(short) {
        let weight = serde_json::to_string(&op).map_or(0, |json| json.len() + 1);
        bytes += weight;
        match messages.last_mut().filter(|ops| ops.len() < MAX_OPS && bytes <= MESSAGE) {
            Some(ops) => ops.push(op),
            None => {
                bytes = weight;
                messages.push(vec![op]);
            }
        }
    }
    messages.into_iter().map(|ops| ClientMessage::Board { board: board.clone(), ops }).collect()
}

/// A stroke too long for one message is put there short, and goes on.
fn short(op: BoardOp) -> Vec<BoardOp> {
    let (mut ops, id, of, from, rest) = match op {
        BoardOp::Put { mut item } => {
            let rest = match &mut item.shape {
                Shape::Pen { points, .. } if points.len() > POINTS => points.split_off(POINTS),
                _ => Vec::new(),
            };
            let (id, stamp) = (item.id.clone(), item.stamp.clone());
            (vec![BoardOp::Put { item }], id, stamp, POINTS, rest)
        }
        BoardOp::Extend { id, of, from, points } if points.len() > POINTS => {
            (Vec::new(), id, of, usize::try_from(from).unwrap_or(usize::MAX), points)
        }
        op => return vec![op],
    };
    ops.extend(rest.chunks(POINTS).enumerate().map(|(n, points)| BoardOp::Extend {
        id: id.clone(),
        of: of.clone(),
        from: u32::try_from(from + n * POINTS).unwrap_or(u32::MAX),
        points: points.to_vec(),
    }));
    ops
}

#[cfg(test)]
mod tests {
    use visita_board::Board;
    use visita_protocol::{
        ItemId, ParticipantId,
        board::{Colour, Item, MAX_POINTS, Point, ROOM_BOARD, Stamp},
        channel::MAX_MESSAGE_LEN,
    };

    use super::*;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().expect("an id")
    }

    fn put(name: &str, by: &str, clock: u64, points: usize) -> BoardOp {
        let at = |n| Point { x: -100_000 - i32::try_from(n).expect("small"), y: -999_999 };
        let shape = Shape::Pen { points: (0..points).map(at).collect(), colour: Colour::Ink, width: 4 };
        let stamp = Stamp { clock, by: id(by) };
        BoardOp::Put { item: Item { id: id(name), author: id("ada"), page: 0, z: 1, shape, stamp } }
    }

    #[test]
    fn however_much_is_moved_at_once_every_message_is_one_the_server_takes() {
        let (board, bob) = (id::<BoardId>(ROOM_BOARD), id::<ParticipantId>("bob"));
        let rights = visita_protocol::Tools::ALL.whiteboard.rights();
        let mut server = Board::default();
        let mut mine = Board::default();
        // A long stroke and many short ones of another, which I move.
        let names: Vec<String> = (0..400).map(|n| format!("stroke{n}")).collect();
        let points = |n: usize| if n == 0 { MAX_POINTS } else { 40 };
        for (n, name) in names.iter().enumerate() {
            server.apply(&put(name, "ada", 1, points(n)));
            mine.apply(&put(name, "ada", 1, points(n)));
        }
        let moved: Vec<BoardOp> = names.iter().enumerate().map(|(n, name)| put(name, "bob", 2, points(n))).collect();
        for op in &moved {
            mine.apply(op);
        }
        let messages = messages(&board, moved);
        assert!((10..60).contains(&messages.len()), "{}", messages.len());
        for message in messages {
            let json = serde_json::to_string(&message).expect("JSON");
            assert!(json.len() < MAX_MESSAGE_LEN, "{}", json.len());
            let ClientMessage::Board { ops, .. } = message else { panic!("{message:?}") };
            assert!(ops.len() <= MAX_OPS);
            for op in ops {
                assert_eq!(server.check(&op, &bob, rights), Ok(()), "{op:?}");
                server.apply(&op);
            }
        }
        let what = |board: &Board, name: &String| board.what(&name.parse::<ItemId>().expect("an id")).cloned();
        assert!(names.iter().all(|name| what(&server, name) == what(&mine, name)));
    }
}
