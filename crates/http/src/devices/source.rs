//! Where a call came from.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use plugmint::Source;

use crate::Peer;

/// The proxies whose `X-Forwarded-For` is believed: their own addresses.
#[derive(Clone, Debug)]
pub struct TrustedProxies(Arc<[IpAddr]>);

impl TrustedProxies {
    /// None: a call comes from its peer.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::new([]))
    }

    /// These.
    #[must_use]
    pub fn of(addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        Self(addresses.into_iter().map(|address| address.to_canonical()).collect())
    }

    pub(super) fn holds(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// The address that the last proxy that is trusted was spoken to from. What stands before the
    /// first that is not trusted was written by a stranger.
    fn origin(&self, peer: IpAddr, forwarded: &[IpAddr]) -> IpAddr {
        let mut origin = peer;
        for before in forwarded.iter().rev() {
            if !self.holds(origin) {
                break;
            }
            origin = *before;
        }
        origin
    }
}

/// Who is connected, if the host has its server say so.
pub(super) fn peer(extensions: &Extensions) -> Option<Peer> {
    let plain = || extensions.get::<ConnectInfo<SocketAddr>>().map(|info| Peer::new(info.0));
    extensions.get::<ConnectInfo<Peer>>().map(|info| info.0).or_else(plain)
}

/// Where a call came from that has these headers.
pub(super) fn of(peer: Peer, headers: &HeaderMap, proxies: &TrustedProxies) -> Source {
    let peer = peer.address().ip();
    if !proxies.holds(peer) {
        return Source::from(peer);
    }
    let lines = headers.get_all("x-forwarded-for").iter();
    let texts = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    // From the end on, up to the first that is no address.
    let texts: Vec<&str> = texts.collect();
    let read = texts.iter().rev().map_while(|text| address(text.trim()));
    let mut forwarded: Vec<IpAddr> = read.collect();
    forwarded.reverse();
    Source::from(proxies.origin(peer, &forwarded))
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        address(text).unwrap()
    }

    #[test]
    fn a_proxy_that_is_not_trusted_is_where_a_call_came_from() {
        let (peer, forwarded) = (ip("192.0.2.1"), [ip("198.51.100.7")]);
        assert_eq!(TrustedProxies::none().origin(peer, &forwarded), peer);
        assert_eq!(TrustedProxies::of([ip("192.0.2.2")]).origin(peer, &forwarded), peer);
        assert_eq!(TrustedProxies::of([peer]).origin(peer, &forwarded), forwarded[0]);
    }

    #[test]
    fn what_a_stranger_wrote_before_the_proxies_is_not_believed() {
        let proxies = TrustedProxies::of([ip("10.0.0.1"), ip("10.0.0.2")]);
        let forwarded = [ip("203.0.113.9"), ip("198.51.100.7"), ip("10.0.0.2")];
        assert_eq!(proxies.origin(ip("10.0.0.1"), &forwarded), ip("198.51.100.7"));
        assert_eq!(proxies.origin(ip("10.0.0.1"), &[]), ip("10.0.0.1"));
        assert_eq!(proxies.origin(ip("::ffff:10.0.0.1"), &forwarded[..2]), ip("198.51.100.7"));
    }

    #[test]
    fn an_address_may_have_a_port() {
        for text in
            ["192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80"]
        {
            assert!(address(text).is_some(), "{text}");
        }
        for text in ["", "unknown", "_hidden", "192.0.2", "a.example"] {
            assert!(address(text).is_none(), "{text}");
        }
    }
}
