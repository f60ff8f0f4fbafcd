import Foundation
import NIOSSL
import SwellModel

/// The certificates that a request brings along, and those that it trusts.
///
/// That a server has a certificate which is trusted, and for its own name, is always checked.
struct TLSMaterial: Sendable, Hashable {
  /// Each as PEM.
  private var authority: [UInt8]?
  private var certificate: [UInt8]?
  private var key: [UInt8]?

  init() {}

  /// - Parameter root: the folder in which files are.
  init(_ reader: SettingsReader, root: String?) throws {
    authority = try Self.pem(reader, "ca", root)
    certificate = try Self.pem(reader, "certificate", root)
    key = try Self.pem(reader, "key", root)
    guard (certificate == nil) == (key == nil) else {
      throw Self.invalid("a client has a certificate and its key: tls has only one of them")
    }
  }

  /// The same without what the worker shows of itself.
  var anonymous: TLSMaterial {
    var copy = self
    copy.certificate = nil
    copy.key = nil
    return copy
  }

  /// - Throws: `NodeError` that shows nothing of a key.
  func configuration() throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = .fullVerification
    if let authority {
      configuration.trustRoots = .certificates(try Self.certificates(authority, "ca"))
    }
    if let certificate, let key {
      configuration.certificateChain = try Self.certificates(certificate, "certificate")
        .map { .certificate($0) }
      do {
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
      } catch {
        throw Self.invalid("tls.key is no private key in PEM")
      }
    }
    return configuration
  }

  private static func certificates(_ pem: [UInt8], _ name: String) throws -> [NIOSSLCertificate] {
    let found = (try? NIOSSLCertificate.fromPEMBytes(pem)) ?? []
    guard !found.isEmpty else { throw invalid("tls.\(name) is no certificate in PEM") }
    return found
  }

  /// The text itself, or that of a file in the worker's folder.
  private static func pem(
    _ reader: SettingsReader, _ name: String, _ root: String?
  ) throws -> [UInt8]? {
    guard let text = try reader.text(name) else { return nil }
    if text.contains("-----BEGIN ") { return Array(text.utf8) }
    guard let root else {
      throw invalid(
        "tls.\(name) names a file, and this worker has no folder for files; give it one with --root",
        code: "no_root")
    }
    let folder = URL(fileURLWithPath: root).resolvingSymlinksInPath().path
    let file = URL(fileURLWithPath: text, relativeTo: URL(fileURLWithPath: folder + "/"))
      .standardizedFileURL.resolvingSymlinksInPath().path
    guard file.hasPrefix(folder + "/") else {
      throw invalid("tls.\(name) is outside the worker's folder (--root)", code: "outside_root")
    }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw invalid("tls.\(name): the file cannot be read", code: "no_tls_file")
    }
    return Array(data)
  }

  private static func invalid(_ message: String, code: String = "invalid_tls") -> NodeError {
    SettingsReader.invalid(message, code: code)
  }
}
