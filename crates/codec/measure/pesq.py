#!/usr/bin/env python3
"""Speech quality over a bad line: PESQ (ITU-T P.862.2, wideband) of what `lossy_speech` gives back.

Needs espeak-ng and sox for the speech, and Python's `pesq` with numpy. Usage: pesq.py PATH/TO/lossy_speech [--json]
"""

import json
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy
from pesq import pesq

SENTENCES = (
    "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. "
    "It is easy to tell the depth of a well. These days a chicken leg is a rare dish. "
    "Rice is often served in round bowls. The juice of lemons makes fine punch. "
    "The box was thrown beside the parked truck. The hogs were fed chopped corn and garbage."
)
SEEDS = (1, 2, 3)
LOSSES = (0, 10, 20, 30)


def read(path):
    with wave.open(str(path)) as file:
        return numpy.frombuffer(file.readframes(file.getnframes()), numpy.int16).astype(numpy.float32)


def speech(folder):
    """Eight Harvard sentences in two voices, at 48 kHz and 16 kHz."""
    parts = []
    for voice in ("en-us", "en-gb+f3"):
        part = folder / f"{voice}.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", part, SENTENCES], check=True)
        parts.append(part)
    out = folder / "speech.wav"
    subprocess.run(["sox", *parts, "-r", "48000", "-b", "16", "-c", "1", out, "norm", "-6"], check=True)
    return out


def score(reference, degraded, folder):
    """The score at 16 kHz of pieces of eight seconds, after the delay was taken out."""
    narrow = folder / "narrow.wav"
    signals = []
    for path in (reference, degraded):
        subprocess.run(["sox", path, "-r", "16000", narrow], check=True)
        signals.append(read(narrow))
    ref, deg = signals
    scores = []
    for start in range(16000, min(len(ref), len(deg)) - 9 * 16000, 8 * 16000):
        piece, other = ref[start : start + 8 * 16000], deg[start : start + 9 * 16000]
        scores.append(pesq(16000, piece, other, "wb"))
    return sum(scores) / len(scores)


def main():
    program = sys.argv[1]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reference, degraded = speech(folder), folder / "heard.wav"
        for loss in LOSSES:
            for jitter in (2, 30):
                scores, facts = [], {}
                for seed in SEEDS if loss or jitter > 2 else SEEDS[:1]:
                    command = [program, reference, degraded, str(loss), str(jitter), str(seed)]
                    facts = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                    scores.append(score(reference, degraded, folder))
                rows.append({"loss": loss, "jitter_ms": jitter, "pesq": round(sum(scores) / len(scores), 2), **facts})
    if "--json" in sys.argv:
        print(json.dumps(rows))
        return
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
