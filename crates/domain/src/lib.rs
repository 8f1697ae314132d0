//! The rules: typed ids, users, devices, policies, state machines and lockout arithmetic, without I/O.
