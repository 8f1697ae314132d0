//! Which device an authentication begins with.

use crate::ids::DeviceId;

/// How a policy lets a device be picked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeviceSelection {
    /// The first of the user's order, without asking.
    #[default]
    DefaultToFirst,
    /// Ask when there are several.
    PromptToSelect,
    /// Ask even when there is one.
    AlwaysDisplayDevices,
}

impl DeviceSelection {
    /// Every value.
    pub const ALL: [Self; 3] = [
        Self::DefaultToFirst,
        Self::PromptToSelect,
        Self::AlwaysDisplayDevices,
    ];

    /// The name on the wire and in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DefaultToFirst => "DEFAULT_TO_FIRST",
            Self::PromptToSelect => "PROMPT_TO_SELECT",
            Self::AlwaysDisplayDevices => "ALWAYS_DISPLAY_DEVICES",
        }
    }

    /// The value of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }
}

/// What a start leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Go on with this device.
    Use(DeviceId),
    /// Let the person choose.
    Ask,
    /// There is nothing to choose from.
    Nothing,
}

/// Chooses among the usable devices, which come in the user's order.
///
/// `ordered` says whether the user has an order at all; without one there is no default device.
pub fn choose(selection: DeviceSelection, usable: &[DeviceId], ordered: bool) -> Choice {
    match (selection, usable) {
        (_, []) => Choice::Nothing,
        (DeviceSelection::AlwaysDisplayDevices, _) => Choice::Ask,
        (_, [only]) => Choice::Use(*only),
        (DeviceSelection::DefaultToFirst, [first, ..]) if ordered => Choice::Use(*first),
        _ => Choice::Ask,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_table_of_choices() {
        let one = DeviceId::from_uuid(Uuid::from_u128(1));
        let two = DeviceId::from_uuid(Uuid::from_u128(2));
        let table = [
            (
                DeviceSelection::DefaultToFirst,
                vec![],
                true,
                Choice::Nothing,
            ),
            (
                DeviceSelection::AlwaysDisplayDevices,
                vec![],
                true,
                Choice::Nothing,
            ),
            (
                DeviceSelection::DefaultToFirst,
                vec![one],
                true,
                Choice::Use(one),
            ),
            (
                DeviceSelection::DefaultToFirst,
                vec![one, two],
                true,
                Choice::Use(one),
            ),
            (
                DeviceSelection::DefaultToFirst,
                vec![one, two],
                false,
                Choice::Ask,
            ),
            (
                DeviceSelection::PromptToSelect,
                vec![one],
                true,
                Choice::Use(one),
            ),
            (
                DeviceSelection::PromptToSelect,
                vec![one, two],
                true,
                Choice::Ask,
            ),
            (
                DeviceSelection::AlwaysDisplayDevices,
                vec![one],
                true,
                Choice::Ask,
            ),
        ];
        for (selection, usable, ordered, expected) in table {
            assert_eq!(
                choose(selection, &usable, ordered),
                expected,
                "{selection:?} {usable:?}"
            );
        }
    }
}
