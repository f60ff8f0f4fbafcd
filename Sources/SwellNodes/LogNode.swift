import Logging
public import SwellEngine
public import SwellModel

/// The kind `log`: writes its input to the worker's log and passes it on.
public struct LogNode: NodeKind {
  public let kind = "log"

  public init() {}

  public func execute(_ request: NodeRequest) async throws -> Payload {
    let settings = try request.with.map { try JSONValue.parse($0) }
    // Whoever logs a value wants to read it, whatever it is; a log line is no reason to fail a run.
    let message = settings?["message"].map { $0.string ?? $0.payload.text } ?? "log"
    let level = settings?["level"]?.string.flatMap(Logger.Level.init(rawValue:)) ?? .info
    // A log line is for reading; the whole value is in the database.
    request.logger.log(
      level: level, "\(request.redacting(message))",
      metadata: ["input": "\(request.redacting(request.input.text).prefix(2000))"])
    return request.input
  }
}
