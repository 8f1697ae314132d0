//! For tests only: in-process server, fake clock, seeded randomness, soft authenticators and the load client.

pub mod postgres;
pub mod power_cut;
