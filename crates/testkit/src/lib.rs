//! For tests only: in-process server, fake clock, seeded randomness, soft authenticators and the load client.
