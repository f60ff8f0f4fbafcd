import SwellModel

/// The hosts outside the Internet that `http` nodes may ask: of one's own network, or this machine.
///
/// Who writes a definition, or an input that an address is made of, would otherwise reach from the
/// worker whatever the worker reaches. So nothing of it is allowed unless somebody says so.
public struct PrivateHosts: Sendable, Hashable {
  private var allowsAll = false
  private var names: Set<String> = []
  /// Such as `.internal`.
  private var suffixes: [String] = []
  private var ranges: [AddressRange] = []

  /// Hosts of the Internet only.
  public static let none = PrivateHosts()
  /// Whatever the worker reaches.
  public static let all: PrivateHosts = {
    var all = PrivateHosts()
    all.allowsAll = true
    return all
  }()

  private init() {}

  /// Why an entry of a list means nothing.
  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
  }

  /// From `all`, names (`orders.internal`, `*.internal`), addresses and ranges (`10.1.0.0/16`).
  ///
  /// - Throws: a problem in words for an entry that is none of these.
  public init(_ entries: [String]) throws(Problem) {
    for entry in entries {
      let text = entry.lowercased()
      let bare =
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
      if text == "all" {
        allowsAll = true
      } else if let address = IPAddress(bare) {
        ranges.append(AddressRange(address))
      } else if let range = AddressRange(text) {
        ranges.append(range)
      } else if text.hasPrefix("*."), Self.isName(text.dropFirst(2)) {
        suffixes.append(String(text.dropFirst()))
      } else if Self.isName(text[...]) {
        names.insert(text)
      } else {
        throw Problem(
          message: "'\(entry)' is no host: write a name, *.name, an address, a range such as "
            + "10.0.0.0/8, or all")
      }
    }
  }

  private static func isName(_ text: Substring) -> Bool {
    (try? WebAddress("http://\(text)/"))?.authority == String(text)
  }

  /// Whether a request for the host may go to the address.
  func allow(_ address: IPAddress, of host: String) -> Bool {
    allowsAll || PublicNetwork.contains(address) || names.contains(host)
      || suffixes.contains { host.hasSuffix($0) }
      || ranges.contains { range in
        range.contains(address) || address.embedded.map(range.contains) ?? false
      }
  }
}
