//! The files of the page, compiled in.

/// One file: its name below `/try/`, media type and content.
pub(crate) struct Asset {
    pub(crate) name: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) content: &'static str,
}

macro_rules! assets {
    ($($name:literal $media_type:literal,)+) => {
        /// Every file of the page.
        pub(crate) const ALL: &[Asset] = &[
            $(Asset {
                name: $name,
                media_type: $media_type,
                content: include_str!(concat!("../assets/", $name)),
            },)+
        ];
    };
}

assets! {
    "style.css" "text/css; charset=utf-8",
    "icon.svg" "image/svg+xml",
    "page.js" "text/javascript; charset=utf-8",
    "ceremony.js" "text/javascript; charset=utf-8",
    "authenticator.js" "text/javascript; charset=utf-8",
    "server.js" "text/javascript; charset=utf-8",
    "log.js" "text/javascript; charset=utf-8",
    "words.js" "text/javascript; charset=utf-8",
    "jwt.js" "text/javascript; charset=utf-8",
    "stop.js" "text/javascript; charset=utf-8",
}

/// The file of that name.
pub(crate) fn find(name: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.name == name)
}
