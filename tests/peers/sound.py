"""What became of a sound on its way: its delay, or how well it is understood.

`sound.py delay REFERENCE.wav RECORDING.wav`: the recording holds the sound itself and, later, what a call made of it: the
milliseconds between the two, as a JSON list with one value for each sweep.
`sound.py pesq REFERENCE.wav RECORDING.wav`: PESQ (ITU-T P.862.2, wideband) of pieces of eight seconds, as a JSON list.
"""

import json
import subprocess
import sys

import numpy as np


def read(path, rate):
    """Mono samples at a rate, -1 to 1."""
    command = ["sox", path, "-r", str(rate), "-c", "1", "-b", "16", "-e", "signed-integer", "-t", "raw", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.int16).astype(np.float64) / 32768


def correlation(reference, recording):
    """How much the recording is like the reference, by its lag; whitened, so that the peaks are sharp."""
    size = 1 << (len(reference) + len(recording)).bit_length()
    spectrum = np.fft.rfft(recording, size) * np.conj(np.fft.rfft(reference, size))
    spectrum /= np.abs(spectrum) ** 0.7 + 1e-9
    return np.fft.irfft(spectrum, size)


def delays(reference, recording, rate=16000):
    """The reference begins with a sweep and is as long as the pause to the next one."""
    likeness = np.abs(correlation(reference[: int(0.2 * rate)], recording)[: len(recording)])
    loudest, found, at = likeness.max(), [], 0
    pause, first, last = int(1.2 * rate), int(0.015 * rate), int(0.6 * rate)
    while True:
        direct = np.flatnonzero(likeness[at:] > 0.5 * loudest)
        if not len(direct):
            return found
        at += int(direct[0])
        at += int(np.argmax(likeness[at : at + first]))
        copy = likeness[at + first : at + last]
        if len(copy) and copy.max() > 0.08 * likeness[at]:
            found.append((first + int(np.argmax(copy))) / rate * 1000)
        at += pause


def scores(reference, recording, rate=16000):
    from pesq import PesqError, pesq

    piece, found = 8 * rate, []
    for start in range(rate, len(reference) - piece, piece):
        clean = reference[start : start + piece]
        lags = correlation(clean, recording)
        at = int(np.argmax(lags[: len(recording)]))
        if at + piece > len(recording):
            continue
        score = pesq(rate, clean, recording[at : at + piece], "wb", on_error=PesqError.RETURN_VALUES)
        if score > 0:
            found.append(score)
    return found


def main():
    what, reference, recording = sys.argv[1:4]
    measure = {"delay": delays, "pesq": scores}[what]
    print(json.dumps(measure(read(reference, 16000), read(recording, 16000))))


if __name__ == "__main__":
    main()
