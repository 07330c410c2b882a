//! Draws what a recording may look like into PNG files: `cargo run -p visita-recorder --example picture -- FOLDER`.

use std::{error::Error, fs::File, io::BufWriter, path::PathBuf};

use visita_codec::{colour::i420_to_rgba, pattern::TestPattern};
use visita_protocol::{PixelSize, RecordingLayout};
use visita_recorder::compose::{Composer, Message, Scene, Shown, TileId};

const NAMES: [&str; 12] = [
    "Dott.ssa Maria Grazia Rossi",
    "Ada Lovelace",
    "Мария Иванова",
    "Ελένη Παπαδοπούλου",
    "山田 太郎",
    "محمد علي",
    "Nguyễn Thị Minh Khai with a name that does not end where others do",
    "שרה כהן",
    "प्रिया शर्मा",
    "김민준",
    "สมชาย",
    "😀 Guest 7",
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder: PathBuf = std::env::args_os().nth(1).ok_or("a folder, please")?.into();
    let size = PixelSize::new(1280, 720);
    for (name, layout, people, screens) in [
        ("nobody", RecordingLayout::Grid, 0, 0),
        ("grid-2", RecordingLayout::Grid, 2, 0),
        ("grid-5", RecordingLayout::Grid, 5, 0),
        ("grid-12", RecordingLayout::Grid, 12, 0),
        ("speaker", RecordingLayout::Speaker, 12, 0),
        ("screen", RecordingLayout::Grid, 4, 1),
        ("chat", RecordingLayout::GridAndChat, 4, 0),
    ] {
        let mut composer = Composer::new(size, "Controllo di novembre", "it", layout);
        let mut ids = Vec::new();
        let mut shown = Vec::new();
        for (at, name) in NAMES.iter().enumerate().take(people) {
            let id: visita_protocol::ParticipantId = format!("p{at}").parse()?;
            shown.push(Shown { id: id.clone(), name: (*name).to_owned(), muted: at % 3 == 1, screen: at < screens });
            ids.push(id);
        }
        composer.set_scene(Scene { layout, people: shown, speaker: ids.get(2).cloned() });
        for (at, id) in ids.iter().enumerate().filter(|(at, _)| at % 4 != 3) {
            let size = if at == 2 { PixelSize::new(360, 640) } else { PixelSize::new(640, 360) };
            composer.show(&TileId::Person(id.clone()), Some(TestPattern::new(size).draw(1_795_262_400_123_456)));
            composer.show(
                &TileId::Screen(id.clone()),
                Some(TestPattern::new(PixelSize::new(1280, 800)).draw(1_795_262_400_123_456)),
            );
        }
        composer.set_speaking(&ids.iter().take(1).cloned().collect::<Vec<_>>());
        if layout == RecordingLayout::GridAndChat {
            for (at, text) in
                ["Buongiorno!", "Il referto è nella cartella condivisa, lo guardiamo insieme?", "привет 👋", "شكرا"]
                    .iter()
                    .enumerate()
            {
                composer.say(Message {
                    participant_id: ids[at % ids.len()].clone(),
                    name: NAMES[at % ids.len()].to_owned(),
                    text: (*text).to_owned(),
                });
            }
        }
        let file = BufWriter::new(File::create(folder.join(format!("{name}.png")))?);
        let mut encoder = png::Encoder::new(file, size.width, size.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.write_header()?.write_image_data(&i420_to_rgba(composer.frame()))?;
    }
    Ok(())
}
