//! Frames, views and start-up packets.
