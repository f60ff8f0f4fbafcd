import Foundation
import SwellModel

/// What a status means that the node does not expect.
enum StatusFailure {
  /// No server parks a run for longer.
  static let longestRetryAfter = Duration.seconds(86_400)

  static func classify(_ response: IncomingResponse, now: Date = Date()) -> NodeError {
    let status = response.status
    let retryAfter = retryAfter(of: response, now: now)
    let kind: ErrorKind =
      switch status {
      case 429: .rateLimited
      case 503 where retryAfter != nil: .rateLimited
      case 408: .timeout
      case 500...: .transport
      default: .validation
      }
    return NodeError(
      kind, "answered \(status)\(reason(status))", code: "http_\(status)",
      retryAfter: kind == .rateLimited ? retryAfter : nil)
  }

  /// The status, the type, and the beginning of the body as text.
  static func metadata(of response: IncomingResponse) -> [String: String] {
    var metadata = ["status": "\(response.status)"]
    metadata["contentType"] = response.header("Content-Type")
    if !response.body.isEmpty {
      metadata["body"] = String(decoding: response.body.prefix(16 << 10), as: UTF8.self)
    }
    return metadata
  }

  /// When the other side wants to be asked again: in so many seconds, or at a time. Its own clock says
  /// how far away that is.
  static func retryAfter(of response: IncomingResponse, now: Date) -> Duration? {
    guard let text = response.header("Retry-After")?.trimmingCharacters(in: .whitespaces) else {
      return nil
    }
    let seconds: Int
    if let number = Int(text) {
      seconds = number
    } else if let moment = HTTPDate.seconds(text) {
      let here = Int(now.timeIntervalSince1970)
      seconds = moment - (response.header("Date").flatMap(HTTPDate.seconds) ?? here)
    } else {
      return nil
    }
    return min(.seconds(max(seconds, 0)), longestRetryAfter)
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 301, 302, 303, 307, 308: ", a redirect that was not followed"
    case 400: " (bad request)"
    case 401: " (unauthorized)"
    case 403: " (forbidden)"
    case 404: " (not found)"
    case 408: " (request timeout)"
    case 409: " (conflict)"
    case 422: " (unprocessable)"
    case 429: " (too many requests)"
    case 500: " (internal error)"
    case 502: " (bad gateway)"
    case 503: " (unavailable)"
    case 504: " (gateway timeout)"
    default: ""
    }
  }
}
