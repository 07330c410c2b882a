use super::*;

const HD: PixelSize = PixelSize::new(1280, 720);
const ALL: [bool; LAYERS] = [true; LAYERS];
const IDLE: f32 = 0.2;

struct Story {
    adapter: Adapter,
    now: Instant,
    wanted: [bool; LAYERS],
    plan: Option<Plan>,
    changes: usize,
}

impl Story {
    fn new(content: Content, layers: usize) -> Self {
        let capture = Capture { size: HD, fps: 30, content, layers };
        Self { adapter: Adapter::new(capture), now: Instant::now(), wanted: ALL, plan: None, changes: 0 }
    }

    /// Lets time pass; what is planned at its end.
    fn pass(&mut self, seconds: u64, kbps: u32, load: f32) -> Plan {
        for _ in 0..seconds * 10 {
            self.now += Duration::from_millis(100);
            let measured = Measured { target: Bitrate::from_kbps(kbps), load, wanted: self.wanted };
            let plan = self.adapter.update(self.now, measured);
            let shape = |plan: &Plan| plan.layers.iter().map(|l| (l.on, l.size, l.fps)).collect::<Vec<_>>();
            self.changes += usize::from(self.plan.as_ref().is_some_and(|before| shape(before) != shape(&plan)));
            self.plan = Some(plan);
        }
        self.plan.clone().unwrap()
    }
}

fn on(plan: &Plan) -> Vec<bool> {
    plan.layers.iter().map(|layer| layer.on).collect()
}

fn sum(plan: &Plan) -> u32 {
    plan.layers.iter().filter(|layer| layer.on).map(|layer| layer.bitrate.kbps()).sum()
}

#[test]
fn a_good_line_carries_all_layers() {
    let plan = Story::new(Content::Camera, 3).pass(5, 3_000, IDLE);
    let sizes: Vec<_> = plan.layers.iter().map(|layer| (layer.size.width, layer.size.height, layer.fps)).collect();
    assert_eq!(sizes, [(320, 180, 30), (640, 360, 30), (1280, 720, 30)]);
    assert_eq!(on(&plan), [true; 3]);
    assert!((1_000..=2_000).contains(&plan.layers[2].bitrate.kbps()), "{plan:?}");
    assert!(!plan.limited_by_cpu && !plan.limited_by_rate);
}

#[test]
fn layers_go_and_come_with_the_rate_and_never_exceed_it() {
    let mut story = Story::new(Content::Camera, 3);
    story.pass(2, 3_000, IDLE);
    for (kbps, layers) in [(600, 2), (200, 1), (40, 1)] {
        let plan = story.pass(1, kbps, IDLE);
        assert_eq!(on(&plan).iter().filter(|on| **on).count(), layers, "{kbps}: {plan:?}");
        assert!(on(&plan)[0] && sum(&plan) <= kbps, "{plan:?}");
        assert!(plan.limited_by_rate);
    }
    // Back within seconds.
    let plan = story.pass(10, 3_000, IDLE);
    assert_eq!(on(&plan), [true; 3]);
    assert!(sum(&plan) <= 3_000);
}

#[test]
fn what_the_first_probes_find_is_used_at_once() {
    let mut story = Story::new(Content::Camera, 3);
    assert_eq!(on(&story.pass(1, 1_000, IDLE)), [true, true, false]);
    assert_eq!(on(&story.pass(1, 2_500, IDLE)), [true; 3]);
    // Later on it is not believed so soon.
    story.pass(2, 600, IDLE);
    assert_eq!(on(&story.pass(1, 2_500, IDLE)), [true, true, false]);
}

#[test]
fn a_rate_that_wavers_changes_little() {
    let mut story = Story::new(Content::Camera, 1);
    let least = least_rate(HD, 30, Content::Camera) as u32 / 1000;
    story.pass(5, least * 2, IDLE);
    story.changes = 0;
    for second in 0..120 {
        story.pass(1, if second % 2 == 0 { least * 9 / 10 } else { least * 11 / 10 }, IDLE);
    }
    assert!(story.changes <= 1, "{} changes", story.changes);
    // Seconds of much, then of little: each try waits longer than the last.
    let mut story = Story::new(Content::Camera, 1);
    for _ in 0..40 {
        story.pass(5, least * 2, IDLE);
        story.pass(1, least / 2, IDLE);
    }
    assert!(story.changes < 20, "{} changes", story.changes);
}

#[test]
fn a_single_camera_layer_becomes_smaller_and_keeps_moving() {
    let mut last = u32::MAX;
    for kbps in [3_000, 500, 300, 200, 100, 50, 30] {
        let plan = Story::new(Content::Camera, 1).pass(1, kbps, IDLE);
        let layer = plan.layers[0];
        assert!(layer.on && layer.fps >= 15 && layer.size.area() <= last, "{kbps}: {layer:?}");
        assert!(layer.bitrate.kbps() <= kbps);
        last = layer.size.area();
    }
    assert_eq!(last, 320 * 180);
}

#[test]
fn a_screen_stays_sharp_and_becomes_slower() {
    let plan = Story::new(Content::Screen, 1).pass(1, 200, IDLE);
    assert_eq!(plan.layers[0].size, HD);
    assert!(plan.layers[0].fps < 30);
    let plan = Story::new(Content::Screen, 1).pass(1, 110, IDLE);
    assert_eq!(plan.layers[0].size, HD);
    assert!(plan.layers[0].fps <= 10, "{plan:?}");
}

#[test]
fn only_what_somebody_looks_at() {
    let mut story = Story::new(Content::Camera, 3);
    story.wanted = [true, false, false];
    let plan = story.pass(1, 3_000, IDLE);
    assert_eq!(on(&plan), [true, false, false]);
    story.wanted = [false, false, true];
    let plan = story.pass(5, 3_000, IDLE);
    assert_eq!(on(&plan), [false, false, true]);
    assert_eq!(plan.layers[2].size, HD);
    story.wanted = [false; 3];
    assert_eq!(on(&story.pass(1, 3_000, IDLE)), [false; 3]);
    story.wanted = ALL;
    assert_eq!(on(&story.pass(10, 3_000, IDLE)), [true; 3]);
}

#[test]
fn a_busy_machine_does_less_and_tries_again_when_calm() {
    for layers in [1, 3] {
        let mut story = Story::new(Content::Camera, layers);
        story.pass(2, 3_000, IDLE);
        let plan = story.pass(3, 3_000, 0.9);
        assert!(plan.limited_by_cpu && !plan.limited_by_rate, "{plan:?}");
        assert!(plan.layers[layers - 1].size.area() < HD.area());
        let plan = story.pass(60, 3_000, 0.9);
        assert!(plan.layers.iter().all(|layer| layer.fps >= 15));
        assert_eq!(plan.layers[layers - 1].size, PixelSize::new(320, 180));
        // Neither busy nor calm: it stays.
        assert_eq!(story.pass(60, 3_000, 0.5), plan);
        let plan = story.pass(240, 3_000, IDLE);
        assert_eq!(plan.layers[layers - 1].size, HD);
        assert!(!plan.limited_by_cpu);
    }
}

#[test]
fn a_machine_on_the_edge_is_not_tried_all_the_time() {
    let mut story = Story::new(Content::Camera, 1);
    let mut load = 0.9;
    story.pass(5, 3_000, load);
    story.changes = 0;
    for _ in 0..600 {
        let plan = story.pass(1, 3_000, load);
        load = if plan.layers[0].size == HD { 0.9 } else { 0.3 };
    }
    assert!(story.changes < 40, "{} changes in ten minutes", story.changes);
}

#[test]
fn odd_captures_do_no_harm() {
    for size in [PixelSize::new(2, 2), PixelSize::new(16_382, 16_382), PixelSize::new(1366, 768), PixelSize::new(0, 0)]
    {
        for layers in [0, 1, 3, 9] {
            for fps in [0, 1, 7, 1_000] {
                let capture = Capture { size, fps, content: Content::Screen, layers };
                let mut adapter = Adapter::new(capture);
                let measured = Measured { target: Bitrate::from_bps(0), load: f32::NAN, wanted: ALL };
                let plan = adapter.update(Instant::now(), measured);
                assert!(plan.layers.iter().all(|l| l.size.width % 2 == 0 && l.size.width >= 2 && l.fps >= 1));
                adapter.set_capture(Capture { content: Content::Camera, ..capture });
                adapter
                    .update(Instant::now(), Measured { target: Bitrate::from_bps(u32::MAX), load: 9.0, wanted: ALL });
            }
        }
    }
}
