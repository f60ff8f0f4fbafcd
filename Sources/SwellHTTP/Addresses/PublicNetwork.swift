/// What belongs to the Internet, by the registries of IANA for addresses of a special purpose.
enum PublicNetwork {
  /// Whether everybody may ask whoever is there.
  static func contains(_ address: IPAddress) -> Bool {
    if let embedded = address.embedded { return contains(embedded) }
    if address.isV4 { return !special.contains { $0.contains(address) } }
    // Of IPv6 only this is given out; everything else is local, or nothing.
    return unicast.contains { $0.contains(address) } && !special.contains { $0.contains(address) }
  }

  private static let unicast = ["2000::/3"].compactMap(AddressRange.init)

  private static let special = [
    "0.0.0.0/8",  // this network
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  // private
    "100.64.0.0/10",  // shared by customers of a provider
    "127.0.0.0/8",  // loopback
    "169.254.0.0/16",  // link-local, where clouds answer for their machines
    "192.0.0.0/24",  // protocol assignments
    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  // documentation
    "192.88.99.0/24",  // relays to IPv6
    "198.18.0.0/15",  // benchmarks
    "224.0.0.0/4",  // multicast
    "240.0.0.0/4",  // reserved, and broadcast
    "2001::/23",  // protocol assignments, with tunnels that hide an address
    "2001:db8::/32", "3fff::/20",  // documentation
    "2002::/16",  // tunnels that hide an address
  ].compactMap(AddressRange.init)
}
