//! What may happen to root keys.

/// Something that happens to root keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "they are named as the calls that they stand for")]
pub enum OfRootKeys {
    Rotate { offer: Offer },
    Sweep,
    Drop { version: u32 },
}

/// Which root keys a rotation is given, besides those that are there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Offer {
    /// The next one, as long as there are few.
    Next,
    /// None.
    Known,
    /// One too far.
    Beyond,
    /// The next one and the one after it.
    NextTwo,
    /// The present key once more, as the next one.
    Same,
    /// Another key in place of the present one.
    Other,
    /// The next one, and not the present one.
    WithoutPresent,
    /// None, and none of those that are there.
    Nothing,
}

impl Offer {
    const ALL: [Self; 8] = [
        Self::Next,
        Self::Known,
        Self::Beyond,
        Self::NextTwo,
        Self::Same,
        Self::Other,
        Self::WithoutPresent,
        Self::Nothing,
    ];
}

impl OfRootKeys {
    pub(super) fn of_bytes(verb: u8, [_, _, first, _]: [u8; 4]) -> Option<Self> {
        Some(match verb {
            37 => Self::Rotate { offer: Offer::ALL[usize::from(first) % Offer::ALL.len()] },
            38 => Self::Sweep,
            // One of each that may be there, and one that is not.
            39 => Self::Drop { version: 1 + u32::from(first) % (MOST_VERSIONS + 1) },
            _ => return None,
        })
    }

    pub(super) fn to_bytes(self) -> [u8; 4] {
        match self {
            Self::Rotate { offer } => [37, 0, offer as u8, 0],
            Self::Sweep => [38, 0, 0, 0],
            Self::Drop { version } => [39, 0, u8::try_from(version - 1).unwrap_or_default(), 0],
        }
    }
}

/// How many versions of the root key there are at most.
pub const MOST_VERSIONS: u32 = 4;
