import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL
import SwellModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What it means that a request has no answer.
enum TransportFailure {
  /// Whether nobody can have seen the request: another address of the host may be tried.
  static func isUnreached(_ error: any Error) -> Bool {
    if let error = error as? HTTPClientError { return error == .connectTimeout }
    if let error = error as? ChannelError, case .connectTimeout = error { return true }
    guard let error = error as? IOError else { return false }
    return [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT].contains(
      error.errnoCode)
  }

  /// - Throws: what is no failure of the other side: a cancellation.
  static func classify(_ error: any Error, host: String) throws -> NodeError {
    switch error {
    case let error as NodeError: return error
    case is CancellationError: throw error
    case let error as HTTPClientError: return try classify(error, host)
    case let error as IOError: return classify(error, host)
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: return secured(error, host)
    case HTTPParserError.invalidEOFState: return closed(host, error)
    case is HTTPParserError:
      return failure(.transport, "\(host) did not answer in HTTP", "bad_response", error)
    case NIOHTTPDecompression.DecompressionError.limit:
      return failure(
        .tooLarge, "the answer of \(host), unpacked, is too large", "response_too_large", error)
    case is NIOHTTPDecompression.DecompressionError,
      is NIOHTTPDecompression.ExtraDecompressionError:
      return failure(
        .serialization, "the answer of \(host) cannot be unpacked", "response_not_unpacked", error)
    case ChannelError.connectTimeout: return timedOut(host, error)
    case is ChannelError: return closed(host, error)
    default:
      return failure(
        .transport, "the connection to \(host) failed: \(error)", "connection_failed", error)
    }
  }

  private static func classify(_ error: HTTPClientError, _ host: String) throws -> NodeError {
    switch error {
    case .cancelled: throw CancellationError()
    case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
      return timedOut(host, error)
    case .deadlineExceeded, .readTimeout, .writeTimeout:
      return failure(.timeout, "\(host) did not answer in time", "response_timeout", error)
    case .remoteConnectionClosed, .uncleanShutdown, .requestStreamCancelled:
      return closed(host, error)
    default:
      return failure(
        .transport, "the request to \(host) failed: \(error.shortDescription)",
        "connection_failed", error)
    }
  }

  private static func classify(_ error: IOError, _ host: String) -> NodeError {
    switch error.errnoCode {
    case ECONNREFUSED:
      return failure(
        .transport, "\(host) refused the connection", "connection_refused", error)
    case ECONNRESET, EPIPE, ECONNABORTED:
      return failure(.transport, "\(host) reset the connection", "connection_reset", error)
    case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT:
      return failure(.transport, "there is no way to \(host)", "host_unreachable", error)
    case ETIMEDOUT: return timedOut(host, error)
    default:
      return failure(
        .transport, "the connection to \(host) failed: \(error)", "connection_failed", error)
    }
  }

  private static func secured(_ error: any Error, _ host: String) -> NodeError {
    if case NIOSSLError.uncleanShutdown? = error as? NIOSSLError { return closed(host, error) }
    let text = "\(error)"
    var reason = ""
    if text.contains("CERTIFICATE_VERIFY_FAILED") {
      reason = ": its certificate is not trusted; name who signed it in tls.ca"
    } else if text.contains("ValidateHostname") {
      reason = ": its certificate is for another name"
    } else if text.contains("CERTIFICATE_REQUIRED") || text.contains("ALERT_BAD_CERTIFICATE") {
      reason = ": it wants a certificate that it trusts; set tls.certificate and tls.key"
    }
    return failure(.transport, "TLS with \(host) failed\(reason)", "tls_failed", error)
  }

  private static func timedOut(_ host: String, _ error: any Error) -> NodeError {
    failure(.timeout, "\(host) did not take the connection in time", "connect_timeout", error)
  }

  private static func closed(_ host: String, _ error: any Error) -> NodeError {
    failure(
      .transport, "\(host) closed the connection before its answer was whole",
      "connection_closed", error)
  }

  private static func failure(
    _ kind: ErrorKind, _ message: String, _ code: String, _ cause: any Error
  ) -> NodeError {
    NodeError(
      kind, message, code: code,
      causes: [.init(type: "\(type(of: cause))", message: String("\(cause)".prefix(1000)))])
  }
}
