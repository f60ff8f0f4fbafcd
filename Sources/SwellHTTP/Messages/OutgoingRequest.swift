import Foundation
import NIOHTTP1
import SwellModel

/// A request that is to be sent.
struct OutgoingRequest: Sendable {
  var method: HTTPKind.Method
  var address: WebAddress
  /// The address as it was written, so that a secret in it is still whole.
  var written: String
  var headers: HTTPHeaders
  var body: [UInt8]?
  /// Whether it goes where the credentials of the node are for.
  var isAtHome = true

  /// What people see of it: nothing of its query but the names.
  func shown(_ redacting: (String) -> String) -> String {
    let text = redacting(written)
    guard let mark = text.firstIndex(of: "?") else { return text }
    let names = text[text.index(after: mark)...].split(separator: "&").map { pair in
      pair.firstIndex(of: "=").map { "\(pair[...$0])…" } ?? "…"
    }
    return "\(text[...mark])\(names.joined(separator: "&"))"
  }

  /// The request that a redirect asks for.
  ///
  /// Another host gets no credentials: no header that usually holds them, and none with a secret in it.
  ///
  /// - Parameter redacting: changes texts that hold a secret.
  func following(
    _ location: String, status: Int, _ redacting: (String) -> String
  ) throws(RedirectProblem) -> OutgoingRequest {
    var next = self
    next.address = try target(of: location)
    next.written = next.address.text
    let isRead = method == .get || method == .head
    if status == 303, !isRead {
      next.method = .get
      next.body = nil
      for name in ["Content-Type", "Content-Encoding", "Idempotency-Key"] {
        next.headers.remove(name: name)
      }
    } else if status == 301 || status == 302, !isRead {
      throw RedirectProblem(
        code: "redirect_changes_method",
        "\(status) leaves open whether \(method.rawValue) is to be sent again; ask the address itself"
      )
    }
    guard next.address.origin != address.origin else { return next }
    guard address.scheme == .http || next.address.scheme == .https else {
      throw RedirectProblem(
        code: "redirect_downgrade", "the redirect leaves https for http, where anybody can listen")
    }
    next.isAtHome = false
    for name in ["Authorization", "Cookie", "Origin"] { next.headers.remove(name: name) }
    for (name, value) in next.headers where redacting(value) != value {
      next.headers.remove(name: name)
    }
    if let body = next.body {
      let text = String(decoding: body, as: UTF8.self)
      guard redacting(text) == text else {
        throw RedirectProblem(
          code: "redirect_with_secret",
          "the body holds a secret, and the redirect would take it to another host")
      }
    }
    return next
  }

  private func target(of location: String) throws(RedirectProblem) -> WebAddress {
    guard let base = URL(string: address.text),
      let url = URL(string: location, relativeTo: base)?.absoluteURL
    else {
      throw RedirectProblem(code: "redirect_invalid", "the redirect leads to no address")
    }
    do {
      return try WebAddress(url.absoluteString)
    } catch {
      throw RedirectProblem(
        code: "redirect_invalid", "the redirect leads to no address: \(error.message)")
    }
  }
}
