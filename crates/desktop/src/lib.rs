//! The desktop authenticator: loopback API, consent, key stores and the command line of countersign-desktop.
