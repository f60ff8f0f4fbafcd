import Foundation
public import SwellCore
public import SwellModel
import Synchronization

/// The secrets of a worker: from its environment as `SWELL_SECRET_NAME`, and from a folder with a file
/// each.
///
/// Whatever a definition has asked for is put in the place of nothing else than stars from then on: in
/// outputs, errors and log lines of every node of this worker.
public final class SecretStore: SecretSource {
  private struct State {
    var known: [String: String] = [:]
    var redactor = Redactor([])
  }

  /// A secret has at least so many bytes: a shorter one cannot be kept out of what is stored.
  public static let leastBytes = 4

  private let environment: [String: String]
  private let folder: String?
  private let state = Mutex(State())

  /// - Parameters:
  ///   - environment: where names are looked for with the prefix `SWELL_SECRET_`; by default that of
  ///     this process.
  ///   - folder: with a file for each secret; a line's end behind its text does not count.
  public init(
    environment: [String: String]? = nil, folder: String? = nil
  ) {
    self.environment = environment ?? ProcessInfo.processInfo.environment
    self.folder = folder
  }

  public func secret(_ name: String) throws(SecretProblem) -> String? {
    if let known = state.withLock({ $0.known[name] }) { return known }
    guard let secret = try find(name) else { return nil }
    guard secret.utf8.count >= Self.leastBytes else {
      throw SecretProblem(
        "the secret '\(name)' has fewer than \(Self.leastBytes) bytes: so short a text cannot be kept out of what is stored"
      )
    }
    state.withLock { state in
      state.known[name] = secret
      state.redactor = Redactor(Array(state.known.values))
    }
    return secret
  }

  private func find(_ name: String) throws(SecretProblem) -> String? {
    let isName =
      !name.isEmpty
      && name.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
      }
    guard isName else {
      throw SecretProblem(
        "'\(name.prefix(60))' is not the name of a secret: letters, digits and '_'")
    }
    if let text = environment["SWELL_SECRET_\(name)"] { return text }
    guard let folder else { return nil }
    let path = "\(folder)/\(name)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path),
      var text = String(validating: data, as: UTF8.self)
    else {
      throw SecretProblem("the file of the secret '\(name)' cannot be read as text")
    }
    if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  public func redacting(_ text: String) -> String {
    state.withLock { $0.redactor }.redacting(text)
  }

  public func redacting(_ payload: Payload) -> Payload {
    state.withLock { $0.redactor }.redacting(payload)
  }

  public func redacting(_ error: NodeError) -> NodeError {
    state.withLock { $0.redactor }.redacting(error)
  }
}
