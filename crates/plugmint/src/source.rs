//! Where a call came from, as far as the host knows.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// Where a device's call came from: a key of the host's that one stranger cannot change at will,
/// such as a network address.
///
/// Attempts are limited by it. An address of IPv4 is a source; of IPv6 the first 56 bits are, which
/// is what a household should have (RIPE-690): who has more, as a business may, is many sources,
/// and a host that knows better makes its own keys. An IPv4 address in IPv6 clothes is the same as
/// without. Behind a proxy the proxy's own address is everybody's: pass the one that it tells, if
/// the proxy can be trusted.
///
/// ```
/// use std::net::IpAddr;
///
/// use plugmint::Source;
///
/// let address: IpAddr = "2001:db8::1:2:3:4".parse()?;
/// let neighbor: IpAddr = "2001:db8::4:3:2:1".parse()?;
/// assert_eq!(Source::from(address), Source::from(neighbor));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Source(Box<[u8]>);

impl Source {
    /// The most bytes that a key has.
    pub const MAX_LEN: usize = 64;

    /// A key of the host's own: any 1 to 64 bytes.
    ///
    /// # Errors
    /// [`InvalidSource`]
    pub fn new(key: impl AsRef<[u8]>) -> Result<Self, InvalidSource> {
        let key = key.as_ref();
        if (1..=Self::MAX_LEN).contains(&key.len()) {
            Ok(Self(key.into()))
        } else {
            Err(InvalidSource { found: key.len() })
        }
    }
}

impl Source {
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => address.into(),
        }
    }
}

impl From<Ipv4Addr> for Source {
    fn from(address: Ipv4Addr) -> Self {
        Self(address.octets().into())
    }
}

impl From<Ipv6Addr> for Source {
    fn from(address: Ipv6Addr) -> Self {
        match address.to_ipv4_mapped() {
            Some(address) => address.into(),
            None => Self(address.octets().iter().copied().take(SUBSCRIBER_LEN).collect()),
        }
    }
}

/// The bytes in hex: a host's key may be anything.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// A key is no source.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("the source is {found} bytes long: expected 1 to {}", Source::MAX_LEN)]
pub struct InvalidSource {
    found: usize,
}

/// The bytes of an IPv6 address that tell one subscriber from another.
const SUBSCRIBER_LEN: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Source {
        address.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn a_source_has_1_to_64_bytes() {
        assert_eq!(Source::new([]).unwrap_err(), InvalidSource { found: 0 });
        assert!(Source::new([7; 64]).is_ok());
        assert_eq!(Source::new([7; 65]).unwrap_err(), InvalidSource { found: 65 });
    }

    #[test]
    fn an_ipv4_address_is_one_source_in_either_clothes() {
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one_source() {
        assert_eq!(of("2001:db8:0:100::1"), of("2001:db8:0:1ff:ffff::"));
        assert_ne!(of("2001:db8:0:100::1"), of("2001:db8:0:200::1"));
    }
}
