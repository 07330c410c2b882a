//! Whatever is drawn, in whatever order it comes: everybody has the same board.

use proptest::prelude::*;
use visita_board::{Board, Refused, What};
use visita_protocol::{
    BoardId, ItemId, ParticipantId, WhiteboardRights,
    board::{BoardOp, Colour, Item, MAX_POINTS, Outline, Point, ROOM_BOARD, Shape, Stamp},
};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn point(n: i32) -> Point {
    Point { x: n, y: -n }
}

fn pen(points: &[i32]) -> Shape {
    Shape::Pen { points: points.iter().map(|n| point(*n)).collect(), colour: Colour::Ink, width: 4 }
}

fn item(name: &str, author: &str, clock: u64, by: &str, shape: Shape) -> Item {
    let z = u32::try_from(clock).unwrap_or(1);
    Item { id: id(name), author: id(author), page: 0, z, shape, stamp: Stamp { clock, by: id(by) } }
}

fn put(item: Item) -> BoardOp {
    BoardOp::Put { item }
}

/// What two people do with three items. Who does it and when is one of a kind, as stamps are.
fn ops() -> impl Strategy<Value = Vec<BoardOp>> {
    let one = (0..3_u8, 0..2_u8, 0..5_u8, 1..4_usize);
    prop::collection::vec(one, 1..24).prop_map(|done| {
        let mut ops = Vec::new();
        for (clock, (which, who, what, more)) in (1_u64..).zip(done) {
            let (name, by) = (format!("item{which}"), ["ada", "bob"][usize::from(who)]);
            let stamp = Stamp { clock, by: id(by) };
            match what {
                0 => ops.push(BoardOp::Remove { id: id(&name), stamp }),
                1 => ops.push(BoardOp::Pages { count: u32::try_from(clock).expect("small") }),
                _ => {
                    ops.push(put(item(&name, "ada", clock, by, pen(&[0]))));
                    for n in 0..more {
                        let from = u32::try_from(1 + 2 * n).expect("small");
                        let points = [from, from + 1].map(|n| point(i32::try_from(n).expect("small"))).to_vec();
                        ops.push(BoardOp::Extend { id: id(&name), of: stamp.clone(), from, points });
                    }
                }
            }
        }
        ops
    })
}

fn state(board: &Board) -> (u32, Vec<What>) {
    let whats = ["item0", "item1", "item2"].iter().filter_map(|name| board.what(&id(name)).cloned());
    // Who had put there what is gone is known only to those who saw it.
    let plain = whats.map(|what| match what {
        What::Gone { stamp, .. } => What::Gone { stamp, author: None },
        there => there,
    });
    (board.pages(), plain.collect())
}

fn board_of(ops: &[BoardOp]) -> Board {
    let mut board = Board::default();
    for op in ops {
        board.apply(op);
    }
    board
}

proptest! {
    #[test]
    fn any_order_gives_the_same_board(ops in ops(), order in prop::collection::vec(any::<prop::sample::Index>(), 64)) {
        let mut shuffled = ops.clone();
        for (at, index) in order.iter().enumerate() {
            let (a, b) = (at % shuffled.len(), index.index(shuffled.len()));
            shuffled.swap(a, b);
        }
        prop_assert_eq!(state(&board_of(&ops)), state(&board_of(&shuffled)));
        let twice: Vec<_> = shuffled.iter().chain(&ops).cloned().collect();
        prop_assert_eq!(state(&board_of(&ops)), state(&board_of(&twice)), "said again it changes nothing");
    }

    #[test]
    fn who_comes_later_has_what_the_others_have(ops in ops(), cut in any::<prop::sample::Index>()) {
        let whole = board_of(&ops);
        let early = board_of(&ops[..cut.index(ops.len())]);
        let board: BoardId = id(ROOM_BOARD);
        let mut late = Board::default();
        early.parts(&board, 0).iter().for_each(|part| late.take(part));
        // What was done meanwhile comes from the version that is known.
        let mut server = early.clone();
        ops.iter().for_each(|op| { server.apply(op); });
        server.parts(&board, early.version()).iter().for_each(|part| late.take(part));
        prop_assert_eq!(state(&late), state(&whole));
    }

    #[test]
    fn who_draws_apart_meets_again(mine in ops(), theirs in ops()) {
        // Stamps of different authors differ: what bob does here, ada does not.
        let is_by = |op: &&BoardOp, who: &str| match op {
            BoardOp::Put { item } => item.stamp.by == id(who),
            BoardOp::Extend { of, .. } => of.by == id(who),
            BoardOp::Remove { stamp, .. } => stamp.by == id(who),
            BoardOp::Pages { .. } => true,
        };
        let mine: Vec<_> = mine.iter().filter(|op| is_by(op, "ada")).cloned().collect();
        let theirs: Vec<_> = theirs.iter().filter(|op| is_by(op, "bob")).cloned().collect();
        let (mut a, mut b) = (board_of(&mine), board_of(&theirs));
        theirs.iter().for_each(|op| { a.apply(op); });
        mine.iter().for_each(|op| { b.apply(op); });
        prop_assert_eq!(state(&a), state(&b));
    }
}

#[test]
fn a_large_board_comes_in_parts_that_fit_a_message() {
    let mut board = Board::default();
    for n in 0..2_000_u64 {
        board.apply(&put(item(&format!("i{n}"), "ada", n + 1, "ada", pen(&[1; 30]))));
    }
    let parts = board.parts(&id(ROOM_BOARD), 0);
    assert!(parts.len() > 5, "{}", parts.len());
    assert!(parts.iter().rev().skip(1).all(|part| part.more) && !parts[parts.len() - 1].more);
    let mut copy = Board::default();
    parts.iter().for_each(|part| copy.take(part));
    assert_eq!(copy.items().count(), 2_000);
    let again = board.parts(&id(ROOM_BOARD), parts[parts.len() - 1].version);
    assert_eq!((again.len(), again[0].items.len()), (1, 0), "nothing new");
}

#[test]
fn each_operation_needs_its_right() {
    let ada: ParticipantId = id("ada");
    let mut board = Board::default();
    let figure = Shape::Figure {
        outline: Outline::Arrow,
        from: point(0),
        to: point(9),
        colour: Colour::Teal,
        width: 2,
        filled: false,
    };
    let text = Shape::Text { at: point(1), text: "Hip".into(), colour: Colour::Ink, size: 20, ground: None };
    let picture = Shape::Picture { at: point(1), size: Point { x: 5, y: 5 }, file_id: id("file") };
    type Right = fn(&mut WhiteboardRights) -> &mut bool;
    let rights: [(Shape, Right); 4] = [
        (pen(&[1]), |rights| &mut rights.wb_pen),
        (figure, |rights| &mut rights.wb_shape),
        (text, |rights| &mut rights.wb_text),
        (picture, |rights| &mut rights.wb_add_file),
    ];
    for (shape, right) in rights {
        let op = put(item("x", "ada", 1, "ada", shape));
        let mut only = WhiteboardRights::NONE;
        *right(&mut only) = true;
        assert_eq!(board.check(&op, &ada, only), Ok(()));
        let mut all_but = visita_protocol::Tools::ALL.whiteboard.rights();
        *right(&mut all_but) = false;
        assert_eq!(board.check(&op, &ada, all_but), Err(Refused::NoRight));
    }
    board.apply(&put(item("stroke", "ada", 1, "ada", pen(&[1]))));
    board.apply(&put(item("bobs", "bob", 2, "bob", pen(&[1]))));
    let remove = |name: &str| BoardOp::Remove { id: id(name), stamp: Stamp { clock: 5, by: id("ada") } };
    let pen_only = WhiteboardRights { wb_pen: true, ..WhiteboardRights::NONE };
    assert_eq!(board.check(&remove("stroke"), &ada, pen_only), Ok(()), "one's own is taken back without the eraser");
    assert_eq!(board.check(&remove("bobs"), &ada, pen_only), Err(Refused::NoRight));
    let eraser = WhiteboardRights { wb_eraser: true, ..WhiteboardRights::NONE };
    assert_eq!(board.check(&remove("bobs"), &ada, eraser), Ok(()));
}

#[test]
fn nobody_draws_in_anothers_name_or_beyond_all_bounds() {
    let all = visita_protocol::Tools::ALL.whiteboard.rights();
    let ada: ParticipantId = id("ada");
    let mut board = Board::default();
    board.apply(&put(item("bobs", "bob", 2, "bob", pen(&[1]))));
    let of_bob = Stamp { clock: 2, by: id("bob") };
    let far = Shape::Pen { points: vec![Point { x: i32::MIN, y: 0 }], colour: Colour::Ink, width: 4 };
    let long = Shape::Pen { points: vec![point(0); MAX_POINTS + 1], colour: Colour::Ink, width: 4 };
    let thick = Shape::Pen { points: vec![point(0)], colour: Colour::Ink, width: 0 };
    let text = Shape::Text { at: point(0), text: "\u{7}".into(), colour: Colour::Ink, size: 20, ground: None };
    let turned = Shape::Text { at: point(0), text: "\u{202e}cba".into(), colour: Colour::Ink, size: 20, ground: None };
    let mut high = item("x", "ada", 3, "ada", pen(&[1]));
    high.page = 100;
    for (op, why) in [
        (put(item("x", "ada", 3, "bob", pen(&[1]))), Refused::NotOneself),
        (put(item("x", "bob", 3, "ada", pen(&[1]))), Refused::NotOneself),
        (put(item("bobs", "ada", 3, "ada", pen(&[1]))), Refused::Invalid),
        (put(item("bobs", "bob", 3, "ada", text.clone())), Refused::Invalid),
        (put(item("x", "ada", u64::MAX, "ada", pen(&[1]))), Refused::Invalid),
        (put(item("x", "ada", 3, "ada", far)), Refused::Invalid),
        (put(item("x", "ada", 3, "ada", long)), Refused::Invalid),
        (put(item("x", "ada", 3, "ada", thick)), Refused::Invalid),
        (put(item("x", "ada", 3, "ada", text)), Refused::Invalid),
        (put(high), Refused::Invalid),
        (BoardOp::Extend { id: id("bobs"), of: of_bob, from: 1, points: vec![point(1)] }, Refused::NotOneself),
        (put(item("x", "ada", 3, "ada", turned)), Refused::Invalid),
        (BoardOp::Pages { count: 101 }, Refused::Full),
        (BoardOp::Remove { id: id("never"), stamp: Stamp { clock: 3, by: id("ada") } }, Refused::Invalid),
    ] {
        assert_eq!(board.check(&op, &ada, all), Err(why), "{op:?}");
    }
    // A clock may be ahead of all that is known here, and not by any amount; what comes with one from the past loses.
    let at = |clock| put(item("x", "ada", clock, "ada", pen(&[1])));
    assert_eq!(board.check(&at(1_000_002), &ada, all), Ok(()));
    assert_eq!(board.check(&at(1_000_003), &ada, all), Err(Refused::Invalid));
    let late = put(item("bobs", "bob", 1, "ada", pen(&[5])));
    assert_eq!(board.check(&late, &ada, all), Ok(()));
    assert!(!board.apply(&late));
    // To move another's item is everybody's who has the right to its kind; it stays theirs. One too long for a message goes on
    // as moved.
    let moved = put(item("bobs", "bob", 3, "ada", pen(&[7])));
    assert_eq!(board.check(&moved, &ada, all), Ok(()));
    board.apply(&moved);
    let on = |by: &str| BoardOp::Extend {
        id: id("bobs"),
        of: Stamp { clock: 3, by: id(by) },
        from: 1,
        points: vec![point(1)],
    };
    assert_eq!(board.check(&on("ada"), &ada, all), Ok(()));
    assert_eq!(board.check(&on("ada"), &id("bob"), all), Err(Refused::NotOneself));
    let late =
        BoardOp::Extend { id: id("bobs"), of: Stamp { clock: 2, by: id("bob") }, from: 9, points: vec![point(1)] };
    assert_eq!(board.check(&late, &id("bob"), all), Ok(()), "moved meanwhile: it changes nothing");
}

#[test]
fn what_was_refused_is_as_the_server_has_it() {
    let mut board = Board::default();
    board.apply(&put(item("a", "ada", 9, "ada", pen(&[1, 2]))));
    let server = item("a", "ada", 3, "bob", pen(&[1]));
    board.force(&id("a"), Some(server.clone()));
    assert_eq!(board.item(&id("a")), Some(&server));
    board.force(&id("a"), None);
    let none: Option<&Item> = None;
    assert_eq!(board.item(&id::<ItemId>("a")), none);
    assert!(board.apply(&put(item("a", "ada", 10, "ada", pen(&[1])))), "it may come again");
}
