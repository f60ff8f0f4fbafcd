import Foundation
import SwellModel

/// `WebAddress`, against the reader of whoever connects.
enum WebAddressTarget: FuzzTarget {
  static let name = "web-address"
  static let maxBytes = 1024

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    let text = String(decoding: input, as: UTF8.self)
    let address: WebAddress
    do throws(WebAddress.Problem) {
      address = try WebAddress(text)
    } catch {
      return try FuzzFinding.unless(
        (1..<1000).contains(error.message.utf8.count), "the message \(error)")
    }
    let written = address.text
    try FuzzFinding.unless(
      written.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "\(written.debugDescription)")
    try FuzzFinding.unless(address.target.hasPrefix("/"), "the target \(address.target)")
    try FuzzFinding.unless((try? WebAddress(written)) == address, "\(written) is read otherwise")
    guard let url = URL(string: written) else {
      // Brackets around what is no address of IPv6: nobody can be asked there.
      return try FuzzFinding.unless(address.host.hasPrefix("["), "\(written) is no URL")
    }
    try FuzzFinding.unless(url.absoluteString == written, "\(written) becomes \(url)")
    try FuzzFinding.unless(url.scheme == address.scheme.rawValue, "the scheme of \(written)")
    let host = url.host.map { $0.filter { $0 != "[" && $0 != "]" } }
    try FuzzFinding.unless(host == address.bareHost, "the host \(host ?? "none") of \(written)")
    try FuzzFinding.unless(
      (url.port ?? address.scheme.defaultPort) == address.port, "the port of \(written)")
    try FuzzFinding.unless(url.user == nil && url.password == nil, "the user of \(written)")
  }
}
