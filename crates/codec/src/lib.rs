//! VP8 and Opus, jitter buffer, scaling, test pattern and tone.
