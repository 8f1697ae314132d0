//! [`Named`]: enums whose values have a name on the wire, and stand under it in stored documents.

/// An enum whose values have names.
pub trait Named: Copy + 'static {
    /// Every value that a request may name.
    const ALL: &'static [Self];

    /// The name of a value.
    fn name(self) -> &'static str;

    /// The value of a name.
    fn named(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == text)
    }

    /// All names, for messages.
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|known| known.name()).collect()
    }
}

/// Gives a [`Named`] enum the serde of stored documents: its name, as a text.
macro_rules! store_by_name {
    ($kind:ty) => {
        impl ::serde::Serialize for $kind {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::named::Named::name(*self))
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $kind {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(
                    deserializer,
                )?;
                <$kind as $crate::named::Named>::named(&text)
                    .ok_or_else(|| ::serde::de::Error::custom("unknown name"))
            }
        }
    };
}

/// Declares a [`Named`] enum with the serde of stored documents.
macro_rules! named {
    ($(#[$outer:meta])* $kind:ident { $($(#[$doc:meta])* $value:ident = $text:literal),+ $(,)? }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $kind {
            $($(#[$doc])* $value,)+
        }

        impl $crate::named::Named for $kind {
            const ALL: &'static [Self] = &[$(Self::$value,)+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }
        }

        $crate::named::store_by_name!($kind);
    };
}

pub(crate) use {named, store_by_name};
