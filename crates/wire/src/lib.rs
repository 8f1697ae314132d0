//! The JSON of the API: HAL envelope, media types, error object, request and response types.
