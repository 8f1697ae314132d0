//! The server: configuration, wiring, background schedules and the command line of countersign.
