//! Server-rendered web pages and the small scripts they need.
