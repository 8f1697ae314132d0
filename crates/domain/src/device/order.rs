//! The order of a user's active devices; the first is the default device.

use crate::ids::DeviceId;

/// Why an order was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderRefused {
    /// No device is named.
    Empty,
    /// The entry at this index names no active device of the user, or one that was named before.
    NotADevice(usize),
}

/// Puts the devices named in front, in that order; the others follow in the order they had.
///
/// `active` are the ids of the user's active devices in their present order.
///
/// # Errors
/// When the list is empty, or an entry is unknown or named twice.
pub fn reordered(active: &[DeviceId], wanted: &[DeviceId]) -> Result<Vec<DeviceId>, OrderRefused> {
    if wanted.is_empty() {
        return Err(OrderRefused::Empty);
    }
    let mut order = Vec::with_capacity(active.len());
    for (index, id) in wanted.iter().enumerate() {
        if !active.contains(id) || order.contains(id) {
            return Err(OrderRefused::NotADevice(index));
        }
        order.push(*id);
    }
    order.extend(active.iter().filter(|id| !wanted.contains(id)));
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn ids(numbers: &[u128]) -> Vec<DeviceId> {
        numbers
            .iter()
            .map(|n| DeviceId::from_uuid(Uuid::from_u128(*n)))
            .collect()
    }

    #[test]
    fn the_named_ones_lead_and_the_others_keep_their_order() {
        let active = ids(&[1, 2, 3, 4]);
        assert_eq!(reordered(&active, &ids(&[3])), Ok(ids(&[3, 1, 2, 4])));
        assert_eq!(reordered(&active, &ids(&[4, 2])), Ok(ids(&[4, 2, 1, 3])));
        assert_eq!(reordered(&active, &[]), Err(OrderRefused::Empty));
        assert_eq!(
            reordered(&active, &ids(&[1, 9])),
            Err(OrderRefused::NotADevice(1))
        );
        assert_eq!(
            reordered(&active, &ids(&[1, 1])),
            Err(OrderRefused::NotADevice(1))
        );
    }
}
