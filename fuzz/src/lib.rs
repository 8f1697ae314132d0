//! Plain fuzz functions whose corpora also run on stable.
